/** One job: every object of a pipeline, out of one snapshot, in order. */
import { type ErrorCode, familyOf, isCancelled, SluiceError } from '../../shared/errors.ts';
import type { ErrorInfo, JobEvent, JobState, LoadedObject, ObjectName } from '../../shared/model.ts';
import type { Bucket } from '../access/bucket.ts';
import type { ObjectReader, OpenSource, Snapshot } from '../sources/source.ts';
import type { Journal } from './journal.ts';
import { type Counts, type LoadOptions, type LoadTools, loadObject, type ObjectTask } from './object-load.ts';
import { partBuffersOf } from './part-buffers.ts';
import { slotsOf } from './slots.ts';

export interface JobTask extends ObjectTask {
  readonly object: ObjectName;
}

export interface JobTools {
  readonly jobId: string;
  readonly source: OpenSource;
  readonly bucket: Bucket;
  readonly journal: Journal;
  readonly options: LoadOptions;
  readonly signal: AbortSignal;
  readonly emit: (event: Exclude<JobEvent, { event: 'end' }>) => void;
}

export interface JobOutcome {
  readonly state: Exclude<JobState, 'running' | 'interrupted'>;
  readonly objects: readonly LoadedObject[];
  readonly error?: ErrorInfo;
}

/** Part uploads at the same time. */
const uploadsAtOnce = 4;
/** Milliseconds between two progress events of an object. */
const progressEvery = 100;

/** After one of these the next object would fail in the same way, only later. */
const hopeless: ReadonlySet<ErrorCode> = new Set([
  'SOURCE_LOST',
  'SOURCE_UNREACHABLE',
  'NOT_SIGNED_IN',
  'CREDENTIALS_INVALID',
  'SECRET_KEY_WRONG',
  'SESSION_EXPIRED',
  'ASSUME_ROLE_DENIED',
  'ACCESS_DENIED',
  'BUCKET_NOT_FOUND',
  'BUCKET_WRONG_REGION',
  'DESTINATION_UNREACHABLE',
  'DISK_FULL',
]);

/**
 * Runs the tasks one after the other. Never rejects for what happens to an object: that is part of the
 * outcome. It rejects only when the journal itself cannot be written.
 */
export async function runJob(tasks: readonly JobTask[], tools: JobTools): Promise<JobOutcome> {
  const results = new Map<number, LoadedObject>();
  let stopped: SluiceError | undefined;
  try {
    await using snapshot = await tools.source.snapshot(tools.signal);
    tools.journal.setSnapshot(snapshot.takenAt);
    const readers = await openReaders(tasks, snapshot, tools.signal);
    const shared = { slots: slotsOf(uploadsAtOnce), buffers: partBuffersOf(tools.options.partBytes) };
    for (const task of tasks) {
      const result = await runTask(task, () => readers.get(task.ordinal), { ...tools, ...shared });
      results.set(task.ordinal, result.loaded);
      if (result.error !== undefined && (isCancelled(result.error) || hopeless.has(result.error.code))) {
        stopped = result.error;
        break;
      }
    }
  } catch (error) {
    // No snapshot, or its connection broke as it was given back: nothing else throws here.
    stopped = sluiceError(error, tools.signal);
  }
  for (const task of tasks) {
    if (results.has(task.ordinal) || stopped === undefined) continue;
    results.set(task.ordinal, notReached(task, stopped, tools.journal));
  }
  return outcomeOf(
    tasks.flatMap((task) => results.get(task.ordinal) ?? []),
    stopped,
  );
}

/**
 * Looks at every object before the first is read: where the database locks tables, this is what keeps a
 * TRUNCATE from emptying them under an older snapshot. What fails here fails its own object only.
 */
async function openReaders(
  tasks: readonly JobTask[],
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<{ get(ordinal: number): ObjectReader }> {
  const opened = new Map<number, { readonly reader: ObjectReader } | { readonly error: unknown }>();
  for (const { ordinal, object } of tasks) {
    signal.throwIfAborted();
    try {
      opened.set(ordinal, { reader: await snapshot.object(object) });
    } catch (error) {
      opened.set(ordinal, { error });
    }
  }
  return {
    get(ordinal) {
      const found = opened.get(ordinal);
      if (found !== undefined && 'reader' in found) return found.reader;
      throw found?.error ?? new SluiceError('INTERNAL', `The object ${ordinal} was not opened`);
    },
  };
}

async function runTask(
  task: JobTask,
  open: () => ObjectReader,
  tools: JobTools & Pick<LoadTools, 'slots' | 'buffers'>,
): Promise<{ readonly loaded: LoadedObject; readonly error?: SluiceError }> {
  const { journal, emit } = tools;
  const progress = progressOf(task.label, emit);
  let warnings: readonly string[] = [];
  try {
    tools.signal.throwIfAborted();
    const reader = open();
    warnings = reader.warnings;
    for (const message of warnings) emit({ event: 'warning', object: task.label, message });
    journal.setObject(task.ordinal, { state: 'running', query: reader.query });
    const loaded = await loadObject(reader, task, { ...tools, onProgress: progress.report });
    const { rows, files } = loaded;
    progress.flush();
    const late = [...loaded.warnings, ...(rows === 0 ? ['has no rows, so no file was written'] : [])];
    for (const message of late) emit({ event: 'warning', object: task.label, message });
    warnings = [...warnings, ...late];
    journal.setObject(task.ordinal, { state: 'completed', rows, warnings });
    return {
      loaded: {
        object: task.label,
        state: 'completed',
        rows,
        files: [...files],
        ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
      },
    };
  } catch (thrown) {
    const error = sluiceError(thrown, tools.signal);
    const state = isCancelled(error) ? 'cancelled' : 'failed';
    journal.setObject(task.ordinal, { state, warnings, error: errorInfo(error) });
    return { loaded: { object: task.label, state, rows: 0, files: [], error: errorInfo(error) }, error };
  }
}

/** Throttles the counts of one object to what a person can see. */
function progressOf(
  object: string,
  emit: JobTools['emit'],
): { report: (counts: Readonly<Counts>) => void; flush: () => void } {
  let last = 0;
  let latest: Readonly<Counts> | undefined;
  const send = () => {
    if (latest !== undefined) emit({ event: 'progress', object, ...latest });
    latest = undefined;
  };
  return {
    report(counts) {
      latest = { ...counts };
      const now = performance.now();
      if (now - last < progressEvery) return;
      last = now;
      send();
    },
    flush: send,
  };
}

function notReached(task: JobTask, reason: SluiceError, journal: Journal): LoadedObject {
  const state = isCancelled(reason) ? 'cancelled' : 'failed';
  const error = errorInfo(
    new SluiceError(reason.code, `Not begun: ${reason.message}`, {
      fix: reason.fix,
      details: reason.details,
    }),
  );
  journal.setObject(task.ordinal, { state, error });
  return { object: task.label, state, rows: 0, files: [], error };
}

function outcomeOf(objects: readonly LoadedObject[], stopped: SluiceError | undefined): JobOutcome {
  const completed = objects.filter((object) => object.state === 'completed').length;
  const failed = objects.filter((object) => object.state === 'failed');
  if (stopped !== undefined && isCancelled(stopped))
    return { state: 'cancelled', objects, error: errorInfo(stopped) };
  if (failed.length === 0) return { state: 'completed', objects };
  const error = overall(failed);
  return {
    state: completed > 0 ? 'completed_with_failures' : 'failed',
    objects,
    ...(error ? { error } : {}),
  };
}

/** The job's own error: that of its objects where they agree on the family, which decides the exit code. */
function overall(failed: readonly LoadedObject[]): ErrorInfo | undefined {
  const errors = failed.flatMap((object) => object.error ?? []);
  const [first] = errors;
  if (first === undefined) return undefined;
  const agreed = errors.every((error) => familyOf(error.code) === familyOf(first.code));
  return agreed
    ? first
    : errorInfo(new SluiceError('JOB_FAILED', `${failed.length} objects failed, each for its own reason`));
}

/** Whatever was thrown, as an error that may be shown. Faults of our own are not hidden behind soft words. */
function sluiceError(error: unknown, signal: AbortSignal): SluiceError {
  const known = error instanceof SluiceError ? error : undefined;
  if (signal.aborted) {
    const left = known?.details.left !== undefined;
    return new SluiceError('CANCELLED', left ? known.message : 'The load was cancelled', {
      cause: error,
      ...(left ? { details: known.details, fix: known.fix } : {}),
    });
  }
  if (known !== undefined) return known;
  return new SluiceError('INTERNAL', error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}

/** The part of an error that may be stored and shown. */
export const errorInfo = (error: SluiceError): ErrorInfo => ({
  code: error.code,
  message: error.message,
  fix: error.fix,
  details: { ...error.details },
});
