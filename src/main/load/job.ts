/** One job: the objects of a pipeline, out of one snapshot, several at a time. */
import { familyOf, isCancelled, SluiceError } from '../../shared/errors.ts';
import type {
  Confirmation,
  ErrorInfo,
  JobEvent,
  JobState,
  LoadedObject,
  ObjectName,
  ObjectState,
  SetAside,
} from '../../shared/model.ts';
import type { Bucket } from '../access/bucket.ts';
import type { ObjectReader, OpenSource, Snapshot } from '../sources/source.ts';
import { errorInfo, interruption, notBegun, sluiceError, stoppedBy, verdictOf } from './endings.ts';
import type { Journal } from './journal.ts';
import { type LoadTools, loadObject, type ObjectTask } from './object-load.ts';
import type { LoadOptions } from './options.ts';
import { partBuffersOf } from './part-buffers.ts';
import { patienceOf } from './patience.ts';
import { permitsOf } from './permits.ts';
import { type ObjectProgress, progressOf } from './progress.ts';
import type { OpenReport } from './set-aside.ts';

export interface JobTask extends ObjectTask {
  readonly object: ObjectName;
}

export interface JobTools {
  readonly jobId: string;
  readonly source: OpenSource;
  readonly bucket: Bucket;
  readonly journal: Journal;
  readonly options: LoadOptions;
  /** Loads also what was appended before. */
  readonly force: boolean;
  /** The user cancels. */
  readonly signal: AbortSignal;
  readonly emit: (event: Exclude<JobEvent, { event: 'end' }>) => void;
  /** Where the rows of an object go that the user has set aside. */
  readonly openReport: OpenReport;
}

export interface JobOutcome {
  readonly state: Exclude<JobState, 'running'>;
  readonly objects: readonly LoadedObject[];
  readonly error?: ErrorInfo;
}

/** An object's end, with the error as it was thrown. */
interface Ended {
  readonly loaded: LoadedObject;
  readonly error?: SluiceError;
}

/** What the objects of a job share. */
interface Run extends JobTools, Pick<LoadTools, 'plainBucket' | 'compressing' | 'buffers'> {
  readonly snapshotAt: string;
  readonly stop: Stop;
  /** Told what S3 reported of a file; says once what it does not report. */
  readonly onConfirmed: (confirmation: Confirmation | undefined) => void;
}

/** What one of them works with. */
type TaskRun = Run & Pick<LoadTools, 'progress' | 'onRead'>;

/** The first failure that ends more than its object. */
interface Stop {
  readonly signal: AbortSignal;
  readonly reason: SluiceError | undefined;
  because(reason: SluiceError): void;
}

/**
 * Runs the tasks. Never rejects for what happens to an object or to the journal: that is part of the outcome.
 */
export async function runJob(tasks: readonly JobTask[], tools: JobTools): Promise<JobOutcome> {
  // Resumed for what comes after the objects: no other moment of the database is to be recorded.
  if (tasks.length === 0) return { state: 'completed', objects: [] };
  const stop = stopOf();
  const progress = new Map(tasks.map(({ ordinal, label }) => [ordinal, progressOf(label, tools.emit)]));
  const ended = new Map<number, Ended>();
  using patience = patienceOf({
    limit: tools.options.networkPatience,
    onLost: (reason) => tools.emit(lostWarning(reason, tools.options.networkPatience)),
    onBack: () => tools.emit({ event: 'warning', object: '', message: 'S3 answers again; the load goes on' }),
  });
  try {
    await using snapshot = await tools.source.snapshot(tools.signal, { readers: tools.options.readers });
    for (const message of snapshot.warnings) tools.emit({ event: 'warning', object: '', message });
    await tools.journal.record((entries) => entries.setSnapshot(snapshot.takenAt, tools.source.version));
    const readers = await openReaders(tasks, snapshot, progress, tools.signal);
    const run: Run = {
      ...tools,
      bucket: patience.patient(tools.bucket),
      plainBucket: tools.bucket,
      compressing: permitsOf(tools.options.gzipInFlight),
      buffers: partBuffersOf(tools.options.partBytes, tools.options.partBuffers),
      snapshotAt: snapshot.takenAt.toISOString(),
      stop,
      onConfirmed: limitationsOf(tools.emit),
    };
    const inFlight = permitsOf(tools.options.objectsInFlight);
    const reading = permitsOf(snapshot.readers);
    const over = AbortSignal.any([tools.signal, stop.signal]);
    await Promise.all(
      tasks.map(async (task) => {
        const release = await inFlight.take();
        // Nobody's turn comes any more when the job is over: those objects were not begun.
        const onRead = await reading.take(over).catch(() => undefined);
        if (onRead !== undefined) {
          const own = progress.get(task.ordinal) ?? progressOf(task.label, tools.emit);
          ended.set(
            task.ordinal,
            await runTask(task, () => readers(task.ordinal), { ...run, progress: own, onRead }),
          );
        }
        release();
      }),
    );
  } catch (error) {
    // No snapshot, or its connection broke as it was given back, or the journal: nothing else throws here.
    stop.because(sluiceError(error, tools.signal));
  }
  if (tools.signal.aborted) stop.because(sluiceError(undefined, tools.signal));
  for (const task of tasks) {
    if (ended.has(task.ordinal) || stop.reason === undefined) continue;
    ended.set(task.ordinal, await notReached(task, stop.reason, tools));
  }
  return outcomeOf(
    tasks.flatMap((task) => ended.get(task.ordinal) ?? []),
    stop.reason,
  );
}

function stopOf(): Stop {
  const controller = new AbortController();
  let first: SluiceError | undefined;
  return {
    signal: controller.signal,
    get reason() {
      return first;
    },
    because(reason) {
      first ??= reason;
      controller.abort();
    },
  };
}

/**
 * Looks at every object before the first is read: where the database locks tables, this is what keeps a
 * TRUNCATE from emptying them under an older snapshot. What fails here fails its own object only.
 */
async function openReaders(
  tasks: readonly JobTask[],
  snapshot: Snapshot,
  progress: ReadonlyMap<number, ObjectProgress>,
  signal: AbortSignal,
): Promise<(ordinal: number) => ObjectReader> {
  const opened = new Map<number, { readonly reader: ObjectReader } | { readonly error: unknown }>();
  for (const { ordinal, object } of tasks) {
    signal.throwIfAborted();
    try {
      const reader = await snapshot.object(object);
      opened.set(ordinal, { reader });
      progress.get(ordinal)?.expect(reader.estimatedRows);
    } catch (error) {
      opened.set(ordinal, { error });
    }
  }
  return (ordinal) => {
    const found = opened.get(ordinal);
    if (found !== undefined && 'reader' in found) return found.reader;
    throw found?.error ?? new SluiceError('INTERNAL', `The object ${ordinal} was not opened`);
  };
}

async function runTask(task: JobTask, open: () => ObjectReader, run: TaskRun): Promise<Ended> {
  const { journal, snapshotAt, stop, progress } = run;
  const warnings: string[] = [];
  using report = run.openReport(task);
  const warn = (messages: readonly string[]): void => {
    warnings.push(...messages);
    for (const message of messages) run.emit({ event: 'warning', object: task.label, message });
  };
  try {
    const reader = open();
    warn(reader.warnings);
    progress.enter('reading');
    const { query } = reader;
    const readFrom = new Date().toISOString();
    // Not waited for: it is on the disk no later than the record of the first act.
    journal.note((entries) =>
      entries.setObject(task.ordinal, {
        state: 'running',
        rows: 0,
        query,
        snapshotAt,
        readFrom,
        warnings,
        setAside: null,
      }),
    );
    const remarks: string[] = [];
    const findings = {
      setAside: report.add,
      remark: (message: string) => {
        remarks.push(message);
      },
    };
    const loaded = await loadObject(reader, task, {
      ...{ ...run, stopReading: stop.signal, findings },
      setAside: report.finish,
    });
    const { rows, files } = loaded;
    const setAside = report.finish();
    warn([...remarks, ...(setAside === undefined ? [] : [setAsideWarning(setAside)])]);
    for (const { confirmed } of files) run.onConfirmed(confirmed);
    warn([...loaded.warnings, ...(rows === 0 ? ['has no rows, so no file was written'] : [])]);
    await journal.record((entries) => {
      for (const [at, { confirmed }] of files.entries()) {
        const said = confirmed === undefined ? {} : { confirmed };
        entries.setFile(task.ordinal, at + 1, { state: 'committed', ...said });
      }
      entries.setObject(task.ordinal, { state: 'completed', rows, warnings });
    });
    progress.enter('completed');
    const noted = warnings.length === 0 ? {} : { warnings };
    const loadedObject = { object: task.label, state: 'completed' as const, rows, files: [...files] };
    return { loaded: { ...loadedObject, ...noted, ...(setAside && { setAside }) } };
  } catch (thrown) {
    return await failed(task, thrown, warnings, run);
  } finally {
    run.onRead();
  }
}

const setAsideWarning = ({ rows, report }: SetAside): string =>
  `${rows === 1 ? '1 row does' : `${rows} rows do`} not fit and ${rows === 1 ? 'was' : 'were'} set aside, not loaded: ${report}`;

/** What the user has to know of a service that does not report what can be compared; once per job. */
function limitationsOf(emit: JobTools['emit']): (confirmation: Confirmation | undefined) => void {
  const said = new Set<Confirmation>();
  return (confirmation = 'nothing') => {
    if (confirmation === 'checksum' || said.has(confirmation)) return;
    said.add(confirmation);
    const why =
      confirmation === 'size'
        ? 'This service reports no checksums, so only the sizes of the files were compared with it'
        : 'S3 did not let Sluice look at the files that it took (s3:GetObject), so they were not compared with it';
    const message = `${why}. "sluice jobs verify" reads them back`;
    emit({ event: 'warning', object: '', message });
  };
}

/** Records how an object failed, and stops the job where the reason is more than the object's. */
async function failed(
  task: JobTask,
  thrown: unknown,
  warnings: readonly string[],
  { journal, signal, stop, progress }: TaskRun,
): Promise<Ended> {
  // Stopped for what happened to another object: that is the reason, not the stopping.
  const bystander = isCancelled(thrown) && !signal.aborted && stop.reason !== undefined;
  const error = bystander ? stoppedBy(stop.reason, thrown) : sluiceError(journal.failure ?? thrown, signal);
  const verdict = verdictOf(error);
  const state = stateOf(verdict);
  if (verdict !== 'object') stop.because(error);
  await journal
    .record((entries) =>
      entries.setObject(task.ordinal, { state, rows: 0, warnings, error: errorInfo(error) }),
    )
    // The job is interrupted then, and reads as such without a record.
    .catch(() => undefined);
  progress.enter(state);
  return { loaded: { object: task.label, state, rows: 0, files: [], error: errorInfo(error) }, error };
}

function stateOf(verdict: ReturnType<typeof verdictOf>): 'failed' | 'cancelled' | 'interrupted' {
  if (verdict === 'interruption') return 'interrupted';
  return verdict === 'cancel' ? 'cancelled' : 'failed';
}

async function notReached(
  { ordinal, label }: JobTask,
  reason: SluiceError,
  { journal }: JobTools,
): Promise<Ended> {
  const verdict = verdictOf(reason);
  // What was not begun when a job is interrupted is still to be done.
  const state: ObjectState = verdict === 'interruption' ? 'pending' : stateOf(verdict);
  const error = notBegun(reason);
  const told = state === 'pending' ? {} : { error: errorInfo(error) };
  await journal.record((entries) => entries.setObject(ordinal, { state, ...told })).catch(() => undefined);
  return { loaded: { object: label, state, rows: 0, files: [], ...told }, error };
}

function outcomeOf(ended: readonly Ended[], stopped: SluiceError | undefined): JobOutcome {
  const objects = ended.map(({ loaded }) => loaded);
  const unsettled = ended.find(({ error }) => error !== undefined && verdictOf(error) === 'interruption');
  const reason = unsettled?.error ?? stopped;
  if (reason !== undefined && verdictOf(reason) === 'interruption')
    return { state: 'interrupted', objects, error: errorInfo(interruption(reason)) };
  if (stopped !== undefined && isCancelled(stopped))
    return { state: 'cancelled', objects, error: errorInfo(cancelledError(ended, stopped)) };
  const failures = objects.filter((object) => object.state === 'failed');
  if (failures.length === 0) return { state: 'completed', objects };
  const completed = objects.some((object) => object.state === 'completed');
  const error = overall(failures);
  return {
    state: completed ? 'completed_with_failures' : 'failed',
    objects,
    ...(error ? { error } : {}),
  };
}

/** The one that says what is left, where there is one. */
const cancelledError = (ended: readonly Ended[], stopped: SluiceError): SluiceError =>
  ended.find(({ error }) => error?.details.left !== undefined)?.error ?? stopped;

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

function lostWarning({ message }: SluiceError, patience: number): Exclude<JobEvent, { event: 'end' }> {
  const minutes = Math.round(patience / 60_000);
  const time = minutes >= 2 ? `${minutes} minutes` : `${Math.ceil(patience / 1000)} seconds`;
  return { event: 'warning', object: '', message: `${message}. Trying again for up to ${time}` };
}
