import Header from '@cloudscape-design/components/header';

export function PipelinePage({ name }: { readonly name: string }) {
  return <Header variant="h1">{name}</Header>;
}
