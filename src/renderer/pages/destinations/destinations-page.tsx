import Header from '@cloudscape-design/components/header';

export function DestinationsPage() {
  return <Header variant="h1">Destinations</Header>;
}
