/** Takes back what a job added: exactly its files, and only as it left them. */
import { type ErrorCode, SluiceError } from '../../shared/errors.ts';
import type { Removal, RemovalEvent } from '../../shared/model.ts';
import type { Bucket } from '../access/bucket.ts';
import { fileMetadata, isOurs, manifestMetadata } from '../load/file-identity.ts';
import type { JournalFile, JournalManifest } from '../stores/history.ts';
import type { CoreContext } from './context.ts';
import { openDestination } from './destinations.ts';
import { defined, lockJob, shown } from './job-look-ups.ts';
import { inParallel, withProgress } from './progress-stream.ts';

/** Files that are looked at and removed at the same time. */
const atOnce = 6;

/** Something that the job wrote, and what makes it the job's. */
interface Written {
  readonly key: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly bytes: number;
  /** As in the receipt. */
  readonly checksum: string;
  /** When an earlier attempt removed it. */
  readonly removedAt: string | null;
  /** Notes that it is gone. */
  readonly note: (at: string) => void;
}

type LeftFile = Removal['left'][number];

/**
 * Removes the manifest first, since it says that all files are there, then the files. Each is looked at before:
 * what does not say that it is this job's, or is not as the receipt has it, stays and is named. Killed in the
 * middle, the next call goes on.
 * @throws SluiceError NOT_FOUND, JOB_RUNNING, JOB_INTERRUPTED, INPUT_INVALID (it added nothing), CANCELLED, and
 *   where the bucket cannot be reached
 */
export async function* removeData(
  core: CoreContext,
  jobId: string,
  signal: AbortSignal,
): AsyncGenerator<RemovalEvent> {
  const start = defined(core, jobId);
  using _ = lockJob(core, jobId);
  refuseUnended(core, jobId);
  const { manifest, files } = writtenBy(core, jobId);
  if (files.length === 0) {
    throw new SluiceError('INPUT_INVALID', 'This job added no files, so there is nothing to remove', {
      details: { jobId },
    });
  }
  core.history.beginRemoval(jobId, new Date().toISOString());
  yield* withProgress<RemovalEvent>(signal, async (report, stop) => {
    using bucket = await openDestination(core, start.destination);
    const all = [...manifest, ...files];
    let done = 0;
    let versionsKept = false;
    const left: LeftFile[] = [];
    const removed = new Set<string>();
    const remove = async (item: Written): Promise<void> => {
      stop.throwIfAborted();
      const outcome = item.removedAt === null ? await removeOne(bucket, item) : {};
      if (outcome.left === undefined) removed.add(item.key);
      else left.push(outcome.left);
      versionsKept ||= outcome.versionKept === true;
      report({ event: 'progress', done: ++done, files: all.length });
    };
    try {
      for (const item of manifest) await remove(item);
      await inParallel(files, atOnce, remove);
    } catch (error) {
      if (!stop.aborted) throw error;
      throw new SluiceError('CANCELLED', `The removal was stopped after ${done} of ${all.length} files`, {
        cause: error,
        fix: `Call it again to go on: sluice jobs remove-data ${jobId}`,
      });
    }
    // What somebody else put there is not this job's any more.
    if (left.every(({ code }) => code === 'DATA_CHANGED')) {
      core.history.endRemoval(jobId, new Date().toISOString());
    }
    const keys = all.flatMap(({ key }) => (removed.has(key) ? [key] : []));
    return { event: 'end', removal: { jobId, removed: keys, left, versionsKept } };
  });
}

/** With the lock in our hand a job that reads as running was interrupted. */
function refuseUnended(core: CoreContext, jobId: string): void {
  const { state } = shown(core, jobId);
  if (state !== 'running' && state !== 'interrupted') return;
  throw new SluiceError('JOB_INTERRUPTED', 'This job was interrupted and has not ended', {
    fix: `Go on with it: sluice load --resume ${jobId}; or remove what it left: sluice load --discard ${jobId}`,
    details: { jobId },
  });
}

function writtenBy(
  core: CoreContext,
  jobId: string,
): { readonly manifest: readonly Written[]; readonly files: readonly Written[] } {
  const { objects } = shown(core, jobId);
  const isListed = ({ ordinal, state }: JournalFile): boolean =>
    state === 'committed' && objects[ordinal]?.state === 'completed';
  const files = core.history
    .files(jobId)
    .filter(isListed)
    .map(({ ordinal, seq, key, bytes, checksum, removedAt }) => ({
      ...{ key, removedAt, bytes: bytes ?? 0, checksum: checksum ?? '' },
      metadata: fileMetadata(jobId, ordinal, seq),
      note: (at: string) => core.history.fileRemoved(jobId, ordinal, seq, at),
    }));
  return { manifest: manifestOf(core, jobId, core.history.manifest(jobId)), files };
}

function manifestOf(core: CoreContext, jobId: string, found: JournalManifest | undefined): Written[] {
  if (found?.state !== 'committed') return [];
  const { key, removedAt, bytes, checksum } = found;
  return [
    {
      ...{ key, removedAt, bytes: bytes ?? 0, checksum: checksum ?? '' },
      metadata: manifestMetadata(jobId),
      note: (at) => core.history.manifestRemoved(jobId, at),
    },
  ];
}

async function removeOne(
  bucket: Bucket,
  item: Written,
): Promise<{ readonly left?: LeftFile; readonly versionKept?: boolean }> {
  const leave = (code: ErrorCode, reason: string) => ({ left: { key: item.key, code, reason } });
  try {
    // Not cut off by a cancel: what was sent must be known to be done, and be noted.
    const found = await bucket.head(item.key);
    if (found !== undefined) {
      const difference = differenceOf(found, item);
      if (difference !== undefined) return leave('DATA_CHANGED', difference);
    }
    // Whatever takes its place between the look and the removal stays, where the service looks, too.
    const versionKept =
      found !== undefined && (await bucket.delete(item.key, undefined, { etag: found.etag })).versionKept;
    item.note(new Date().toISOString());
    return { versionKept };
  } catch (error) {
    // Refused for this file; for whatever else may be wrong the next file would fare no better.
    if (!(error instanceof SluiceError)) throw error;
    if (error.code === 'DATA_CHANGED') return leave(error.code, error.message);
    if (error.code !== 'ACCESS_DENIED' && error.code !== 'DESTINATION_FAILED') throw error;
    return leave(error.code, `${error.message}. ${error.fix}`);
  }
}

function differenceOf(
  found: NonNullable<Awaited<ReturnType<Bucket['head']>>>,
  item: Written,
): string | undefined {
  if (!isOurs(found.metadata, item.metadata)) return 'It does not say of itself that this job wrote it';
  if (found.bytes !== item.bytes) return `It has ${found.bytes} bytes; the receipt says ${item.bytes}`;
  if (found.crc32 === undefined || `crc32:${found.crc32}` === item.checksum) return undefined;
  return `It has the checksum crc32:${found.crc32}, not ${item.checksum}`;
}
