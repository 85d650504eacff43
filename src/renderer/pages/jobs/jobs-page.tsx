import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JobSummary } from '../../../shared/model.ts';
import { api } from '../../app/api.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { Page } from '../../components/page.tsx';
import { everything, JobsFilter, type Wanted } from './jobs-filter.tsx';
import { JobsTable } from './jobs-table.tsx';

/**
 * Milliseconds until the history is read again: a job runs and changes, or one may be started elsewhere. Thousands
 * of jobs take a fifth of a second to read.
 */
function lookAgain(jobs: readonly JobSummary[] = []): number {
  const often = jobs.some(({ state }) => state === 'running') ? 3000 : 5000;
  return jobs.length > 1000 ? 6 * often : often;
}

export function JobsPage() {
  const jobs = useQuery(
    api.jobs.list.queryOptions({
      refetchInterval: ({ state: { data } }) => lookAgain(data),
    }),
  );
  const [wanted, setWanted] = useState<Wanted>(everything);
  const all = jobs.data ?? [];
  const found = all.filter(
    ({ pipeline, state }) =>
      (wanted.pipeline === '' || wanted.pipeline === pipeline) &&
      (wanted.state === '' || wanted.state === state),
  );
  return (
    <Page
      help="jobs"
      title="History"
      description="Every load with its receipt: what was read, and which files were written."
      actions={<Button href="#/jobs/uploads">Unfinished uploads</Button>}
    >
      <FailureAlert error={jobs.error} header="The history cannot be read" />
      <JobsTable
        title="Loads"
        jobs={found}
        loading={jobs.isPending}
        showPipeline
        filteredBy={JSON.stringify(wanted)}
        filter={all.length > 0 && <JobsFilter jobs={all} wanted={wanted} onChange={setWanted} />}
        empty={
          all.length > 0 ? (
            <EmptyState
              title="No load fits the filter"
              action={<Button onClick={() => setWanted(everything)}>Show all loads</Button>}
            >
              Other pipelines or states have {all.length === 1 ? 'one' : 'some'}.
            </EmptyState>
          ) : (
            <EmptyState
              title="No loads yet"
              action={
                <Button variant="primary" href="#/pipelines">
                  Go to the pipelines
                </Button>
              }
            >
              Each load of a pipeline appears here, with how it went and a receipt of its files.
            </EmptyState>
          )
        }
      />
    </Page>
  );
}
