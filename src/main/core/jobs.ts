/** Jobs: started, watched, cancelled; looked up, checked, and cleaned up after a crash. */
import { availableParallelism } from 'node:os';
import { SluiceError } from '../../shared/errors.ts';
import {
  displayName,
  type Estimate,
  type JobEvent,
  type JobSummary,
  type Receipt,
  type Verification,
} from '../../shared/model.ts';
import { estimateObject } from '../load/estimate.ts';
import { errorInfo, type JobOutcome, type JobTask, runJob } from '../load/job.ts';
import type { Journal } from '../load/journal.ts';
import type { LoadOptions } from '../load/object-load.ts';
import { verifyFile } from '../load/verify.ts';
import type { OpenSource } from '../sources/source.ts';
import type { JobStart } from '../stores/history.ts';
import type { CoreContext } from './context.ts';
import { openDestination } from './destinations.ts';
import { type JobEvents, jobEvents } from './job-events.ts';
import { cleanUp } from './job-recovery.ts';
import { assemble, placeObject, refuseCollisions } from './pipelines.ts';
import { findSource, openSaved } from './sources.ts';
import { version } from './version.ts';

/** gzip level 3 has the size of gzip's default at one and a half times its speed (DECISIONS.md). */
const defaults: LoadOptions = {
  gzipLevel: 3,
  gzipInFlight: availableParallelism() + 2,
  fileBytes: 128 * 1024 * 1024,
  partBytes: 8 * 1024 * 1024,
};

interface RunningJob {
  readonly events: JobEvents;
  readonly cancel: AbortController;
  readonly ended: Promise<void>;
}

export interface Jobs extends AsyncDisposable {
  start(pipeline: string, signal: AbortSignal): Promise<string>;
  resume(jobId: string, signal: AbortSignal): Promise<string>;
  discard(jobId: string): Promise<Receipt>;
  watch(jobId: string, signal: AbortSignal | undefined): AsyncGenerator<JobEvent>;
  cancel(jobId: string): void;
  estimate(pipeline: string, signal: AbortSignal): Promise<Estimate>;
  list(): JobSummary[];
  show(jobId: string): Receipt;
  verify(jobId: string, signal: AbortSignal): Promise<Verification>;
}

/** The jobs of this process. Disposing cancels what still runs and waits for it. */
export function createJobs(core: CoreContext): Jobs {
  const running = new Map<string, RunningJob>();
  const options = { ...defaults, ...core.load };

  /** Runs the unfinished objects of a job that holds its lock. */
  function run(start: JobStart, tasks: readonly JobTask[], source: OpenSource, lock: Disposable): void {
    const events = jobEvents();
    const cancel = new AbortController();
    const ended = (async () => {
      try {
        using _ = lock;
        await using open = source;
        using bucket = await openDestination(core, start.destination);
        const outcome = await runJob(tasks, {
          jobId: start.jobId,
          source: open,
          bucket,
          journal: journalOf(core, start.jobId),
          options,
          signal: cancel.signal,
          emit: events.emit,
        });
        const end = endOf(core, start.jobId, outcome);
        events.emit(end);
      } catch (error) {
        events.emit(failedEnd(start.jobId, error));
      }
    })();
    running.set(start.jobId, { events, cancel, ended });
  }

  return {
    async start(name, signal) {
      const settings = core.settings.read();
      const assembly = assemble(settings, name);
      refuseCollisions(settings, assembly);
      const { pipeline, destination, source } = assembly;
      const job = { at: new Date(), jobId: crypto.randomUUID() };
      const objects = pipeline.objects.map((object) => ({
        object,
        path: placeObject(assembly, object, job).path,
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
      const lock = lockJob(core, jobId);
      try {
        const start = interrupted(core, jobId);
        const open = await openSaved(core, findSource(core, start.pipeline.source), signal);
        try {
          await cleanUp(core, start);
          core.history.resumed(jobId, new Date().toISOString());
          const receipt = shown(core, jobId);
          const unfinished = tasksOf(start).filter(
            ({ ordinal }) => receipt.objects[ordinal]?.state !== 'completed',
          );
          run(start, unfinished, open, lock);
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
      using _ = lockJob(core, jobId);
      const start = interrupted(core, jobId);
      const left = await cleanUp(core, start);
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
        throw new SluiceError(
          'UPLOAD_LEFT',
          `The job is discarded, but these uploads could not be removed: ${left.join('; ')}`,
          {
            details: { left },
          },
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

    async estimate(name, signal) {
      const assembly = assemble(core.settings.read(), name);
      const job = { at: new Date(), jobId: crypto.randomUUID() };
      await using source = await openSaved(core, assembly.source, signal);
      const known = await source.objects(signal);
      await using snapshot = await source.snapshot(signal);
      const objects: Estimate['objects'] = [];
      for (const object of assembly.pipeline.objects) {
        const rows = known.find(({ schema, name: same }) => schema === object.schema && same === object.name);
        const reader = await snapshot.object(object);
        const estimate = await estimateObject(reader, rows?.estimatedRows ?? null, options, signal);
        objects.push({
          object: displayName(object),
          path: placeObject(assembly, object, job).path,
          ...estimate,
        });
      }
      return { objects };
    },

    list: () => core.history.summaries(),
    show: (jobId) => shown(core, jobId),

    async verify(jobId, signal) {
      const receipt = shown(core, jobId);
      const start = defined(core, jobId);
      using bucket = await openDestination(core, start.destination);
      const files: Verification['files'] = [];
      for (const file of receipt.objects.flatMap((object) => object.files)) {
        files.push(await verifyFile(bucket, file, signal));
      }
      return {
        jobId,
        result: files.every(({ verdict }) => verdict === 'passed') ? 'passed' : 'failed',
        files,
      };
    },

    async [Symbol.asyncDispose]() {
      for (const job of running.values()) job.cancel.abort();
      await Promise.all([...running.values()].map((job) => job.ended));
    },
  };
}

const tasksOf = (start: JobStart): JobTask[] =>
  start.objects.map(({ object, path }, ordinal) => ({ ordinal, object, label: displayName(object), path }));

const journalOf = (core: CoreContext, jobId: string): Journal => ({
  setSnapshot: (at) => core.history.setSnapshot(jobId, at.toISOString()),
  setObject: (ordinal, change) => core.history.setObject(jobId, ordinal, change),
  addFile: (ordinal, file) => core.history.addFile(jobId, ordinal, file),
  setFile: (ordinal, seq, change) => core.history.setFile(jobId, ordinal, seq, change),
});

/** Records the end and makes the event for it; a resumed job counts the objects that were completed before. */
function endOf(core: CoreContext, jobId: string, outcome: JobOutcome): JobEvent {
  const before = shown(core, jobId).objects;
  const completedBefore = before.some(
    ({ object, state }) => state === 'completed' && !outcome.objects.some((done) => done.object === object),
  );
  const state = outcome.state === 'failed' && completedBefore ? 'completed_with_failures' : outcome.state;
  const error = outcome.error === undefined ? {} : { error: outcome.error };
  core.history.endJob(jobId, { state, endedAt: new Date().toISOString(), ...error });
  const objects = shown(core, jobId).objects.map(({ path: _path, query: _query, ...object }) => object);
  return { event: 'end', jobId, state, objects, ...error };
}

/** The journal could not be written: the job stays recorded as running, and reads as interrupted from now on. */
function failedEnd(jobId: string, error: unknown): JobEvent {
  const known =
    error instanceof SluiceError
      ? error
      : new SluiceError('INTERNAL', error instanceof Error ? error.message : String(error), { cause: error });
  return { event: 'end', jobId, state: 'interrupted', objects: [], error: errorInfo(known) };
}

function lockJob(core: CoreContext, jobId: string): Disposable & { release(): void } {
  const lock = core.history.lockJob(jobId);
  if (lock === undefined) throw new SluiceError('JOB_RUNNING', 'This job is running', { details: { jobId } });
  return lock;
}

function shown(core: CoreContext, jobId: string): Receipt {
  const receipt = core.history.receipt(jobId);
  if (receipt === undefined) throw unknownJob(jobId);
  return receipt;
}

function defined(core: CoreContext, jobId: string): JobStart {
  const start = core.history.definition(jobId);
  if (start === undefined) throw unknownJob(jobId);
  return start;
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

const unknownJob = (jobId: string): SluiceError =>
  new SluiceError('NOT_FOUND', `There is no job ${jobId}`, {
    fix: 'List the jobs: sluice jobs',
    details: { jobId },
  });
