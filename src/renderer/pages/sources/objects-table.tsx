import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api } from '../../app/api.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { formatCount } from '../../components/format.ts';
import { usePages } from '../../components/use-pages.tsx';
import { matching, type ObjectRow, rowsOf } from './object-rows.ts';

/** Few enough that a page is drawn at once, with some of them open. */
const pageSize = 50;

/** What the source holds now; each object opens to its columns. */
export function ObjectsTable({ source }: { readonly source: string }) {
  const objects = useQuery(
    // The list is asked of the database itself, so it is asked again only on request.
    api.sources.objects.queryOptions({
      input: { name: source },
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
    }),
  );
  const [sought, setSought] = useState('');
  const rows = useMemo(() => rowsOf(objects.data ?? []), [objects.data]);
  const found = useMemo(() => matching(rows, sought), [rows, sought]);
  const { items, pagination } = usePages(found, pageSize, 'Pages of objects');
  // A new key empties the field of the search.
  const [clears, setClears] = useState(0);
  const clear = () => {
    setSought('');
    setClears(clears + 1);
  };
  const [expanded, setExpanded] = useState<readonly ObjectRow[]>([]);
  if (objects.error !== null) {
    return (
      <>
        <FailureAlert error={objects.error} header="The objects could not be listed" />
        <Box margin={{ top: 's' }}>
          <Button loading={objects.isFetching} onClick={() => void objects.refetch()}>
            Try again
          </Button>
        </Box>
      </>
    );
  }
  return (
    <Table
      variant="container"
      wrapLines
      items={[...items]}
      trackBy="id"
      columnDefinitions={columns}
      loading={objects.isPending}
      loadingText="Asking the database"
      ariaLabels={{
        tableLabel: 'Objects',
        expandButtonLabel: (row: ObjectRow) => `Show the columns of ${row.name}`,
        collapseButtonLabel: (row: ObjectRow) => `Hide the columns of ${row.name}`,
      }}
      expandableRows={{
        getItemChildren: ({ columns: theirs }) => theirs,
        isItemExpandable: ({ columns: theirs }) => theirs.length > 0,
        expandedItems: expanded,
        onExpandableItemToggle: ({ detail: { item, expanded: open } }) =>
          setExpanded((now) => (open ? [...now, item] : now.filter(({ id }) => id !== item.id))),
      }}
      header={
        <Header
          variant="h2"
          counter={objects.data === undefined ? '' : `(${formatCount(found.length)})`}
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
      filter={<Search key={clears} onSearch={setSought} />}
      pagination={pagination}
      empty={
        sought === '' ? (
          <EmptyState title="Nothing to load">
            The database has no table or view that this user may see.
          </EmptyState>
        ) : (
          <EmptyState title="Nothing found" action={<Button onClick={clear}>Clear the search</Button>}>
            No object has “{sought}” in its name or in the name of a column.
          </EmptyState>
        )
      }
    />
  );
}

/** Holds what is being typed, so that the table is drawn again only when the typing pauses. */
function Search({ onSearch }: { readonly onSearch: (text: string) => void }) {
  const [text, setText] = useState('');
  return (
    <TextFilter
      filteringText={text}
      filteringPlaceholder="Find by name or column"
      filteringAriaLabel="Find objects"
      onChange={({ detail }) => setText(detail.filteringText)}
      onDelayedChange={({ detail }) => onSearch(detail.filteringText)}
    />
  );
}

const columns: TableProps.ColumnDefinition<ObjectRow>[] = [
  { id: 'name', header: 'Name', isRowHeader: true, cell: ({ name }) => name },
  { id: 'kind', header: 'Kind, or type of a column', cell: ({ kind }) => kind },
  {
    id: 'rows',
    header: 'Rows, estimated',
    cell: ({ rows }) => (rows === undefined ? '' : rows === null ? 'Unknown' : formatCount(rows)),
  },
];
