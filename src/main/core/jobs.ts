/** Jobs: started, watched, cancelled, and taken up again or cleaned up after a crash. Each runs in its own process. */
import { rmSync } from 'node:fs';
import type { Inputs } from '../../shared/contract.ts';
import { SluiceError } from '../../shared/errors.ts';
import type {
  DestinationSettings,
  Estimate,
  JobEvent,
  JobSummary,
  Receipt,
  Source,
} from '../../shared/model.ts';
import { errorInfo } from '../load/endings.ts';
import { defaultOptions } from '../load/options.ts';
import { adviceOn, unlistedOf } from '../load/withdraw.ts';
import { type CoreContext, type JobActivity, nextJob } from './context.ts';
import { accessOf, openDestination } from './destinations.ts';
import { type JobEvents, jobEvents } from './job-events.ts';
import { defined, estimateJob, lockJob, shown } from './job-look-ups.ts';
import { withdrawManifest } from './job-manifest.ts';
import { errorOf, type FromJob, type JobOrder } from './job-order.ts';
import { cleanUp } from './job-recovery.ts';
import { reportOf } from './job-reports.ts';
import { interrupted, jobIdOf } from './job-run.ts';
import { assemble, directoryOf, placeManifest, placeObject, refuseCollisions } from './pipelines.ts';
import { secretsOf } from './source-secrets.ts';
import { findSource } from './sources.ts';
import type { JobProcess } from './start-job-process.ts';
import { version } from './version.ts';

interface RunningJob {
  readonly events: JobEvents;
  readonly process: JobProcess;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
}

export interface Jobs extends AsyncDisposable {
  start(input: Inputs['jobs']['start'], signal: AbortSignal): Promise<string>;
  resume(input: Inputs['jobs']['resume'], signal: AbortSignal): Promise<string>;
  discard(jobId: string): Promise<Receipt>;
  watch(jobId: string, signal: AbortSignal | undefined): AsyncGenerator<JobEvent>;
  cancel(jobId: string): void;
  estimate(pipeline: string, signal: AbortSignal): Promise<Estimate>;
  list(): JobSummary[];
  show(jobId: string): Receipt;
  /** Ends the processes of all loads at once. What they have read is lost; each can be resumed. */
  leave(): void;
}

/** Milliseconds that a load has to end after it was cancelled, when the app closes. */
const closingMs = 10_000;

/** The jobs that this process has started. Disposing cancels what still runs and waits for it. */
export function createJobs(core: CoreContext): Jobs {
  const running = new Map<string, RunningJob>();
  const options = { ...defaultOptions, ...core.load };

  /** Starts a process for the job, and returns when the job has begun there. */
  async function run(pipeline: string, order: JobOrder, signal: AbortSignal): Promise<string> {
    const jobId = jobIdOf(order);
    const tellHost = (event: JobActivity['event']): void => core.host.onJob?.({ jobId, pipeline, event });
    signal.throwIfAborted();
    const process = core.startJobProcess();
    const events = jobEvents();
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    let state: 'starting' | 'running' | 'over' = 'starting';
    const emit = (event: JobEvent): void => {
      events.emit(event);
      tellHost(event);
    };
    process.onMessage((message: FromJob) => {
      if (message.say === 'begun') {
        state = 'running';
        tellHost({ event: 'begun' });
        begun.resolve();
      } else if (message.say === 'refused') begun.reject(errorOf(message.error));
      else if (message.say === 'event') {
        if (message.event.event === 'end') state = 'over';
        emit(message.event);
      }
    });
    process.onExit((how) => {
      begun.reject(diedEarly(how));
      // One that was refused has nobody who watches it, and the history may be closed by now.
      if (state === 'running') emit(diedEnd(core, jobId, how));
      ended.resolve();
    });
    const cancel = (): void => process.send({ say: 'cancel' });
    signal.addEventListener('abort', cancel, { once: true });
    process.send({ say: 'run', order });
    try {
      await begun.promise;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
    running.set(jobId, { events, process, ended: ended.promise });
    return jobId;
  }

  /** All that a process needs to reach both ends; secrets are fetched now, and handed over in private. */
  async function equipped(
    source: Source,
    destination: DestinationSettings,
    networkTimeout: number | undefined,
  ): Promise<Omit<JobOrder, 'job'>> {
    return {
      ...{ folder: core.folder, source, ...(await secretsOf(core, source)) },
      ...(await accessOf(core, destination)),
      options: {
        ...options,
        ...(destination.gzipLevel === undefined ? {} : { gzipLevel: destination.gzipLevel }),
        ...(networkTimeout === undefined ? {} : { networkPatience: networkTimeout * 1000 }),
      },
    };
  }

  return {
    async start({ pipeline: name, force = false, networkTimeout }, signal) {
      const settings = core.settings.read();
      const assembly = assemble(settings, name);
      refuseCollisions(settings, assembly);
      const { pipeline, destination, source } = assembly;
      const job = nextJob(core);
      placeManifest(assembly, job);
      const objects = pipeline.objects.map((object) => ({
        object,
        path: placeObject(assembly, object, job).path,
        directory: directoryOf(assembly, object),
      }));
      const { jobId, at } = job;
      const { database } = source;
      const startedAt = at.toISOString();
      const start = { jobId, pipeline, destination, database, startedAt, version, objects, force };
      const order = { ...(await equipped(source, destination, networkTimeout)), job: { start } };
      return await run(pipeline.name, order, signal);
    },

    async resume({ jobId, networkTimeout }, signal) {
      const { pipeline, destination } = defined(core, jobId);
      const { state } = shown(core, jobId);
      if (state === 'running') throw stillRunning(jobId);
      // Refused again under the lock; here, before a source that is gone by now is missed.
      if (state !== 'interrupted') interrupted(core.history, jobId);
      const source = findSource(core, pipeline.source);
      const order = { ...(await equipped(source, destination, networkTimeout)), job: { resume: jobId } };
      return await run(pipeline.name, order, signal);
    },

    async discard(jobId) {
      defined(core, jobId);
      using _ = lockJob(core, jobId);
      const start = interrupted(core.history, jobId);
      using bucket = await openDestination(core, start.destination);
      const recovery = { history: core.history, bucket, start };
      await withdrawManifest(recovery);
      const left = await cleanUp(recovery);
      const error = new SluiceError('CANCELLED', 'The interrupted job was discarded');
      const words = left.map(({ what }) => what);
      const remains = { details: { left: words }, fix: adviceOn(left.length, unlistedOf(left)) };
      const could = `this could not be removed: ${words.join('; ')}`;
      for (const [ordinal, object] of shown(core, jobId).objects.entries()) {
        if (object.state !== 'completed') {
          rmSync(reportOf(core.folder, jobId, ordinal), { force: true });
          const setAside = null;
          core.history.setObject(jobId, ordinal, { state: 'cancelled', setAside, error: errorInfo(error) });
        }
      }
      core.history.endJob(jobId, {
        state: 'cancelled',
        endedAt: new Date().toISOString(),
        error: errorInfo(
          left.length === 0 ? error : new SluiceError('CANCELLED', `${error.message}, but ${could}`, remains),
        ),
      });
      if (left.length > 0)
        throw new SluiceError('UPLOAD_LEFT', `The job is discarded, but ${could}`, remains);
      return shown(core, jobId);
    },

    async *watch(jobId, signal) {
      const job = running.get(jobId);
      if (job !== undefined) {
        yield* job.events.watch(signal);
        return;
      }
      const { state } = shown(core, jobId);
      throw state === 'running'
        ? new SluiceError('JOB_RUNNING', 'This job runs in another process', { details: { jobId } })
        : new SluiceError('NOT_FOUND', 'This job does not run any more', {
            fix: `See what it did: sluice jobs show ${jobId}`,
            details: { jobId },
          });
    },

    cancel(jobId) {
      const job = running.get(jobId);
      if (job === undefined) {
        shown(core, jobId);
        throw new SluiceError('JOB_RUNNING', 'This job does not run in this process', { details: { jobId } });
      }
      job.process.send({ say: 'cancel' });
    },

    estimate: (pipeline, signal) => estimateJob(core, pipeline, options, signal),
    list: () => core.history.summaries(),
    show: (jobId) => shown(core, jobId),
    leave: () => {
      for (const { process } of running.values()) process.kill();
    },

    async [Symbol.asyncDispose]() {
      await Promise.all(
        [...running.values()].map(async ({ process, ended }) => {
          process.send({ say: 'cancel' });
          const late = setTimeout(() => process.kill(), closingMs);
          await ended;
          clearTimeout(late);
        }),
      );
    },
  };
}

const stillRunning = (jobId: string): SluiceError =>
  new SluiceError('JOB_RUNNING', 'This job is running', { details: { jobId } });

const diedEarly = (how: string): SluiceError =>
  new SluiceError('INTERNAL', `The process of the load ended before it could begin (${how})`);

/** The process was killed, or has crashed: what it did is in the journal. */
function diedEnd(core: CoreContext, jobId: string, how: string): JobEvent {
  const error = new SluiceError('JOB_INTERRUPTED', `The process of the load ended before the load (${how})`, {
    fix: `Go on with it: sluice load --resume ${jobId}; or remove what it left: sluice load --discard ${jobId}`,
    details: { jobId },
  });
  const objects = (core.history.receipt(jobId)?.objects ?? []).map(
    ({ path: _path, query: _query, snapshotAt: _at, ...object }) => object,
  );
  return { event: 'end', jobId, state: 'interrupted', objects, error: errorInfo(error) };
}
