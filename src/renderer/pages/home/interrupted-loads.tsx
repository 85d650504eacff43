import Alert from '@cloudscape-design/components/alert';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { JobSummary } from '../../../shared/model.ts';
import { formatInstant, formatMany } from '../../components/format.ts';
import { DiscardButton, ResumeButton } from '../jobs/resume-discard.tsx';

/** So many are named; the history has them all. */
const named = 5;

/** Loads that were cut off, each with the two ways out of it. Nothing where there are none. */
export function InterruptedLoads({ jobs }: { readonly jobs: readonly JobSummary[] }) {
  const interrupted = jobs.filter(({ state }) => state === 'interrupted');
  if (interrupted.length === 0) return null;
  return (
    <Alert
      type="warning"
      header={
        interrupted.length === 1
          ? 'A load was interrupted'
          : `${formatMany(interrupted.length, 'load')} were interrupted`
      }
    >
      <SpaceBetween size="s">
        <div>
          Resume to load what is missing, every row once; or discard to remove what was left unfinished.
        </div>
        {interrupted.slice(0, named).map((job) => (
          <InterruptedLoad key={job.jobId} job={job} />
        ))}
        {interrupted.length > named && (
          <div>
            And {formatMany(interrupted.length - named, 'more', 'more')} in the{' '}
            <Link href="#/jobs">history</Link>.
          </div>
        )}
      </SpaceBetween>
    </Alert>
  );
}

function InterruptedLoad({ job: { jobId, pipeline, startedAt } }: { readonly job: JobSummary }) {
  const label = `${pipeline}, ${formatInstant(startedAt)}`;
  return (
    <SpaceBetween direction="horizontal" size="s" alignItems="center">
      <Link href={`#/jobs/${jobId}`}>{label}</Link>
      <ResumeButton jobId={jobId} label={label} variant="normal" />
      <DiscardButton jobId={jobId} label={label} />
    </SpaceBetween>
  );
}
