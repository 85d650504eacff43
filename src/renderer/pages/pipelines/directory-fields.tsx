import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useDeferredValue, useMemo } from 'react';
import type { Destination, ObjectName, Source } from '../../../shared/model.ts';
import { ByteMeter } from './byte-meter.tsx';
import type { Draft, Problems } from './draft.ts';
import { livePreview, type Saved } from './live-preview.ts';
import { PartitionKeyField } from './partition-key-field.tsx';
import { PathPreview } from './path-preview.tsx';
import { TimeZoneField } from './time-zone-field.tsx';
import { useMoment } from './use-moment.ts';

interface DirectoryFieldsProps {
  readonly draft: Draft;
  /** Those that are chosen. */
  readonly objects: readonly ObjectName[];
  readonly saved: Saved;
  readonly problems: Problems;
  readonly onChange: (changes: Partial<Draft>) => void;
}

/** What shapes the directories, and the directories as they come out, with every key that is pressed. */
export function DirectoryFields({ draft, objects, saved, problems, onChange }: DirectoryFieldsProps) {
  return (
    <Container
      header={
        <Header variant="h2" description="Every object has a directory of its own, known before the load.">
          Directories in the bucket
        </Header>
      }
    >
      <SpaceBetween size="l">
        <ColumnLayout columns={2}>
          <FormField
            label={
              <span>
                Destination prefix <i>- optional</i>
              </span>
            }
            description="Begins the name of each object's directory; tells this pipeline from others in the bucket."
          >
            <Input
              value={draft.destinationPrefix}
              spellcheck={false}
              onChange={({ detail }) => onChange({ destinationPrefix: detail.value })}
            />
          </FormField>
          <TimeZoneField
            value={draft.timeZone}
            error={problems.timeZone}
            onChange={(timeZone) => onChange({ timeZone })}
          />
        </ColumnLayout>
        <PartitionKeyField
          value={draft.partitionKey}
          onChange={(partitionKey) => onChange({ partitionKey })}
        />
        <Result draft={draft} objects={objects} saved={saved} />
      </SpaceBetween>
    </Container>
  );
}

function Result({ draft, objects, saved }: Pick<DirectoryFieldsProps, 'draft' | 'objects' | 'saved'>) {
  const source = saved.sources.find(({ name }) => name === draft.source);
  const destination = saved.destinations.find(({ name }) => name === draft.destination);
  if (source === undefined || destination === undefined || objects.length === 0) {
    return (
      <Box color="text-body-secondary">
        Choose a source, a destination and at least one object to see the directories here.
      </Box>
    );
  }
  return <Live draft={draft} objects={objects} saved={saved} source={source} destination={destination} />;
}

interface LiveProps extends Pick<DirectoryFieldsProps, 'draft' | 'objects' | 'saved'> {
  readonly source: Source;
  readonly destination: Destination;
}

function Live({ draft, objects, saved, source, destination }: LiveProps) {
  const moment = useMoment();
  const { destinationPrefix, partitionKey, timeZone } = draft;
  const input = useMemo(
    () => ({ destinationPrefix, partitionKey, timeZone, objects: [...objects] }),
    [destinationPrefix, partitionKey, timeZone, objects],
  );
  // Thousands of paths take a moment; the fields must not wait for them.
  const settled = useDeferredValue(input);
  const live = useMemo(
    () => livePreview(settled, source, destination, saved, moment),
    [settled, source, destination, saved, moment],
  );
  if ('preview' in live) {
    return <PathPreview preview={live.preview} bucket={destination.bucket} timeZone={settled.timeZone} />;
  }
  const { problem } = live;
  // The field says it already, with its place.
  if (problem.code === 'PARTITION_KEY_INVALID') {
    return (
      <Box color="text-body-secondary">The directories appear here once the partition key is right.</Box>
    );
  }
  const { keyBytes } = problem.details;
  return (
    <SpaceBetween size="xs">
      <Box color="text-status-error">
        {problem.message}. {problem.fix}
      </Box>
      {typeof keyBytes === 'number' && <ByteMeter bytes={keyBytes} object={undefined} />}
    </SpaceBetween>
  );
}
