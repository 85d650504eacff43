import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useDeferredValue, useState } from 'react';
import type { SourceObject } from '../../../shared/model.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { formatCount, formatMany } from '../../components/format.ts';
import { ObjectBrowser } from '../../components/objects/object-browser.tsx';
import { keyOf } from '../../components/objects/tree-rows.ts';
import { useSourceObjects } from '../../components/objects/use-source-objects.ts';
import { useTree } from '../../components/objects/use-tree.ts';

interface ObjectPickerProps {
  /** '' while none is chosen. */
  readonly source: string;
  readonly chosen: ReadonlySet<string>;
  readonly error: string | undefined;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
}

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
        <Choice key={source} source={source} all={all} chosen={chosen} error={error} onChoose={choose} />
      )}
    </Container>
  );
}

interface ChoiceProps {
  readonly source: string;
  readonly all: readonly SourceObject[];
  readonly chosen: ReadonlySet<string>;
  readonly error: string | undefined;
  readonly onChoose: (objects: readonly SourceObject[], wanted: boolean) => void;
}

function Choice({ source, all, chosen, error, onChoose }: ChoiceProps) {
  const [search, setSearch] = useState('');
  const wanted = useDeferredValue(search);
  const { tree, toggle } = useTree(all, wanted, false);
  const { found } = tree;
  const some = wanted.trim() !== '';
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
      {found.length > 0 && (
        <ObjectBrowser
          source={source}
          tree={tree}
          search={wanted}
          onToggle={toggle}
          choice={{ chosen, onChoose }}
        />
      )}
      {found.length === 0 && <Box color="text-body-secondary">No object is called that.</Box>}
    </SpaceBetween>
  );
}
