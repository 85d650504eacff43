/** One part file on its way: CSV chunks in, gzip, uploaded in parts, but not yet visible. */
import { crc32 } from 'node:zlib';
import { SluiceError } from '../../shared/errors.ts';
import { isAmbiguous } from '../access/aws-errors.ts';
import type { Bucket, FileHeaders, UploadedPart } from '../access/bucket.ts';
import type { CsvChunk } from '../sources/source.ts';
import { gzipWriter } from './gzip.ts';
import type { PartBuffers } from './part-buffers.ts';
import type { Slots } from './slots.ts';

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
  /** Bytes of an uploaded part: at least 5 MiB, the smallest that S3 takes. */
  readonly partBytes: number;
  readonly gzipLevel: number;
  readonly gzipInFlight: number;
  readonly slots: Slots;
  /** Of `partBytes` each. */
  readonly buffers: PartBuffers;
  readonly signal: AbortSignal;
  /**
   * Called before an upload is begun, and again with its id before the first part is sent, so that it can be
   * found again after a crash.
   */
  readonly onUpload: (uploadId: string | undefined) => void;
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
  /** Set once a multipart upload was started. */
  readonly uploadId: string | undefined;
  /** See {@link StagedFile.strays}. */
  readonly strays: boolean;
  /** Takes the chunk over: its bytes are gone afterwards. */
  write(chunk: CsvChunk): Promise<void>;
  /** Uploads the rest and returns the file, ready to be committed. */
  finish(): Promise<StagedFile>;
  /** Resolves when no request of this file is under way any more; never rejects. */
  settled(): Promise<void>;
}

/** Opens a part file; `header` is the first thing in it. */
export async function openPartFile(header: Buffer, options: PartFileOptions): Promise<PartFile> {
  const { bucket, key, slots, buffers, signal, partBytes } = options;
  const uploads: Promise<UploadedPart>[] = [];
  let buffer = buffers.take();
  let filled = 0;
  let bytes = 0;
  let crc = 0;
  let rows = 0;
  let uploadId: string | undefined;
  let strays = false;

  const gzip = gzipWriter({ level: options.gzipLevel, inFlight: options.gzipInFlight, output: collect });

  /** Copies compressed bytes into the part being filled, and sends each part that is full. */
  async function collect(compressed: Buffer): Promise<void> {
    bytes += compressed.length;
    crc = crc32(compressed, crc);
    for (let from = 0; from < compressed.length; ) {
      // Only when more bytes come: a file of exactly one part can still be a single PutObject.
      if (filled === partBytes) await sendPart();
      const copied = compressed.copy(buffer, filled, from);
      filled += copied;
      from += copied;
    }
  }

  async function beginUpload(): Promise<string> {
    options.onUpload(undefined);
    try {
      // Never cut off: an upload that S3 has started and whose id we did not hear would be left behind.
      const started = await bucket.createUpload(key, options.headers);
      strays = started.retried;
      uploadId = started.uploadId;
    } catch (error) {
      strays = !(error instanceof SluiceError) || isAmbiguous(error);
      throw error;
    }
    options.onUpload(uploadId);
    signal.throwIfAborted();
    return uploadId;
  }

  async function sendPart(): Promise<void> {
    const id = uploadId ?? (await beginUpload());
    const full = buffer;
    const size = filled;
    const body = full.subarray(0, size);
    const upload = { key, uploadId: id, number: uploads.length + 1 };
    const part = await slots.start(async () => {
      const uploaded = await bucket.uploadPart(upload, body, base64Crc(crc32(body)), signal);
      // Only after a success: a request that failed may still be reading it.
      buffers.giveBack(full);
      options.onSent(size);
      return uploaded;
    }, signal);
    part.result.catch(options.onFailure);
    uploads.push(part.result);
    buffer = buffers.take();
    filled = 0;
  }

  await gzip.write(header);
  return {
    seq: options.seq,
    key,
    get compressedBytes() {
      return bytes;
    },
    get uploadId() {
      return uploadId;
    },
    get strays() {
      return strays;
    },
    async write(chunk) {
      rows += chunk.rows;
      await gzip.write(chunk.bytes);
    },
    async finish() {
      await gzip.end();
      if (uploadId !== undefined && filled > 0) await sendPart();
      // An object of many files keeps each of them until it is committed, but not their memory.
      const body = Buffer.from(buffer.subarray(0, filled));
      buffers.giveBack(buffer);
      const sums = { rows, bytes, crc32: base64Crc(crc) };
      const file = { seq: options.seq, key, ...sums, headers: options.headers, strays };
      if (uploadId === undefined) return { ...file, content: { kind: 'body', body } };
      return { ...file, content: { kind: 'upload', uploadId, parts: await Promise.all(uploads) } };
    },
    async settled() {
      await Promise.allSettled(uploads);
    },
  };
}

/** A CRC-32 as S3 writes it. */
export function base64Crc(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc >>> 0);
  return bytes.toString('base64');
}
