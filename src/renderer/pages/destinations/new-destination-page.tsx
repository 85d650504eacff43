import Header from '@cloudscape-design/components/header';

export function NewDestinationPage() {
  return <Header variant="h1">New destination</Header>;
}
