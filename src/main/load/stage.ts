/** Reads an object and uploads all of it, without making anything visible. */
import { partFileName } from '../../shared/directory-path.ts';
import type { ObjectReader } from '../sources/source.ts';
import { contentHash } from './content-hash.ts';
import { chunksOf, encodeHeader } from './csv.ts';
import { checksumText, fileHeaders } from './file-identity.ts';
import type { LoadTools, ObjectTask } from './object-load.ts';
import { openPartFile, type PartFile, type StagedFile } from './part-file.ts';

export type StageTools = LoadTools & {
  /** Called when something fails that nobody waits for. */
  readonly onFailure: (error: unknown) => void;
};

/** An object that is all with S3, and not visible. */
export interface Staged {
  readonly files: readonly StagedFile[];
  /** Undefined where there are no rows: nothing is no content. */
  readonly contentHash: string | undefined;
  /** When all was read; ISO 8601. */
  readonly readTo: string;
}

/**
 * A file that is full is finished while the next one is already being filled, so that the compressor never waits.
 * @param open gets every file as it is opened, for the way back
 */
export async function stage(
  reader: ObjectReader,
  task: ObjectTask,
  tools: StageTools,
  open: PartFile[],
): Promise<Staged> {
  const { signal, progress, options } = tools;
  const header = encodeHeader(reader.columns);
  const content = contentHash();
  content.add(header);
  const closing: Promise<StagedFile>[] = [];
  let file: PartFile | undefined;

  function close(full: PartFile, only: boolean): void {
    const closed = finish(full, only, task, tools);
    closed.catch(tools.onFailure);
    closing.push(closed);
  }

  for await (const chunk of chunksOf(reader.read(signal, tools.findings))) {
    signal.throwIfAborted();
    if (file === undefined) {
      file = await startFile(header, open.length + 1, task, tools);
      open.push(file);
    }
    const { rows, bytes } = chunk;
    const size = bytes.length;
    // Before the file takes the bytes over.
    content.add(bytes);
    await file.write(chunk);
    progress.read(rows, size);
    if (file.compressedBytes >= options.fileBytes) {
      close(file, false);
      file = undefined;
    }
  }
  if (file !== undefined) close(file, closing.length === 0);
  const readTo = new Date().toISOString();
  progress.enter('uploading');
  const files = await Promise.all(closing);
  return { files, contentHash: files.length === 0 ? undefined : content.end(), readTo };
}

async function startFile(
  header: Buffer,
  seq: number,
  task: ObjectTask,
  { jobId, journal, ...tools }: StageTools,
): Promise<PartFile> {
  const { ordinal } = task;
  const key = `${task.path}${partFileName(seq, jobId)}`;
  return await openPartFile(header, {
    ...{ bucket: tools.bucket, seq, key, headers: fileHeaders(jobId, ordinal, seq) },
    ...{ gzipLevel: tools.options.gzipLevel, compressing: tools.compressing, buffers: tools.buffers },
    ...{ signal: tools.signal, onFailure: tools.onFailure, onSent: tools.progress.sent },
    onUpload: (begun) =>
      journal.record((entries) => {
        if (begun === undefined) entries.addFile(ordinal, { seq, key });
        // Until its id is recorded, an upload that is begun is one that nobody knows.
        entries.setFile(ordinal, seq, { state: 'uploading', ...(begun ?? { strays: true }) });
      }),
  });
}

async function finish(
  file: PartFile,
  only: boolean,
  { ordinal }: ObjectTask,
  { journal }: StageTools,
): Promise<StagedFile> {
  const done = await file.finish(only);
  const { seq, rows, bytes, csvBytes, content } = done;
  if (content.kind === 'upload') {
    const checksum = checksumText(done.crc32);
    const { parts } = content;
    await journal.record((entries) =>
      entries.setFile(ordinal, seq, { state: 'uploaded', rows, bytes, csvBytes, checksum, parts }),
    );
  }
  return done;
}
