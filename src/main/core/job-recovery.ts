/** What an interrupted job left in the bucket, by its journal: completed where it can be, taken back where not. */
import { SluiceError } from '../../shared/errors.ts';
import { type Confirmation, displayName } from '../../shared/model.ts';
import type { Bucket } from '../access/bucket.ts';
import { commitFile, lookFor } from '../load/commit.ts';
import { crcOfChecksum, fileHeaders, fileMetadata } from '../load/file-identity.ts';
import { abortUploads, isUnsettled, type Left, withdraw } from '../load/withdraw.ts';
import type { History, JobStart, JournalFile } from '../stores/history.ts';

/** An upload that may not be removed, and of which object it is. */
export type LeftOfObject = Left & { readonly object: string };

interface Recovery {
  readonly history: History;
  readonly bucket: Bucket;
  readonly start: JobStart;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes back every file of the objects that were not completed: their uploads, and those of their files that
 * were or may be visible. Completed objects are not touched.
 * @returns the uploads that the policy does not let us remove
 * @throws SluiceError when the bucket cannot be reached or a visible file cannot be deleted; calling it again
 *   goes on where it stopped
 */
export async function cleanUp(recovery: Recovery): Promise<LeftOfObject[]> {
  const { history, bucket, start, signal } = recovery;
  const left: LeftOfObject[] = [];
  for (const { ordinal, files } of unfinished(recovery)) {
    for (const file of files) {
      const remains = await withdraw(
        bucket,
        {
          key: file.key,
          metadata: fileMetadata(start.jobId, ordinal, file.seq),
          uploadId: file.uploadId ?? undefined,
          strays: straysOf(file),
          visible: visibilityOf(file),
        },
        signal,
      );
      const obstacle = remains.find((item) => item.kind === 'file' || isUnsettled(item));
      if (obstacle !== undefined) throw obstacle.reason;
      history.together(() => {
        history.setFile(start.jobId, ordinal, file.seq, { state: 'removed', strays: false });
        // Its file may be made anew; the upload must still be found by a sweep.
        for (const { upload } of remains) {
          if (upload !== undefined) history.addLeftUpload({ jobId: start.jobId, ...upload });
        }
      });
      left.push(...remains.map((item) => ({ ...item, object: labelOf(start, ordinal) })));
    }
  }
  return left;
}

/**
 * Rolls the objects forward whose commit had begun: their bytes are all with S3, so what is not visible yet is made
 * so, and nothing is read again. An object whose files are not all to be had is left to {@link cleanUp}.
 * @returns uploads beside those of the files that may exist, and that the policy does not let us remove
 * @throws SluiceError when the bucket cannot be reached
 */
export async function rollForward(recovery: Recovery): Promise<LeftOfObject[]> {
  const { history, bucket, start, signal } = recovery;
  const left: LeftOfObject[] = [];
  for (const { ordinal, rows, files } of unfinished(recovery)) {
    if (!isCommitted(rows, files)) continue;
    const confirmed = await commitAll(ordinal, files, recovery);
    if (confirmed === undefined) continue;
    const doubtful = files.filter((file) => file.strays === true);
    const remains: Left[] = [];
    for (const { key } of doubtful) {
      remains.push(...(await abortUploads(bucket, key, { known: [], strays: true }, signal)));
    }
    const obstacle = remains.find(isUnsettled);
    if (obstacle !== undefined) throw obstacle.reason;
    history.together(() => {
      for (const [seq, said] of confirmed) {
        history.setFile(start.jobId, ordinal, seq, { state: 'committed', confirmed: said, strays: false });
      }
      for (const { upload } of remains) {
        if (upload !== undefined) history.addLeftUpload({ jobId: start.jobId, ...upload });
      }
      history.setObject(start.jobId, ordinal, { state: 'completed', rows });
    });
    left.push(...remains.map((item) => ({ ...item, object: labelOf(start, ordinal) })));
  }
  return left;
}

interface Unfinished {
  readonly ordinal: number;
  /** As recorded when its commit began; 0 before that. */
  readonly rows: number;
  /** Those that were not removed. */
  readonly files: readonly JournalFile[];
}

function unfinished({ history, start }: Recovery): Unfinished[] {
  const files = Map.groupBy(history.files(start.jobId), ({ ordinal }) => ordinal);
  return history.objects(start.jobId).flatMap(({ ordinal, state, rows }) => {
    const left = (files.get(ordinal) ?? []).filter((file) => file.state !== 'removed');
    return state === 'completed' || left.length === 0 ? [] : [{ ordinal, rows, files: left }];
  });
}

/** True where the commit was recorded, and no file of it has been taken back since. */
function isCommitted(rows: number, files: readonly JournalFile[]): boolean {
  const all = files.every(({ state }) => state === 'committing' || state === 'committed');
  return all && rows > 0 && files.reduce((sum, file) => sum + (file.rows ?? 0), 0) === rows;
}

/**
 * What S3 reported of each file, by its number. Undefined where one is neither there nor can be completed any more;
 * what was completed stays for the cleaning up.
 */
async function commitAll(
  ordinal: number,
  files: readonly JournalFile[],
  { bucket, start, signal }: Recovery,
): Promise<ReadonlyMap<number, Confirmation> | undefined> {
  const confirmed = new Map<number, Confirmation>();
  for (const { key, seq, bytes, checksum, uploadId, parts } of files) {
    const file = {
      ...{ key, bytes: bytes ?? 0, crc32: crcOfChecksum(checksum ?? '') },
      headers: fileHeaders(start.jobId, ordinal, seq),
    };
    const there = await lookFor(bucket, file, signal);
    if (there !== undefined) {
      confirmed.set(seq, there);
      continue;
    }
    // A small file was in memory only.
    if (uploadId === null || parts === null) return undefined;
    try {
      const content = { kind: 'upload', uploadId, parts } as const;
      confirmed.set(seq, await commitFile(bucket, { ...file, content }, signal));
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }
  return confirmed;
}

/** The upload was aborted by somebody else, e.g. by a lifecycle rule. */
const isGone = (error: unknown): boolean =>
  error instanceof SluiceError && error.details.status === 404 && error.code === 'DESTINATION_FAILED';

/** Older versions did not record whether an answer was lost. */
function straysOf({ strays, uploadId, state }: JournalFile): boolean | 'perhaps' {
  return strays ?? (uploadId === null ? state === 'uploading' : 'perhaps');
}

function visibilityOf({ state }: JournalFile): 'no' | 'maybe' | 'yes' {
  if (state === 'committed') return 'yes';
  return state === 'committing' ? 'maybe' : 'no';
}

function labelOf(start: JobStart, ordinal: number): string {
  const object = start.objects[ordinal]?.object;
  return object === undefined ? '' : displayName(object);
}
