import Header from '@cloudscape-design/components/header';

export function JobsPage() {
  return <Header variant="h1">History</Header>;
}
