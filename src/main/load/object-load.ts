/** One object: read once, written as part files, made visible all together or not at all. */

import { partFileName } from '../../shared/directory-path.ts';
import { SluiceError } from '../../shared/errors.ts';
import type { LoadedFile } from '../../shared/model.ts';
import type { Bucket, FileHeaders } from '../access/bucket.ts';
import type { ObjectReader } from '../sources/source.ts';
import { commitFile, withdraw } from './commit.ts';
import { chunksOf, encodeHeader } from './csv.ts';
import type { Journal } from './journal.ts';
import { openPartFile, type PartFile, type StagedFile } from './part-file.ts';
import type { Slots } from './slots.ts';

/** Sizes in bytes. The high-water mark of a load is about `partBytes` x (uploads + 2) + 3 MiB x `gzipInFlight`. */
export interface LoadOptions {
  readonly gzipLevel: number;
  readonly gzipInFlight: number;
  /** A file ends at the first row end after this many compressed bytes. */
  readonly fileBytes: number;
  readonly partBytes: number;
}

export interface Counts {
  rows: number;
  /** Uncompressed CSV bytes, without headers. */
  bytesRead: number;
  /** Compressed bytes that S3 has acknowledged. */
  bytesSent: number;
}

export interface ObjectTask {
  /** The object's place in the job. */
  readonly ordinal: number;
  readonly label: string;
  /** The directory path, with its slash at the end. */
  readonly path: string;
}

export interface LoadTools {
  readonly jobId: string;
  readonly bucket: Bucket;
  readonly journal: Journal;
  readonly slots: Slots;
  readonly options: LoadOptions;
  readonly signal: AbortSignal;
  readonly onProgress: (counts: Readonly<Counts>) => void;
}

/**
 * Loads one object. When it throws, nothing of it is visible and no upload is left, except those that
 * `details.uploadsLeft` names.
 */
export async function loadObject(
  reader: ObjectReader,
  task: ObjectTask,
  tools: LoadTools,
): Promise<{ readonly rows: number; readonly files: readonly LoadedFile[] }> {
  const counts: Counts = { rows: 0, bytesRead: 0, bytesSent: 0 };
  const open: PartFile[] = [];
  // The first failure stops the reading and every other request of this object.
  const stop = new AbortController();
  const signal = AbortSignal.any([tools.signal, stop.signal]);
  const commits = new Set<string>();
  try {
    const staged = await stage(reader, task, { ...tools, signal }, counts, open);
    signal.throwIfAborted();
    const files = await commit(staged, task, { ...tools, signal }, counts, commits);
    return { rows: counts.rows, files };
  } catch (error) {
    stop.abort();
    await Promise.all(open.map((file) => file.settled()));
    throw withLeftUploads(error, await takeBack(open, commits, task, tools));
  }
}

/** Reads the object and uploads all of it, without making anything visible. */
async function stage(
  reader: ObjectReader,
  task: ObjectTask,
  tools: LoadTools,
  counts: Counts,
  open: PartFile[],
): Promise<StagedFile[]> {
  const header = encodeHeader(reader.columns);
  const staged: StagedFile[] = [];
  let file: PartFile | undefined;

  async function close(open: PartFile): Promise<void> {
    const done = await open.finish();
    tools.journal.setFile(task.ordinal, done.seq, {
      state: 'uploaded',
      rows: done.rows,
      bytes: done.bytes,
      checksum: checksumText(done),
    });
    staged.push(done);
  }

  for await (const chunk of chunksOf(reader.read(tools.signal))) {
    tools.signal.throwIfAborted();
    if (file === undefined) {
      file = await startFile(header, staged.length + 1, task, tools, counts);
      open.push(file);
    }
    await file.write(chunk);
    counts.rows += chunk.rows;
    counts.bytesRead += chunk.bytes.length;
    tools.onProgress(counts);
    if (file.compressedBytes >= tools.options.fileBytes) {
      await close(file);
      file = undefined;
    }
  }
  if (file !== undefined) await close(file);
  return staged;
}

async function startFile(
  header: Buffer,
  seq: number,
  task: ObjectTask,
  tools: LoadTools,
  counts: Counts,
): Promise<PartFile> {
  const key = `${task.path}${partFileName(seq, tools.jobId)}`;
  tools.journal.addFile(task.ordinal, { seq, key });
  return await openPartFile(header, {
    bucket: tools.bucket,
    seq,
    key,
    headers: headersOf(tools.jobId, task.ordinal, seq),
    partBytes: tools.options.partBytes,
    gzipLevel: tools.options.gzipLevel,
    gzipInFlight: tools.options.gzipInFlight,
    slots: tools.slots,
    signal: tools.signal,
    onUpload: (uploadId) => tools.journal.setFile(task.ordinal, seq, { state: 'uploading', uploadId }),
    onSent: (bytes) => {
      counts.bytesSent += bytes;
      tools.onProgress(counts);
    },
  });
}

/**
 * Makes the staged files visible, one after the other. A request that is under way is not cut off when the
 * user cancels: its outcome would be unknown. Cancelling takes effect between two files.
 */
async function commit(
  staged: readonly StagedFile[],
  task: ObjectTask,
  tools: LoadTools,
  counts: Counts,
  commits: Set<string>,
): Promise<LoadedFile[]> {
  const files: LoadedFile[] = [];
  for (const file of staged) {
    tools.signal.throwIfAborted();
    tools.journal.setFile(task.ordinal, file.seq, { state: 'committing' });
    commits.add(file.key);
    await commitFile(tools.bucket, file);
    tools.journal.setFile(task.ordinal, file.seq, { state: 'committed' });
    if (file.content.kind === 'body') {
      counts.bytesSent += file.bytes;
      tools.onProgress(counts);
    }
    files.push({ key: file.key, rows: file.rows, bytes: file.bytes, checksum: checksumText(file) });
  }
  return files;
}

/** Removes everything of a failed object. Runs without the job's signal: a cancelled job must clean up too. */
async function takeBack(
  open: readonly PartFile[],
  commits: ReadonlySet<string>,
  task: ObjectTask,
  tools: LoadTools,
): Promise<readonly string[]> {
  const left: string[] = [];
  await Promise.all(
    open.map(async (file, index) => {
      const upload = await withdraw(tools.bucket, {
        key: file.key,
        uploadId: file.uploadId,
        maybeVisible: commits.has(file.key),
      }).catch(() => 'file' as const);
      if (upload === 'file') left.push(`file ${file.key}`);
      else if (upload !== undefined) left.push(`upload ${upload.uploadId} of ${upload.key}`);
      else noteRemoved(tools.journal, task.ordinal, index + 1);
    }),
  );
  return left;
}

function noteRemoved(journal: Journal, ordinal: number, seq: number): void {
  try {
    journal.setFile(ordinal, seq, { state: 'removed' });
  } catch {
    // The journal itself may be why the load failed. The file is gone; a later discard finds nothing to remove.
  }
}

/** The reason of the failure, with what could not be removed. */
function withLeftUploads(error: unknown, left: readonly string[]): unknown {
  if (left.length === 0 || !(error instanceof Error)) return error;
  const known = error instanceof SluiceError ? error : undefined;
  return new SluiceError(
    known?.code ?? 'UPLOAD_LEFT',
    `${error.message}. What was begun could not be removed: ${left.join('; ')}`,
    {
      cause: error,
      details: { ...known?.details, left },
      fix: `${known?.fix ?? ''} Remove what is named by hand, or give the bucket a lifecycle rule AbortIncompleteMultipartUpload.`.trim(),
    },
  );
}

const headersOf = (jobId: string, ordinal: number, seq: number): FileHeaders => ({
  contentType: 'application/gzip',
  metadata: { 'sluice-job': jobId, 'sluice-file': `${ordinal}/${seq}` },
});

const checksumText = (file: StagedFile): string => `crc32:${file.crc32}`;
