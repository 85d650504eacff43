import Header from '@cloudscape-design/components/header';

export function SourcesPage() {
  return <Header variant="h1">Sources</Header>;
}
