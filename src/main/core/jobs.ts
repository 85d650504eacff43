/** Jobs: started, watched, cancelled, and taken up again or cleaned up after a crash. */
import type { Inputs } from '../../shared/contract.ts';
import { SluiceError } from '../../shared/errors.ts';
import {
  displayName,
  type Estimate,
  type JobEvent,
  type JobSummary,
  type Receipt,
} from '../../shared/model.ts';
import { errorInfo, interruption, sluiceError } from '../load/endings.ts';
import { type JobOutcome, type JobTask, runJob } from '../load/job.ts';
import { defaultOptions } from '../load/options.ts';
import { removeByHand } from '../load/withdraw.ts';
import type { OpenSource } from '../sources/source.ts';
import type { JobStart } from '../stores/history.ts';
import { type CoreContext, nextJob } from './context.ts';
import { openDestination } from './destinations.ts';
import { type JobEvents, jobEvents } from './job-events.ts';
import { journalOf } from './job-journal.ts';
import { defined, estimateJob, lockJob, shown } from './job-look-ups.ts';
import { withdrawManifest, writeManifest } from './job-manifest.ts';
import { cleanUp, type LeftUpload, rollForward } from './job-recovery.ts';
import { assemble, directoryOf, placeManifest, placeObject, refuseCollisions } from './pipelines.ts';
import { findSource, openSaved } from './sources.ts';
import { version } from './version.ts';

interface RunningJob {
  readonly events: JobEvents;
  readonly cancel: AbortController;
  readonly ended: Promise<void>;
}

export interface Jobs extends AsyncDisposable {
  start(input: Inputs['jobs']['start'], signal: AbortSignal): Promise<string>;
  resume(jobId: string, signal: AbortSignal): Promise<string>;
  discard(jobId: string): Promise<Receipt>;
  watch(jobId: string, signal: AbortSignal | undefined): AsyncGenerator<JobEvent>;
  cancel(jobId: string): void;
  estimate(pipeline: string, signal: AbortSignal): Promise<Estimate>;
  list(): JobSummary[];
  show(jobId: string): Receipt;
}

/** The jobs of this process. Disposing cancels what still runs and waits for it. */
export function createJobs(core: CoreContext): Jobs {
  const running = new Map<string, RunningJob>();
  const options = { ...defaultOptions, ...core.load };

  /** Runs the unfinished objects of a job that holds its lock. */
  function run(
    start: JobStart,
    tasks: readonly JobTask[],
    source: OpenSource,
    lock: Disposable,
    left: readonly LeftUpload[] = [],
  ): void {
    const events = jobEvents();
    for (const { object, what } of left) {
      events.emit({ event: 'warning', object, message: `could not be cleaned up: ${what}. ${removeByHand}` });
    }
    const cancel = new AbortController();
    const ended = (async () => {
      try {
        using _ = lock;
        await using open = source;
        using bucket = await openDestination(core, start.destination);
        const loaded = await runJob(tasks, {
          jobId: start.jobId,
          source: open,
          bucket,
          journal: journalOf(core.history, start.jobId),
          options,
          force: start.force,
          signal: cancel.signal,
          emit: events.emit,
        });
        const outcome = withEarlier(core, start.jobId, loaded);
        const sealed = await seal({ history: core.history, bucket, start }, outcome, cancel.signal);
        events.emit(endOf(core, start.jobId, sealed));
      } catch (error) {
        events.emit(failedEnd(start.jobId, error));
      }
    })();
    running.set(start.jobId, { events, cancel, ended });
  }

  return {
    async start({ pipeline: name, force = false }, signal) {
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
      const open = await openSaved(core, source, signal);
      try {
        const lock = lockJob(core, job.jobId);
        const { database } = source;
        const start = {
          jobId: job.jobId,
          pipeline,
          destination,
          database,
          startedAt: job.at.toISOString(),
          version,
          objects,
          force,
        };
        try {
          core.history.beginJob(start);
        } catch (error) {
          lock.release();
          throw error;
        }
        run(start, tasksOf(start), open, lock);
      } catch (error) {
        await open[Symbol.asyncDispose]();
        throw error;
      }
      return job.jobId;
    },

    async resume(jobId, signal) {
      // An unknown job is refused before its lock would leave a file behind.
      defined(core, jobId);
      const lock = lockJob(core, jobId);
      try {
        const start = interrupted(core, jobId);
        const open = await openSaved(core, findSource(core, start.pipeline.source), signal);
        try {
          using bucket = await openDestination(core, start.destination);
          const recovery = { history: core.history, bucket, start, signal };
          await rollForward(recovery);
          const left = await cleanUp(recovery);
          core.history.resumed(jobId, new Date().toISOString());
          const receipt = shown(core, jobId);
          const unfinished = tasksOf(start).filter(
            ({ ordinal }) => receipt.objects[ordinal]?.state !== 'completed',
          );
          run(start, unfinished, open, lock, left);
        } catch (error) {
          await open[Symbol.asyncDispose]();
          throw error;
        }
        return jobId;
      } catch (error) {
        lock.release();
        throw error;
      }
    },

    async discard(jobId) {
      defined(core, jobId);
      using _ = lockJob(core, jobId);
      const start = interrupted(core, jobId);
      using bucket = await openDestination(core, start.destination);
      const recovery = { history: core.history, bucket, start };
      await withdrawManifest(recovery);
      const left = await cleanUp(recovery);
      const error = new SluiceError('CANCELLED', 'The interrupted job was discarded');
      for (const [ordinal, object] of shown(core, jobId).objects.entries()) {
        if (object.state !== 'completed') {
          core.history.setObject(jobId, ordinal, { state: 'cancelled', error: errorInfo(error) });
        }
      }
      core.history.endJob(jobId, {
        state: 'cancelled',
        endedAt: new Date().toISOString(),
        error: errorInfo(error),
      });
      if (left.length > 0) {
        const words = left.map(({ what }) => what);
        throw new SluiceError(
          'UPLOAD_LEFT',
          `The job is discarded, but these uploads could not be removed: ${words.join('; ')}`,
          { details: { left: words } },
        );
      }
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
      job.cancel.abort();
    },

    estimate: (pipeline, signal) => estimateJob(core, pipeline, options, signal),
    list: () => core.history.summaries(),
    show: (jobId) => shown(core, jobId),

    async [Symbol.asyncDispose]() {
      for (const job of running.values()) job.cancel.abort();
      await Promise.all([...running.values()].map((job) => job.ended));
    },
  };
}

const tasksOf = (start: JobStart): JobTask[] =>
  start.objects.map(({ object, path }, ordinal) => ({ ordinal, object, label: displayName(object), path }));

/** A resumed job counts the objects that were completed before. */
function withEarlier(core: CoreContext, jobId: string, outcome: JobOutcome): JobOutcome {
  const completedBefore = shown(core, jobId).objects.some(
    ({ object, state }) => state === 'completed' && !outcome.objects.some((done) => done.object === object),
  );
  const partly = outcome.state === 'failed' && completedBefore;
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
function endOf(core: CoreContext, jobId: string, outcome: JobOutcome): JobEvent {
  const { state } = outcome;
  const error = outcome.error === undefined ? {} : { error: outcome.error };
  core.history.endJob(jobId, { state, endedAt: new Date().toISOString(), ...error });
  const objects = shown(core, jobId).objects.map(
    ({ path: _path, query: _query, snapshotAt: _at, ...object }) => object,
  );
  return { event: 'end', jobId, state, objects, ...error };
}

/** The journal could not be written: the job stays recorded as running, and reads as interrupted from now on. */
function failedEnd(jobId: string, error: unknown): JobEvent {
  const known =
    error instanceof SluiceError
      ? error
      : new SluiceError('INTERNAL', error instanceof Error ? error.message : String(error), { cause: error });
  return { event: 'end', jobId, state: 'interrupted', objects: [], error: errorInfo(interruption(known)) };
}

/** The definition of an interrupted job whose lock we hold. */
function interrupted(core: CoreContext, jobId: string): JobStart {
  const { state } = shown(core, jobId);
  // With the lock in our hand the job reads as running: nobody else can be running it.
  if (state !== 'running' && state !== 'interrupted') {
    throw new SluiceError('JOB_NOT_RESUMABLE', `This job has ended: ${state.replaceAll('_', ' ')}`, {
      details: { jobId },
    });
  }
  return defined(core, jobId);
}
