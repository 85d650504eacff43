/** A job as its page shows it: the record, and over it what is heard while it runs. */
import type { LoadedFile, ObjectPhase, ObjectState, Receipt } from '../../../shared/model.ts';
import type { Counts, Warning, Watched } from './watched.ts';

export interface ObjectView {
  /** Its place in the job: two objects may be shown by one name. */
  readonly id: number;
  readonly object: string;
  readonly state: ObjectState;
  /** What is being done with it, or how it ended. */
  readonly phase: ObjectPhase;
  /** Absent where nothing is known any more, e.g. the bytes read of a job of yesterday. */
  readonly rows: number | undefined;
  readonly bytesRead: number | undefined;
  readonly bytesSent: number | undefined;
  readonly files: number;
}

export interface FileView extends LoadedFile {
  readonly object: string;
}

export interface JobView {
  readonly objects: readonly ObjectView[];
  /** Of objects that were completed. */
  readonly files: readonly FileView[];
  readonly warnings: readonly Warning[];
  /** Objects that will not be worked on any more. */
  readonly done: number;
  readonly rows: number;
  /** Compressed bytes in S3. */
  readonly bytes: number;
}

export function viewOf(receipt: Receipt, watched: Watched): JobView {
  const running = receipt.state === 'running';
  const objects = receipt.objects.map((object, id) =>
    objectView(object, id, watched.progress.get(object.object), running),
  );
  const files = receipt.objects.flatMap(({ object, files }) => files.map((file) => ({ ...file, object })));
  const warnings = [
    ...receipt.objects.flatMap(({ object, warnings = [] }) =>
      warnings.map((message) => ({ object, message })),
    ),
    ...watched.warnings,
  ];
  return {
    objects,
    files,
    warnings: [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()],
    done: objects.filter(({ state }) => state !== 'pending' && state !== 'running').length,
    rows: sum(objects.map(({ rows }) => rows)),
    bytes: sum(objects.map(({ bytesSent }) => bytesSent)),
  };
}

function objectView(
  object: Receipt['objects'][number],
  id: number,
  heard: Counts | undefined,
  running: boolean,
): ObjectView {
  const ended = object.state !== 'pending' && object.state !== 'running';
  const current = running && heard !== undefined && underWay.has(heard.phase);
  // An object that was not begun has no bytes; that is not the same as none.
  const bytesRead = heard?.bytesRead === 0 ? undefined : heard?.bytesRead;
  const base = { id, object: object.object, files: object.files.length, bytesRead };
  if (object.state === 'completed') {
    return {
      ...base,
      state: 'completed',
      phase: 'completed',
      rows: object.rows,
      bytesSent: sum(object.files.map(({ bytes }) => bytes)),
    };
  }
  // What was sent of an object that failed was taken back.
  if (ended) {
    const { state } = object;
    return { ...base, state, phase: phaseOf(state), rows: undefined, bytesSent: undefined };
  }
  return {
    ...base,
    // The record is a moment behind what is heard.
    state: current ? 'running' : object.state,
    phase: heard?.phase ?? phaseOf(object.state),
    rows: heard?.phase === 'waiting' ? undefined : heard?.rows,
    bytesSent: heard?.phase === 'waiting' ? undefined : heard?.bytesSent,
  };
}

/** What the record alone tells of it. */
function phaseOf(state: ObjectState): ObjectPhase {
  if (state === 'pending') return 'waiting';
  return state === 'running' ? 'reading' : state;
}

const underWay: ReadonlySet<ObjectPhase> = new Set(['reading', 'uploading', 'committing']);

const sum = (values: readonly (number | undefined)[]): number =>
  values.reduce<number>((total, value) => total + (value ?? 0), 0);
