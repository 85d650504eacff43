import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { JobSummary, Pipeline } from '../../../shared/model.ts';
import { usePractice } from '../../app/practice.ts';
import { formatInstant, formatMany } from '../../components/format.ts';
import { LoadButton } from '../../components/load-button.tsx';
import { PracticeBadge } from '../../components/practice-badge.tsx';
import { State } from '../../components/states.tsx';

interface ReadyPipelinesProps {
  readonly pipelines: readonly Pipeline[];
  readonly jobs: readonly JobSummary[];
}

/** What can be loaded now, and how the last load of each went. */
export function ReadyPipelines({ pipelines, jobs }: ReadyPipelinesProps) {
  const practice = usePractice();
  return (
    <Table
      variant="container"
      header={
        <Header variant="h2" actions={<Button href="#/pipelines/new">New pipeline</Button>}>
          Ready to load
        </Header>
      }
      items={[...pipelines]}
      trackBy="name"
      columnDefinitions={[
        {
          id: 'name',
          header: 'Pipeline',
          isRowHeader: true,
          cell: ({ name }) => (
            <SpaceBetween direction="horizontal" size="xs">
              <Link href={`#/pipelines/named/${encodeURIComponent(name)}`}>{name}</Link>
              {practice.pipelines.includes(name) && <PracticeBadge />}
            </SpaceBetween>
          ),
        },
        {
          id: 'what',
          header: 'What goes where',
          cell: ({ source, destination, objects }) =>
            `${formatMany(objects.length, 'object')} of ${source} to ${destination}`,
        },
        {
          id: 'last',
          header: 'Last load',
          cell: ({ name }) => <LastLoad job={jobs.find((job) => job.pipeline === name)} />,
        },
        {
          id: 'load',
          header: 'Load',
          cell: ({ name }) => (
            <LoadButton pipeline={name} variant={pipelines.length === 1 ? 'primary' : 'normal'} />
          ),
        },
      ]}
    />
  );
}

function LastLoad({ job }: { readonly job: JobSummary | undefined }) {
  if (job === undefined) return 'Never';
  return (
    <>
      <Link href={`#/jobs/${job.jobId}`}>{formatInstant(job.startedAt)}</Link>
      <div>
        <State state={job.state} />
      </div>
    </>
  );
}
