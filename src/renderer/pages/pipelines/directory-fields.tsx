import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useDeferredValue, useMemo } from 'react';
import { SluiceError } from '../../../shared/errors.ts';
import type { Destination, ObjectName, Source } from '../../../shared/model.ts';
import { asSentence } from '../../components/format.ts';
import { ByteMeter } from './byte-meter.tsx';
import type { Draft, Problems } from './draft.ts';
import { place, render, type Saved } from './live-preview.ts';
import { PartitionKeyField } from './partition-key-field.tsx';
import { PathPreview } from './path-preview.tsx';
import { TimeZoneField } from './time-zone-field.tsx';
import { useMoment } from './use-moment.ts';
import { HelpLink } from '../../help/help-link.tsx';

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
        <Header
          variant="h2"
          description="Every object has a directory of its own, known before the load."
          info={<HelpLink topic="path" of="Directories" />}
        >
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
            description="How the name of each object's directory begins."
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
        <Checkbox
          checked={draft.manifest}
          description="A small file that lists all files of the load, written last: whoever waits for it finds every row."
          onChange={({ detail }) => onChange({ manifest: detail.checked })}
        >
          Write a manifest with each load
        </Checkbox>
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
  // Thousands of paths take a moment; the fields must not wait for them.
  const prefix = useDeferredValue(draft.destinationPrefix);
  const chosen = useDeferredValue(objects);
  const { partitionKey, timeZone } = draft;
  const placement = useMemo(
    () =>
      attempt(() => place({ destinationPrefix: prefix, objects: [...chosen] }, source, destination, saved)),
    [prefix, chosen, source, destination, saved],
  );
  const live = useMemo(
    () =>
      'problem' in placement
        ? placement
        : attempt(() => render(placement.value, { partitionKey, timeZone }, moment)),
    [placement, partitionKey, timeZone, moment],
  );
  if ('problem' in live) return <NoDirectories problem={live.problem} />;
  if (live.value === undefined) return null;
  return <PathPreview directories={live.value} bucket={destination.bucket} timeZone={timeZone} />;
}

function NoDirectories({ problem }: { readonly problem: SluiceError }) {
  // The field says it already, with its place.
  if (problem.code === 'PARTITION_KEY_INVALID') {
    return (
      <Box color="text-body-secondary">The directories appear here once the partition key is right.</Box>
    );
  }
  const { keyBytes } = problem.details;
  return (
    <SpaceBetween size="xs">
      <Alert type="error" header="There is no directory for this">
        <span className="path-text">
          {asSentence(problem.message)} {problem.fix}
        </span>
      </Alert>
      {typeof keyBytes === 'number' && <ByteMeter bytes={keyBytes} object={undefined} />}
    </SpaceBetween>
  );
}

/** What the rule says, or what it refuses. */
function attempt<T>(act: () => T): { readonly value: T } | { readonly problem: SluiceError } {
  try {
    return { value: act() };
  } catch (error) {
    if (error instanceof SluiceError) return { problem: error };
    throw error;
  }
}
