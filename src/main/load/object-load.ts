/** One object: read once, written as part files, made visible all together or not at all. */

import { partFileName } from '../../shared/directory-path.ts';
import { isCancelled, SluiceError } from '../../shared/errors.ts';
import type { LoadedFile } from '../../shared/model.ts';
import type { Bucket, FileHeaders } from '../access/bucket.ts';
import type { ObjectReader } from '../sources/source.ts';
import { abortUploads, commitFile, fileMetadata, type Left, removeByHand, withdraw } from './commit.ts';
import { chunksOf, encodeHeader } from './csv.ts';
import type { Journal } from './journal.ts';
import type { PartBuffers } from './part-buffers.ts';
import { openPartFile, type PartFile, type PartFileOptions, type StagedFile } from './part-file.ts';
import type { Slots } from './slots.ts';

/** Sizes in bytes. The high-water mark of a load is about `partBytes` x (uploads + 1) + 3 MiB x `gzipInFlight`. */
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
  readonly buffers: PartBuffers;
  readonly options: LoadOptions;
  readonly signal: AbortSignal;
  readonly onProgress: (counts: Readonly<Counts>) => void;
}

/** What of a file may be visible: see {@link withdraw}. */
type Visible = ReadonlyMap<string, 'maybe' | 'yes'>;

export interface LoadResult {
  readonly rows: number;
  readonly files: readonly LoadedFile[];
  readonly warnings: readonly string[];
}

/**
 * Loads one object. When it throws, nothing of it is visible and no upload is left, except those that
 * `details.left` names.
 */
export async function loadObject(
  reader: ObjectReader,
  task: ObjectTask,
  tools: LoadTools,
): Promise<LoadResult> {
  const counts: Counts = { rows: 0, bytesRead: 0, bytesSent: 0 };
  const open: PartFile[] = [];
  // The first failure stops the reading and every other request of this object.
  const stop = new AbortController();
  const signal = AbortSignal.any([tools.signal, stop.signal]);
  let failure: { readonly error: unknown } | undefined;
  const onFailure = (error: unknown): void => {
    failure ??= { error };
    stop.abort();
  };
  const visible = new Map<string, 'maybe' | 'yes'>();
  try {
    const staged = await stage(reader, task, { ...tools, signal, onFailure }, counts, open);
    signal.throwIfAborted();
    const { files, left } = await commit(staged, task, { ...tools, signal }, counts, visible);
    return { rows: counts.rows, files, warnings: left.map(leftWarning) };
  } catch (error) {
    onFailure(error);
    await Promise.all(open.map((file) => file.settled()));
    throw withLeft(failure?.error ?? error, await takeBack(open, visible, task, tools));
  }
}

type StageTools = LoadTools & Pick<PartFileOptions, 'onFailure'>;

/** Reads the object and uploads all of it, without making anything visible. */
async function stage(
  reader: ObjectReader,
  task: ObjectTask,
  tools: StageTools,
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
    const bytes = chunk.bytes.length;
    await file.write(chunk);
    counts.rows += chunk.rows;
    counts.bytesRead += bytes;
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
  tools: StageTools,
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
    buffers: tools.buffers,
    signal: tools.signal,
    onUpload: (uploadId) =>
      tools.journal.setFile(task.ordinal, seq, {
        state: 'uploading',
        ...(uploadId === undefined ? {} : { uploadId }),
      }),
    onFailure: tools.onFailure,
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
  visible: Map<string, 'maybe' | 'yes'>,
): Promise<{ readonly files: LoadedFile[]; readonly left: readonly Left[] }> {
  const files: LoadedFile[] = [];
  const left: Left[] = [];
  for (const file of staged) {
    tools.signal.throwIfAborted();
    tools.journal.setFile(task.ordinal, file.seq, { state: 'committing' });
    visible.set(file.key, 'maybe');
    await commitFile(tools.bucket, file);
    visible.set(file.key, 'yes');
    tools.journal.setFile(task.ordinal, file.seq, { state: 'committed' });
    if (file.content.kind === 'body') {
      counts.bytesSent += file.bytes;
      tools.onProgress(counts);
    }
    if (file.strays) left.push(...(await abortUploads(tools.bucket, file.key, [], true)));
    files.push({ key: file.key, rows: file.rows, bytes: file.bytes, checksum: checksumText(file) });
  }
  return { files, left };
}

/** Removes everything of a failed object. Runs without the job's signal: a cancelled job must clean up too. */
async function takeBack(
  open: readonly PartFile[],
  visible: Visible,
  task: ObjectTask,
  tools: LoadTools,
): Promise<readonly Left[]> {
  const left = await Promise.all(
    open.map(async ({ key, seq, uploadId, strays }) => {
      const remains = await withdraw(tools.bucket, {
        ...{ key, uploadId, strays },
        metadata: fileMetadata(tools.jobId, task.ordinal, seq),
        visible: visible.get(key) ?? 'no',
      });
      if (remains.length === 0) noteRemoved(tools.journal, task.ordinal, seq);
      return remains;
    }),
  );
  return left.flat();
}

function noteRemoved(journal: Journal, ordinal: number, seq: number): void {
  try {
    journal.setFile(ordinal, seq, { state: 'removed' });
  } catch {
    // The journal itself may be why the load failed. The file is gone; a later discard finds nothing to remove.
  }
}

/** The reason of the failure, with what could not be removed. */
function withLeft(error: unknown, left: readonly Left[]): unknown {
  if (left.length === 0 || !(error instanceof Error)) return error;
  const known = error instanceof SluiceError ? error : undefined;
  const cancelled = isCancelled(error);
  const what = left.map((item) => item.what);
  return new SluiceError(
    known?.code ?? (cancelled ? 'CANCELLED' : 'UPLOAD_LEFT'),
    `${cancelled ? 'The load was cancelled' : error.message}. What was begun could not be removed: ${what.join('; ')}`,
    {
      cause: error,
      details: { ...known?.details, left: what },
      fix: `${cancelled ? '' : (known?.fix ?? '')} ${removeByHand}`.trim(),
    },
  );
}

const leftWarning = ({ what, reason }: Left): string =>
  `An answer of S3 was lost, so this may be left: ${what} (${reason.message}). ${removeByHand}`;

const headersOf = (jobId: string, ordinal: number, seq: number): FileHeaders => ({
  contentType: 'application/gzip',
  metadata: fileMetadata(jobId, ordinal, seq),
});

const checksumText = (file: StagedFile): string => `crc32:${file.crc32}`;
