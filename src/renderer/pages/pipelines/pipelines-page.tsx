import Header from '@cloudscape-design/components/header';

export function PipelinesPage() {
  return <Header variant="h1">Pipelines</Header>;
}
