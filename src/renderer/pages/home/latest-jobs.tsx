import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Table from '@cloudscape-design/components/table';
import type { JobSummary } from '../../../shared/model.ts';
import { formatCount, formatInstant } from '../../components/format.ts';
import { State } from '../../components/states.tsx';

const shown = 5;

/** The last few loads; the rest is in the history. */
export function LatestJobs({ jobs }: { readonly jobs: readonly JobSummary[] }) {
  return (
    <Table
      variant="container"
      header={
        <Header variant="h2" actions={<Link href="#/jobs">All loads</Link>}>
          Latest loads
        </Header>
      }
      items={jobs.slice(0, shown)}
      trackBy="jobId"
      columnDefinitions={[
        {
          id: 'started',
          header: 'Started',
          isRowHeader: true,
          cell: ({ jobId, startedAt }) => <Link href={`#/jobs/${jobId}`}>{formatInstant(startedAt)}</Link>,
        },
        { id: 'pipeline', header: 'Pipeline', cell: ({ pipeline }) => pipeline },
        { id: 'state', header: 'State', cell: ({ state }) => <State state={state} /> },
        { id: 'rows', header: 'Rows', cell: ({ rows }) => formatCount(rows) },
        { id: 'files', header: 'Files', cell: ({ files }) => formatCount(files) },
      ]}
    />
  );
}
