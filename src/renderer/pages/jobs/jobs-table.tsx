import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { JobSummary } from '../../../shared/model.ts';
import { formatCount, formatInstant } from '../../components/format.ts';
import { State } from '../../components/states.tsx';
import { usePages } from '../../components/use-pages.tsx';
import { Duration } from './duration.tsx';

interface JobsTableProps {
  readonly title: string;
  /** Newest first. */
  readonly jobs: readonly JobSummary[];
  readonly loading: boolean;
  readonly showPipeline: boolean;
  /** What stands where there is no job. */
  readonly empty: React.ReactNode;
  readonly filter?: React.ReactNode;
  /** What the jobs were filtered by. */
  readonly filteredBy?: string;
}

export function JobsTable({ title, jobs, loading, showPipeline, empty, filter, filteredBy }: JobsTableProps) {
  const { items, pagination } = usePages(jobs, 25, 'Pages of loads', filteredBy);
  return (
    <Table
      header={
        <Header variant="h2" counter={jobs.length === 0 ? '' : `(${formatCount(jobs.length)})`}>
          {title}
        </Header>
      }
      columnDefinitions={columns.filter(({ id }) => showPipeline || id !== 'pipeline')}
      items={items}
      trackBy="jobId"
      loading={loading}
      loadingText="Loading"
      pagination={pagination}
      filter={filter}
      wrapLines
      empty={<Box color="text-body-secondary">{empty}</Box>}
      ariaLabels={{ tableLabel: title }}
    />
  );
}

const columns: TableProps.ColumnDefinition<JobSummary>[] = [
  {
    id: 'state',
    header: 'State',
    width: 230,
    cell: ({ state, removedAt }) => (
      <>
        <State state={state} />
        {removedAt !== undefined && <Box color="text-body-secondary">Its data was removed</Box>}
      </>
    ),
  },
  {
    id: 'started',
    header: 'Started',
    isRowHeader: true,
    cell: ({ jobId, startedAt }) => <Link href={`#/jobs/${jobId}`}>{formatInstant(startedAt)}</Link>,
  },
  {
    id: 'pipeline',
    header: 'Pipeline',
    cell: ({ pipeline }) => <span className="path-text">{pipeline}</span>,
  },
  {
    id: 'duration',
    header: 'Duration',
    width: 130,
    cell: ({ startedAt, endedAt, state }) => <Duration from={startedAt} to={endedAt} state={state} />,
  },
  { id: 'rows', header: 'Rows', width: 120, cell: ({ rows }) => formatCount(rows) },
  { id: 'files', header: 'Files', width: 90, cell: ({ files }) => formatCount(files) },
];
