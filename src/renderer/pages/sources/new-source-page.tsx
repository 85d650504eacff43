import Header from '@cloudscape-design/components/header';

export function NewSourcePage() {
  return <Header variant="h1">New source</Header>;
}
