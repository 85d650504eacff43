import Header from '@cloudscape-design/components/header';

export function NewPipelinePage() {
  return <Header variant="h1">New pipeline</Header>;
}
