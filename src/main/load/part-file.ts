/** One part file on its way: CSV chunks in, gzip, uploaded in parts, but not yet visible. */
import { crc32 } from 'node:zlib';
import type { Bucket, FileHeaders, UploadedPart } from '../access/bucket.ts';
import type { CsvChunk } from '../sources/source.ts';
import { gzipWriter } from './gzip.ts';
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
  readonly signal: AbortSignal;
  /** Called before the first part is sent, so that the upload can be found again after a crash. */
  readonly onUpload: (uploadId: string) => void;
  /** Called with the compressed bytes that S3 has acknowledged. */
  readonly onSent: (bytes: number) => void;
}

export interface PartFile {
  readonly key: string;
  /** Compressed bytes so far; lags behind what was written by the blocks in flight. */
  readonly compressedBytes: number;
  /** Set once a multipart upload was started. */
  readonly uploadId: string | undefined;
  write(chunk: CsvChunk): Promise<void>;
  /** Uploads the rest and returns the file, ready to be committed. */
  finish(): Promise<StagedFile>;
  /** Resolves when no request of this file is under way any more; never rejects. */
  settled(): Promise<void>;
}

/** Opens a part file; `header` is the first thing in it. */
export async function openPartFile(header: Buffer, options: PartFileOptions): Promise<PartFile> {
  const { bucket, key, slots, signal, partBytes } = options;
  const uploads: Promise<UploadedPart>[] = [];
  let buffer = Buffer.allocUnsafeSlow(partBytes);
  let filled = 0;
  let bytes = 0;
  let crc = 0;
  let rows = 0;
  let uploadId: string | undefined;

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

  async function sendPart(): Promise<void> {
    if (uploadId === undefined) {
      // Never cut off: an upload that S3 has started and whose id we did not hear would be left behind.
      uploadId = await bucket.createUpload(key, options.headers);
      options.onUpload(uploadId);
      signal.throwIfAborted();
    }
    const body = buffer.subarray(0, filled);
    const upload = { key, uploadId, number: uploads.length + 1 };
    const part = await slots.start(async () => {
      const uploaded = await bucket.uploadPart(upload, body, base64Crc(crc32(body)), signal);
      options.onSent(body.length);
      return uploaded;
    }, signal);
    // The failure is met in finish(); until then it must not count as unhandled.
    part.result.catch(() => undefined);
    uploads.push(part.result);
    buffer = Buffer.allocUnsafeSlow(partBytes);
    filled = 0;
  }

  await gzip.write(header);
  return {
    key,
    get compressedBytes() {
      return bytes;
    },
    get uploadId() {
      return uploadId;
    },
    async write(chunk) {
      rows += chunk.rows;
      await gzip.write(chunk.bytes);
    },
    async finish() {
      await gzip.end();
      if (uploadId !== undefined && filled > 0) await sendPart();
      const file = { seq: options.seq, key, rows, bytes, crc32: base64Crc(crc), headers: options.headers };
      if (uploadId === undefined) {
        return { ...file, content: { kind: 'body', body: Buffer.from(buffer.subarray(0, filled)) } };
      }
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
