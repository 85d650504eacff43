import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Receipt } from '../../../shared/model.ts';
import { api } from '../../app/api.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { Page } from '../../components/page.tsx';
import { FilesTable } from './files-table.tsx';
import { Interrupted } from './interrupted.tsx';
import { JobActions } from './job-actions.tsx';
import { JobAnnouncer } from './job-announcer.tsx';
import { JobFacts } from './job-facts.tsx';
import { JobProgress } from './job-progress.tsx';
import { JobProblems } from './job-problems.tsx';
import { viewOf } from './job-view.ts';
import { JobWarnings } from './job-warnings.tsx';
import { ObjectsTable } from './objects-table.tsx';
import { RemovalAlert, RemoveData } from './remove-data.tsx';
import { useRemoval } from './use-removal.ts';
import { useWatch } from './use-watch.ts';
import { useVerification, VerificationAlert } from './verification.tsx';

export function JobPage({ jobId }: { readonly jobId: string }) {
  const receipt = useQuery(
    api.jobs.show.queryOptions({
      input: { jobId },
      refetchInterval: ({ state: { data } }) => lookAgain(data),
    }),
  );
  if (receipt.data !== undefined) return <Job receipt={receipt.data} error={receipt.error} />;
  return (
    <Page help="job" title="Load">
      <FailureAlert error={receipt.error} />
      {receipt.isPending ? (
        <StatusIndicator type="loading">Loading</StatusIndicator>
      ) : (
        <Button href="#/jobs">See all loads</Button>
      )}
    </Page>
  );
}

/** Milliseconds until the record of a running job is read again; that of a large job takes a while to read. */
function lookAgain(receipt: Receipt | undefined): number | false {
  if (receipt?.state !== 'running') return false;
  return receipt.objects.length > 500 ? 5000 : 1000;
}

function Job({ receipt, error }: { readonly receipt: Receipt; readonly error: unknown }) {
  const running = receipt.state === 'running';
  const { watched, elsewhere, problem } = useWatch(receipt.jobId, running);
  const view = useMemo(() => viewOf(receipt, watched), [receipt, watched]);
  const verification = useVerification(receipt.jobId);
  const [asking, setAsking] = useState(false);
  const removing = useRemoval(receipt.jobId, () => setAsking(false));
  return (
    <Page
      help="job"
      title={`Load of ${receipt.pipeline}`}
      description={`Job ${receipt.jobId}`}
      actions={
        <JobActions
          receipt={receipt}
          elsewhere={elsewhere}
          checking={verification.busy}
          onCheck={verification.start}
          onStopChecking={verification.stop}
          removing={removing.busy}
          onRemove={() => setAsking(true)}
        />
      }
    >
      <JobAnnouncer receipt={receipt} view={view} />
      <FailureAlert error={error ?? problem} header="Nothing is heard of this load at present" />
      {receipt.state === 'interrupted' && <Interrupted receipt={receipt} reason={watched.error} />}
      <JobProblems receipt={receipt} />
      <RemovalAlert receipt={receipt} result={removing.result} />
      <VerificationAlert verification={verification} />
      {running && <JobProgress receipt={receipt} view={view} watched={watched} elsewhere={elsewhere} />}
      <JobFacts receipt={receipt} view={view} />
      <JobWarnings warnings={view.warnings} />
      <ObjectsTable objects={view.objects} running={running} />
      {view.files.length > 0 && <FilesTable files={view.files} verdicts={verification.result?.files} />}
      {asking && <RemoveData receipt={receipt} removing={removing} onClose={() => setAsking(false)} />}
    </Page>
  );
}
