import Alert from '@cloudscape-design/components/alert';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Destination, Source } from '../../../shared/model.ts';
import { kindOf } from '../sources/words.ts';
import type { Draft, Problems } from './draft.ts';
import type { Saved } from './live-preview.ts';

interface EndFieldsProps {
  readonly draft: Draft;
  readonly saved: Saved;
  readonly problems: Problems;
  readonly onChange: (changes: Partial<Draft>) => void;
}

/** What the pipeline is called, where it reads and where it writes. */
export function EndFields({ draft, saved, problems, onChange }: EndFieldsProps) {
  const destination = saved.destinations.find(({ name }) => name === draft.destination);
  return (
    <Container header={<Header variant="h2">From where to where</Header>}>
      <SpaceBetween size="l">
        <FormField
          label="Name"
          constraintText="Any text of up to 255 characters that no other pipeline has."
          errorText={problems.name}
        >
          <Input autoFocus value={draft.name} onChange={({ detail }) => onChange({ name: detail.value })} />
        </FormField>
        <ColumnLayout columns={2}>
          <FormField
            label="Source"
            description="The database to read."
            errorText={problems.source}
            info={<Link href="#/sources/new">Add a source</Link>}
          >
            <Select
              placeholder="Choose a source"
              options={saved.sources.map((source) => optionOf(source.name, whereSource(source)))}
              selectedOption={selected(draft.source)}
              onChange={({ detail }) =>
                onChange({ source: detail.selectedOption.value ?? '', objects: new Set() })
              }
            />
          </FormField>
          <FormField
            label="Destination"
            description="The S3 bucket to write to."
            errorText={problems.destination}
            info={<Link href="#/destinations/new">Add a destination</Link>}
          >
            <Select
              placeholder="Choose a destination"
              options={saved.destinations.map((item) => optionOf(item.name, whereDestination(item)))}
              selectedOption={selected(draft.destination)}
              onChange={({ detail }) => onChange({ destination: detail.selectedOption.value ?? '' })}
            />
          </FormField>
        </ColumnLayout>
        {destination?.state === 'draft' && <DraftWarning name={destination.name} />}
      </SpaceBetween>
    </Container>
  );
}

/** A destination that was never tested may well fail when the load runs. */
export const DraftWarning = ({ name }: { readonly name: string }) => (
  <Alert type="warning" header={`${name} is a draft`}>
    It was saved without a test, so nobody knows yet whether a load can write there. Test it on the page{' '}
    <Link href="#/destinations">Destinations</Link> before the first load.
  </Alert>
);

const optionOf = (name: string, description: string) => ({ value: name, label: name, description });

const selected = (name: string) => (name === '' ? null : { value: name, label: name });

const whereSource = (source: Source): string =>
  'path' in source ? `${kindOf(source)}, ${source.path}` : `${kindOf(source)}, database ${source.database}`;

const whereDestination = ({ bucket, pathPrefix, state }: Destination): string =>
  `s3://${bucket}/${pathPrefix}${state === 'draft' ? ', draft' : ''}`;
