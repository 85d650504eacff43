import Spinner from '@cloudscape-design/components/spinner';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../app/api.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { Page } from '../../components/page.tsx';
import { FirstRun } from './first-run.tsx';
import { GoOnWithSetup } from './go-on-with-setup.tsx';
import { InterruptedLoads } from './interrupted-loads.tsx';
import { LatestJobs } from './latest-jobs.tsx';
import { NextStep } from './next-step.tsx';
import { ReadyPipelines } from './ready-pipelines.tsx';

/** Milliseconds between two looks at jobs that run. */
const lookAgain = 1000;

/** What to do next: choose how to begin, go on with the set-up, or load. */
export function HomePage() {
  const destinations = useQuery(api.destinations.list.queryOptions());
  const sources = useQuery(api.sources.list.queryOptions());
  const pipelines = useQuery(api.pipelines.list.queryOptions());
  const jobs = useQuery(
    api.jobs.list.queryOptions({
      refetchInterval: ({ state }) =>
        state.data?.some((job) => job.state === 'running') === true ? lookAgain : false,
    }),
  );
  const queries = [destinations, sources, pipelines, jobs];
  const error = queries.find((query) => query.error !== null)?.error;
  if (error !== undefined) {
    return (
      <Page help="home" title="Home">
        <FailureAlert error={error} header="What is set up could not be read" />
      </Page>
    );
  }
  if (!destinations.data || !sources.data || !pipelines.data || !jobs.data) {
    return (
      <Page help="home" title="Home">
        <Spinner size="large" />
      </Page>
    );
  }
  const latest = jobs.data.length > 0 && <LatestJobs jobs={jobs.data} />;
  const nothingYet = [destinations, sources, pipelines].every(({ data }) => data?.length === 0);
  const interrupted = <InterruptedLoads jobs={jobs.data} />;
  if (nothingYet) {
    return (
      <FirstRun>
        {interrupted}
        {latest}
      </FirstRun>
    );
  }
  return (
    <Page help="home" title="Home">
      {interrupted}
      <GoOnWithSetup />
      {pipelines.data.length === 0 ? (
        <NextStep hasDestination={destinations.data.length > 0} hasSource={sources.data.length > 0} />
      ) : (
        <ReadyPipelines pipelines={pipelines.data} jobs={jobs.data} />
      )}
      {latest}
    </Page>
  );
}
