import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { SourceObject } from '../../../shared/model.ts';
import { displayName } from '../../../shared/model.ts';
import { api } from '../../app/api.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { formatCount, formatMany } from '../../components/format.ts';
import { keyOf } from './draft.ts';
import { ObjectGroup } from './object-group.tsx';

interface ObjectPickerProps {
  /** '' while none is chosen. */
  readonly source: string;
  readonly chosen: ReadonlySet<string>;
  readonly error: string | undefined;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
}

/** What the source holds. Read once: listing a large database takes a while, and the user is choosing from it. */
export const useSourceObjects = (source: string) =>
  useQuery(
    api.sources.objects.queryOptions({
      input: { name: source },
      enabled: source !== '',
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
    }),
  );

export function ObjectPicker({ source, chosen, error, onChange }: ObjectPickerProps) {
  const objects = useSourceObjects(source);
  const all = objects.data ?? [];
  const choose = (these: readonly SourceObject[], wanted: boolean) => {
    const next = new Set(chosen);
    for (const object of these) {
      if (wanted) next.add(keyOf(object));
      else next.delete(keyOf(object));
    }
    onChange(next);
  };
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={all.length === 0 ? '' : `(${formatCount(chosen.size)} of ${formatCount(all.length)})`}
          description="Each table or view is loaded into a directory of its own."
          actions={
            source !== '' && (
              <Button
                formAction="none"
                iconName="refresh"
                loading={objects.isFetching}
                ariaLabel="Read the list of objects again"
                onClick={() => void objects.refetch()}
              />
            )
          }
        >
          Objects
        </Header>
      }
    >
      {source === '' && (
        <Box color="text-body-secondary">Choose a source first: its objects appear here.</Box>
      )}
      {source !== '' && objects.isPending && (
        <StatusIndicator type="loading">Asking {source} what it holds</StatusIndicator>
      )}
      {objects.isError && <FailureAlert error={objects.error} header={`${source} cannot be read`} />}
      {objects.isSuccess && all.length === 0 && (
        <Box>This source holds no table or view that its user may see.</Box>
      )}
      {objects.isSuccess && all.length > 0 && (
        <Choice all={all} chosen={chosen} error={error} onChoose={choose} />
      )}
    </Container>
  );
}

interface ChoiceProps {
  readonly all: readonly SourceObject[];
  readonly chosen: ReadonlySet<string>;
  readonly error: string | undefined;
  readonly onChoose: (objects: readonly SourceObject[], wanted: boolean) => void;
}

function Choice({ all, chosen, error, onChoose }: ChoiceProps) {
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const found = wanted === '' ? all : all.filter((object) => matches(object, wanted));
  const groups = Map.groupBy(found, ({ schema }) => schema);
  const [toggled, setToggled] = useState<ReadonlySet<string | null>>(new Set());
  // A few schemas stand open; among many one is looked for by name.
  const usuallyOpen = groups.size <= 3 || wanted !== '';
  const some = wanted !== '';
  return (
    <SpaceBetween size="s">
      <FormField
        label="Find objects by name"
        errorText={error}
        constraintText={some ? `${formatMany(found.length, 'object')} found` : undefined}
      >
        <Input
          type="search"
          value={search}
          clearAriaLabel="Clear"
          onChange={({ detail }) => setSearch(detail.value)}
          // Enter belongs to the search here; it must not send the form.
          onKeyDown={(event) => {
            if (event.detail.key === 'Enter') event.preventDefault();
          }}
        />
      </FormField>
      <SpaceBetween direction="horizontal" size="xs">
        <Button formAction="none" disabled={found.length === 0} onClick={() => onChoose(found, true)}>
          {some ? 'Choose what was found' : 'Choose all'}
        </Button>
        <Button
          formAction="none"
          disabled={chosen.size === 0 || found.length === 0}
          onClick={() => onChoose(found, false)}
        >
          {some ? 'Leave out what was found' : 'Choose none'}
        </Button>
      </SpaceBetween>
      {[...groups].map(([schema, objects]) => (
        <ObjectGroup
          key={schema ?? ''}
          schema={schema}
          objects={objects}
          chosen={chosen}
          search={wanted}
          open={usuallyOpen !== toggled.has(schema)}
          onToggle={() => setToggled(flipped(toggled, schema))}
          onChoose={onChoose}
        />
      ))}
      {found.length === 0 && <Box color="text-body-secondary">No object is called that.</Box>}
    </SpaceBetween>
  );
}

function flipped<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}

const matches = (object: SourceObject, wanted: string): boolean =>
  displayName(object).toLowerCase().includes(wanted);
