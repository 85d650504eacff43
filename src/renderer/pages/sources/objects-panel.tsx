import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useDeferredValue, useState } from 'react';
import type { SourceObject } from '../../../shared/model.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { formatCount, formatMany } from '../../components/format.ts';
import { ObjectBrowser } from '../../components/objects/object-browser.tsx';
import { useSourceObjects } from '../../components/objects/use-source-objects.ts';
import { useTree } from '../../components/objects/use-tree.ts';

/** What the source holds now: a tree to look around in. */
export function ObjectsPanel({ source }: { readonly source: string }) {
  const objects = useSourceObjects(source);
  const all = objects.data;
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={all === undefined ? '' : `(${formatCount(all.length)})`}
          description="What can be loaded: tables, views, and whatever else the database offers to read."
          actions={
            <Button
              iconName="refresh"
              ariaLabel="Read the list again"
              loading={objects.isFetching}
              onClick={() => void objects.refetch()}
            />
          }
        >
          Objects
        </Header>
      }
    >
      {objects.isPending && <StatusIndicator type="loading">Asking the database</StatusIndicator>}
      {objects.isError && (
        <SpaceBetween size="s">
          <FailureAlert error={objects.error} header="The objects could not be listed" />
          <Button loading={objects.isFetching} onClick={() => void objects.refetch()}>
            Try again
          </Button>
        </SpaceBetween>
      )}
      {objects.isSuccess && objects.data.length === 0 && (
        <EmptyState title="Nothing to load">
          The database has no table or view that this user may see.
        </EmptyState>
      )}
      {objects.isSuccess && objects.data.length > 0 && <Found source={source} objects={objects.data} />}
    </Container>
  );
}

interface FoundProps {
  readonly source: string;
  readonly objects: readonly SourceObject[];
}

function Found({ source, objects }: FoundProps) {
  const [typed, setTyped] = useState('');
  const sought = useDeferredValue(typed);
  const { tree, toggle } = useTree(objects, sought, true);
  const searching = sought.trim() !== '';
  return (
    <SpaceBetween size="s">
      <TextFilter
        filteringText={typed}
        filteringPlaceholder="Find by name or column"
        filteringAriaLabel="Find objects"
        countText={searching ? `${formatMany(tree.found.length, 'object')} found` : ''}
        onChange={({ detail }) => setTyped(detail.filteringText)}
      />
      {tree.found.length === 0 ? (
        <EmptyState
          title="Nothing found"
          action={<Button onClick={() => setTyped('')}>Clear the search</Button>}
        >
          No object has “{sought.trim()}” in its name or in the name of a column.
        </EmptyState>
      ) : (
        <ObjectBrowser source={source} tree={tree} search={sought} onToggle={toggle} />
      )}
    </SpaceBetween>
  );
}
