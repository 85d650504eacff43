import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { formatCount, formatSize } from '../../components/format.ts';
import { State } from '../../components/states.tsx';
import { usePages } from '../../components/use-pages.tsx';
import type { ObjectView } from './job-view.ts';
import { phaseWord } from './phases.ts';

interface ObjectsTableProps {
  readonly objects: readonly ObjectView[];
  readonly running: boolean;
}

/** Object by object, how far it is. */
export function ObjectsTable({ objects, running }: ObjectsTableProps) {
  const { items, pagination } = usePages(objects, 50, 'Pages of objects');
  // Only a job that was watched knows what it read.
  const read = running || objects.some(({ bytesRead }) => bytesRead !== undefined);
  return (
    <Table
      header={
        <Header variant="h2" counter={`(${formatCount(objects.length)})`}>
          Objects
        </Header>
      }
      columnDefinitions={read ? columns : columns.filter(({ id }) => id !== 'read')}
      items={items}
      trackBy={({ id }) => String(id)}
      pagination={pagination}
      wrapLines
      ariaLabels={{ tableLabel: 'Objects' }}
    />
  );
}

const columns: TableProps.ColumnDefinition<ObjectView>[] = [
  {
    id: 'object',
    header: 'Object',
    isRowHeader: true,
    cell: ({ object }) => <span className="path-text">{object}</span>,
  },
  {
    id: 'state',
    header: 'State',
    width: 170,
    cell: ({ state, phase }) => (
      <>
        <State state={state} />
        {state === 'running' && <Box color="text-body-secondary">{phaseWord(phase)}</Box>}
      </>
    ),
  },
  { id: 'rows', header: 'Rows', width: 130, cell: ({ rows }) => shown(rows, formatCount) },
  { id: 'read', header: 'Read', width: 120, cell: ({ bytesRead }) => shown(bytesRead, formatSize) },
  {
    id: 'sent',
    header: 'Sent, gzip',
    width: 130,
    cell: ({ bytesSent }) => shown(bytesSent, formatSize),
  },
  { id: 'files', header: 'Files', width: 90, cell: ({ files }) => formatCount(files) },
];

const shown = (value: number | undefined, format: (value: number) => string): string =>
  value === undefined ? '-' : format(value);
