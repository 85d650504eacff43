import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import type { JobSummary, Pipeline } from '../../../shared/model.ts';
import { api } from '../../app/api.ts';
import { usePractice } from '../../app/practice.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { formatCount, formatInstant } from '../../components/format.ts';
import { LoadButton } from '../../components/load-button.tsx';
import { Page } from '../../components/page.tsx';
import { PracticeBadge } from '../../components/practice-badge.tsx';
import { State } from '../../components/states.tsx';
import { usePages } from '../../components/use-pages.tsx';

export function PipelinesPage() {
  const pipelines = useQuery(api.pipelines.list.queryOptions());
  const jobs = useQuery(api.jobs.list.queryOptions());
  const practice = usePractice();
  const all = pipelines.data ?? [];
  const { items, pagination } = usePages(all, 50, 'Pages of pipelines');
  const columns = columnsOf(latestJobs(jobs.data ?? []), practice.pipelines);
  return (
    <Page
      help="pipelines"
      title="Pipelines"
      description="A pipeline says which tables of a source go to which place in a bucket. Load it as often as you like."
      actions={
        all.length > 0 && (
          <Button variant="primary" href="#/pipelines/new">
            New pipeline
          </Button>
        )
      }
    >
      <FailureAlert error={pipelines.error ?? jobs.error} />
      <Table
        header={
          <Header variant="h2" counter={all.length === 0 ? '' : `(${formatCount(all.length)})`}>
            All pipelines
          </Header>
        }
        columnDefinitions={columns}
        items={items}
        trackBy="name"
        loading={pipelines.isPending}
        loadingText="Loading"
        pagination={pagination}
        wrapLines
        ariaLabels={{ tableLabel: 'Pipelines' }}
        empty={
          <EmptyState
            title="No pipelines yet"
            action={
              <Button variant="primary" href="#/pipelines/new">
                New pipeline
              </Button>
            }
          >
            A pipeline joins a source and a destination, and names the tables to load.
          </EmptyState>
        }
      />
    </Page>
  );
}

/** By pipeline; the list of jobs begins with the newest. */
const latestJobs = (jobs: readonly JobSummary[]): ReadonlyMap<string, JobSummary> =>
  new Map(jobs.toReversed().map((job) => [job.pipeline, job]));

const columnsOf = (
  latest: ReadonlyMap<string, JobSummary>,
  practice: readonly string[],
): TableProps.ColumnDefinition<Pipeline>[] => [
  {
    id: 'name',
    header: 'Name',
    isRowHeader: true,
    cell: ({ name }) => (
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <Link href={`#/pipelines/named/${encodeURIComponent(name)}`}>{name}</Link>
        {practice.includes(name) && <PracticeBadge />}
      </SpaceBetween>
    ),
  },
  {
    id: 'ends',
    header: 'Source → destination',
    cell: ({ source, destination }) => `${source} → ${destination}`,
  },
  { id: 'objects', header: 'Objects', width: 100, cell: ({ objects }) => formatCount(objects.length) },
  {
    id: 'last',
    header: 'Last load',
    cell: ({ name }) => <LastJob job={latest.get(name)} />,
  },
  {
    id: 'load',
    header: 'Actions',
    width: 110,
    cell: ({ name }) => <LoadButton pipeline={name} />,
  },
];

function LastJob({ job }: { readonly job: JobSummary | undefined }) {
  if (job === undefined) return <Box color="text-body-secondary">Never loaded</Box>;
  return (
    <>
      <State state={job.state} />
      <div>
        <Link href={`#/jobs/${job.jobId}`} fontSize="body-s">
          {formatInstant(job.startedAt)}
        </Link>
      </div>
    </>
  );
}
