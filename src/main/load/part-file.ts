/** One part file on its way: CSV chunks in, gzip, uploaded in parts, but not yet visible. */
import { crc32 } from 'node:zlib';
import { SluiceError } from '../../shared/errors.ts';
import { isAmbiguous } from '../access/aws-errors.ts';
import type { Bucket, FileHeaders, UploadedPart } from '../access/bucket.ts';
import type { CsvChunk } from '../sources/source.ts';
import { graceAfter } from './grace.ts';
import { gzipWriter } from './gzip.ts';
import type { PartBuffer, PartBuffers } from './part-buffers.ts';
import type { Permits } from './permits.ts';

/** A file whose bytes are all made; `commit` makes it visible. */
export interface StagedFile {
  /** From 1, within its object. */
  readonly seq: number;
  readonly key: string;
  readonly rows: number;
  /** Size of the gzip file. */
  readonly bytes: number;
  /** Base64 of the CRC-32 of the gzip file. */
  readonly crc32: string;
  /** CSV in it, the header included. */
  readonly csvBytes: number;
  readonly headers: FileHeaders;
  /** An answer was lost when the upload was begun, so another one of this key may exist. */
  readonly strays: boolean;
  /** The parts that S3 holds already, or the whole file where it is smaller than a part. */
  readonly content:
    | { readonly kind: 'upload'; readonly uploadId: string; readonly parts: readonly UploadedPart[] }
    | { readonly kind: 'body'; readonly body: Buffer };
}

export interface PartFileOptions {
  readonly bucket: Bucket;
  readonly seq: number;
  readonly key: string;
  readonly headers: FileHeaders;
  readonly gzipLevel: number;
  /** Blocks being compressed, over all files. */
  readonly compressing: Permits;
  readonly buffers: PartBuffers;
  readonly signal: AbortSignal;
  /**
   * Called before an upload is begun, and again with its id before the first part is sent, so that it can be
   * found again after a crash; awaited. With `strays`, an answer was lost, and another upload may exist.
   */
  readonly onUpload: (
    begun: { readonly uploadId: string; readonly strays: boolean } | undefined,
  ) => Promise<void>;
  /** Called with the compressed bytes that S3 has acknowledged. */
  readonly onSent: (bytes: number) => void;
  /** Called when a part cannot be uploaded, which makes going on pointless. */
  readonly onFailure: (error: unknown) => void;
}

export interface PartFile {
  readonly seq: number;
  readonly key: string;
  /** Compressed bytes so far; lags behind what was written by the blocks in flight. */
  readonly compressedBytes: number;
  /** True from the moment on at which an upload may exist. */
  readonly begun: boolean;
  /** Set once a multipart upload was started. */
  readonly uploadId: string | undefined;
  /** See {@link StagedFile.strays}. */
  readonly strays: boolean;
  /** Takes the chunk over: its bytes are gone afterwards. */
  write(chunk: CsvChunk): Promise<void>;
  /**
   * Uploads the rest and returns the file, ready to be committed.
   * @param only the file is all of its object, so it may stay in memory where it is smaller than a part
   */
  finish(only: boolean): Promise<StagedFile>;
  /** Resolves when no request of this file is under way any more, and lets its memory go; never rejects. */
  settled(): Promise<void>;
  /** Lets the memory of a file go that was committed. */
  release(): void;
}

/** Opens a part file; `header` is the first thing in it. */
export async function openPartFile(header: Buffer, options: PartFileOptions): Promise<PartFile> {
  const { bucket, key, buffers, signal } = options;
  const uploads: Promise<UploadedPart>[] = [];
  let buffer: PartBuffer | undefined;
  let filled = 0;
  let bytes = 0;
  let crc = 0;
  let rows = 0;
  let csvBytes = header.length;
  let begun = false;
  let uploadId: string | undefined;
  let strays = false;

  const gzip = gzipWriter({ level: options.gzipLevel, permits: options.compressing, output: collect });

  /** Copies compressed bytes into the part being filled, and sends each part that is full. */
  async function collect(compressed: Buffer): Promise<void> {
    bytes += compressed.length;
    crc = crc32(compressed, crc);
    for (let from = 0; from < compressed.length; ) {
      // Only when more bytes come: a file of exactly one part can still be a single PutObject.
      if (buffer !== undefined && filled === buffer.bytes.length) await sendPart(buffer);
      buffer ??= await buffers.take(signal);
      const copied = compressed.copy(buffer.bytes, filled, from);
      filled += copied;
      from += copied;
    }
  }

  async function beginUpload(): Promise<string> {
    await options.onUpload(undefined);
    begun = true;
    try {
      // Cut off only when it must be: an upload that S3 has started and whose id we did not hear is hard to find.
      using grace = graceAfter(signal);
      const started = await bucket.createUpload(key, options.headers, grace.signal);
      strays = started.retried;
      uploadId = started.uploadId;
    } catch (error) {
      strays = !(error instanceof SluiceError) || error.code === 'CANCELLED' || isAmbiguous(error);
      throw error;
    }
    await options.onUpload({ uploadId, strays });
    signal.throwIfAborted();
    return uploadId;
  }

  /** Starts to send what is filled, and leaves no buffer to fill: the next is taken when there is something for it. */
  async function sendPart(full: PartBuffer): Promise<void> {
    const id = uploadId ?? (await beginUpload());
    const part = upload(full, filled, { key, uploadId: id, number: uploads.length + 1 });
    buffer = undefined;
    filled = 0;
    part.catch(options.onFailure);
    uploads.push(part);
  }

  async function upload(
    full: PartBuffer,
    size: number,
    place: { readonly key: string; readonly uploadId: string; readonly number: number },
  ): Promise<UploadedPart> {
    const body = full.bytes.subarray(0, size);
    try {
      const part = await bucket.uploadPart(place, body, base64Crc(crc32(body)), signal);
      full.giveBack();
      options.onSent(size);
      return part;
    } catch (error) {
      full.abandon();
      throw error;
    }
  }

  await gzip.write(header);
  return {
    seq: options.seq,
    key,
    get compressedBytes() {
      return bytes;
    },
    get begun() {
      return begun;
    },
    get uploadId() {
      return uploadId;
    },
    get strays() {
      return strays;
    },
    async write(chunk) {
      rows += chunk.rows;
      csvBytes += chunk.bytes.length;
      await gzip.write(chunk.bytes);
    },
    async finish(only) {
      await gzip.end();
      const sums = { rows, bytes, csvBytes, crc32: base64Crc(crc) };
      const { seq, headers } = options;
      if (only && uploadId === undefined && buffer !== undefined) {
        const body = buffer.bytes.subarray(0, filled);
        return { ...{ seq, key, ...sums, headers, strays }, content: { kind: 'body', body } };
      }
      if (buffer !== undefined) await sendPart(buffer);
      const parts = await Promise.all(uploads);
      if (uploadId === undefined) throw new SluiceError('INTERNAL', `The file ${key} has no bytes`);
      return { ...{ seq, key, ...sums, headers, strays }, content: { kind: 'upload', uploadId, parts } };
    },
    async settled() {
      await Promise.allSettled(uploads);
      buffer?.abandon();
    },
    release: () => buffer?.giveBack(),
  };
}

/** A CRC-32 as S3 writes it. */
export function base64Crc(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc >>> 0);
  return bytes.toString('base64');
}
