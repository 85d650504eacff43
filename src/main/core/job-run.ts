/** Carries out an order, in the process of the load: takes the lock, opens what is needed, runs, records the end. */
import { SluiceError } from '../../shared/errors.ts';
import { displayName, type JobEvent, type UsedOptions } from '../../shared/model.ts';
import { type Bucket, openBucket } from '../access/bucket.ts';
import { errorInfo, interruption, sluiceError } from '../load/endings.ts';
import { type JobOutcome, type JobTask, runJob } from '../load/job.ts';
import { setAsideReport } from '../load/set-aside.ts';
import type { LoadOptions } from '../load/options.ts';
import { adviceOn, unlistedOf } from '../load/withdraw.ts';
import { openSource } from '../sources/index.ts';
import { type History, type JobStart, openHistory } from '../stores/history.ts';
import { journalOf } from './job-journal.ts';
import { writeManifest } from './job-manifest.ts';
import type { FromJob, JobOrder } from './job-order.ts';
import { cleanUp, rollForward } from './job-recovery.ts';
import { hostKeysIn } from './source-secrets.ts';
import { reportOf } from './job-reports.ts';

export interface OrderChannel {
  readonly say: (message: FromJob) => void;
  /** The user cancels. */
  readonly signal: AbortSignal;
}

/** Runs the job to its end, or says why it was refused. Never rejects. */
export async function runOrder(order: JobOrder, channel: OrderChannel): Promise<void> {
  const emit = (event: JobEvent): void => channel.say({ say: 'event', event });
  let begun = false;
  let end: JobEvent;
  try {
    end = await carryOut(order, channel.signal, emit, () => {
      begun = true;
      channel.say({ say: 'begun' });
    });
  } catch (error) {
    const known = sluiceError(error, new AbortController().signal);
    if (!begun) {
      channel.say({ say: 'refused', error: errorInfo(known) });
      return;
    }
    end = {
      event: 'end',
      jobId: jobIdOf(order),
      state: 'interrupted',
      objects: [],
      error: errorInfo(interruption(known)),
    };
  }
  emit(end);
}

export const jobIdOf = ({ job }: Pick<JobOrder, 'job'>): string =>
  'start' in job ? job.start.jobId : job.resume;

async function carryOut(
  order: JobOrder,
  signal: AbortSignal,
  emit: (event: JobEvent) => void,
  begun: () => void,
): Promise<JobEvent> {
  const jobId = jobIdOf(order);
  using history = openHistory(order.folder);
  using _ = lockOf(history, jobId);
  const resumed = 'resume' in order.job ? interrupted(history, jobId) : undefined;
  using bucket = bucketOf(order);
  bucket.signIn();
  await using source = await openSource(order.source, {
    ...{ password: order.password, tunnelSecret: order.tunnelSecret, signal },
    hostKeys: hostKeysIn(order.folder),
  });
  const start = resumed ?? begin(history, order.job);
  if (resumed !== undefined) await recover({ history, bucket, start, signal }, emit);
  history.setOptions(jobId, usedOptions(order.options));
  begun();
  const loaded = await runJob(unfinished(history, start), {
    ...{ jobId, source, bucket, signal, emit },
    journal: journalOf(history, jobId),
    options: order.options,
    force: start.force,
    openReport: ({ ordinal }) => setAsideReport(reportOf(order.folder, jobId, ordinal)),
  });
  const sealed = await seal({ history, bucket, start }, withEarlier(history, jobId, loaded), signal);
  return endOf(history, jobId, sealed);
}

function bucketOf({ destination, access }: JobOrder): Bucket {
  const { externalId, sandbox, secretAccessKey } = access;
  return openBucket(destination, {
    ...{ externalId, sandbox },
    secretAccessKey: async () => {
      if (secretAccessKey !== undefined) return secretAccessKey;
      throw new SluiceError('INTERNAL', 'The order of this load holds no secret access key');
    },
  });
}

const usedOptions = (options: LoadOptions): UsedOptions => ({
  ...{ gzipLevel: options.gzipLevel, fileBytes: options.fileBytes, partBytes: options.partBytes },
  ...{ compressing: options.gzipInFlight, readers: options.readers },
  ...{ objectsInFlight: options.objectsInFlight, networkTimeout: options.networkPatience / 1000 },
});

/** It is free when this process ends, whatever way it ends. */
function lockOf(history: History, jobId: string): Disposable {
  const lock = history.lockJob(jobId);
  if (lock === undefined) throw new SluiceError('JOB_RUNNING', 'This job is running', { details: { jobId } });
  return lock;
}

function begin(history: History, job: JobOrder['job']): JobStart {
  if (!('start' in job)) throw new SluiceError('INTERNAL', 'The order holds no job to begin');
  history.beginJob(job.start);
  return job.start;
}

/**
 * The definition of an interrupted job whose lock we hold.
 * @throws SluiceError NOT_FOUND, JOB_NOT_RESUMABLE
 */
export function interrupted(history: History, jobId: string): JobStart {
  const start = history.definition(jobId);
  const state = history.receipt(jobId)?.state;
  if (start === undefined) throw new SluiceError('NOT_FOUND', `There is no job ${jobId}`);
  // With the lock in our hand the job reads as running: nobody else can be running it.
  if (state === 'running' || state === 'interrupted') return start;
  throw new SluiceError('JOB_NOT_RESUMABLE', `This job has ended: ${state?.replaceAll('_', ' ')}`, {
    details: { jobId },
  });
}

async function recover(
  recovery: Parameters<typeof cleanUp>[0],
  emit: (event: JobEvent) => void,
): Promise<void> {
  const { history, start } = recovery;
  const left = [...(await rollForward(recovery)), ...(await cleanUp(recovery))];
  history.resumed(start.jobId, new Date().toISOString());
  for (const item of left) {
    const message = `could not be cleaned up: ${item.what}. ${adviceOn(1, unlistedOf([item]))}`;
    emit({ event: 'warning', object: item.object, message });
  }
}

function unfinished(history: History, { jobId, objects }: JobStart): JobTask[] {
  const completed = new Set(
    history.objects(jobId).flatMap(({ ordinal, state }) => (state === 'completed' ? [ordinal] : [])),
  );
  return objects
    .map(({ object, path }, ordinal) => ({ ordinal, object, label: displayName(object), path }))
    .filter(({ ordinal }) => !completed.has(ordinal));
}

/** A resumed job counts the objects that were completed before. */
function withEarlier(history: History, jobId: string, outcome: JobOutcome): JobOutcome {
  const completed = history.objects(jobId).some((object) => object.state === 'completed');
  const partly = outcome.state === 'failed' && completed;
  return partly ? { ...outcome, state: 'completed_with_failures' } : outcome;
}

/** Writes the manifest last of all. A job whose manifest cannot be written is to be resumed: its data is there. */
async function seal(
  sealing: Parameters<typeof writeManifest>[0],
  outcome: JobOutcome,
  signal: AbortSignal,
): Promise<JobOutcome> {
  const { state } = outcome;
  if (state !== 'completed' && state !== 'completed_with_failures') return outcome;
  try {
    await writeManifest(sealing, state, signal);
    return outcome;
  } catch (thrown) {
    const reason = thrown instanceof SluiceError ? thrown : sluiceError(thrown, signal);
    const message = `All files are there, but the manifest could not be written: ${reason.message}`;
    const { code, fix, details } = reason;
    const error = interruption(new SluiceError(code, message, { cause: thrown, fix, details }));
    return { ...outcome, state: 'interrupted', error: errorInfo(error) };
  }
}

/** Records the end and makes the event for it. */
function endOf(history: History, jobId: string, outcome: JobOutcome): JobEvent {
  const { state } = outcome;
  const error = outcome.error === undefined ? {} : { error: outcome.error };
  history.endJob(jobId, { state, endedAt: new Date().toISOString(), ...error });
  const objects = (history.receipt(jobId)?.objects ?? []).map(
    ({ path: _path, query: _query, snapshotAt: _at, ...object }) => object,
  );
  return { event: 'end', jobId, state, objects, ...error };
}
