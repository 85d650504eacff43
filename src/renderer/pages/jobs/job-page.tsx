import Header from '@cloudscape-design/components/header';

export function JobPage({ jobId }: { readonly jobId: string }) {
  return <Header variant="h1">{jobId}</Header>;
}
