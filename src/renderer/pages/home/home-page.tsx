import Header from '@cloudscape-design/components/header';

export function HomePage() {
  return <Header variant="h1">Home</Header>;
}
