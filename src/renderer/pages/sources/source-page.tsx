import Header from '@cloudscape-design/components/header';

export function SourcePage({ name }: { readonly name: string }) {
  return <Header variant="h1">{name}</Header>;
}
