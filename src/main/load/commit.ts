/** The moment when files become visible. */
import { SluiceError } from '../../shared/errors.ts';
import type { Confirmation } from '../../shared/model.ts';
import { isAmbiguous } from '../access/aws-errors.ts';
import type { Bucket, Stored } from '../access/bucket.ts';
import { isOurs } from './file-identity.ts';
import type { StagedFile } from './part-file.ts';

/** What of a staged file the commit needs; a journal can tell it again. */
export type CommitFile = Pick<StagedFile, 'key' | 'bytes' | 'crc32' | 'headers' | 'content'>;

/** Milliseconds for the look after an answer that was lost. */
const lookMs = 10_000;

/**
 * Makes one file visible, and compares it with what S3 reports of it. Where the answer is lost or doubtful, the
 * bucket is looked at instead of guessing: a retry of a success can answer "exists already" or "no such upload".
 * @returns what S3 reported; that it may not or cannot tell is no failure
 * @throws SluiceError KEY_EXISTS when somebody else's object has the key, CHECKSUM_MISMATCH, or what S3 answered
 */
export async function commitFile(
  bucket: Bucket,
  file: CommitFile,
  signal?: AbortSignal,
): Promise<Confirmation> {
  let stored: Stored;
  try {
    stored = await send(bucket, file, signal);
  } catch (error) {
    if (!(error instanceof SluiceError) || !isAmbiguous(error)) throw error;
    const there = await lookFor(bucket, file, AbortSignal.timeout(lookMs)).catch(() => {
      // Not even looking works: the first reason is what the user must know.
      throw error;
    });
    if (there === undefined) throw error;
    return there;
  }
  if (stored.crc32 === undefined) return await confirm(bucket, file, signal);
  if (stored.crc32 !== file.crc32) throw differs(file, `has the CRC-32 ${stored.crc32}, not ${file.crc32}`);
  return 'checksum';
}

function send(bucket: Bucket, file: CommitFile, signal: AbortSignal | undefined): Promise<Stored> {
  const { key, content, bytes, crc32 } = file;
  if (content.kind === 'body') return bucket.put(key, content.body, crc32, file.headers, signal);
  const upload = { key, uploadId: content.uploadId };
  return bucket.completeUpload(upload, content.parts, { bytes, crc32 }, signal);
}

/** Looks at a file whose answer named no checksum. */
async function confirm(
  bucket: Bucket,
  file: CommitFile,
  signal: AbortSignal | undefined,
): Promise<Confirmation> {
  const found = await bucket.head(file.key, signal).catch((error: unknown) => {
    if (!(error instanceof SluiceError) || error.code === 'CANCELLED') throw error;
    // It was taken; that we may not look says nothing about it.
    return 'unknown' as const;
  });
  if (found === 'unknown') return 'nothing';
  if (found === undefined) throw differs(file, 'is not there');
  if (found.bytes !== file.bytes) throw differs(file, `has ${found.bytes} bytes, not ${file.bytes}`);
  if (found.crc32 === undefined) return 'size';
  if (found.crc32 !== file.crc32) throw differs(file, `has the CRC-32 ${found.crc32}, not ${file.crc32}`);
  return 'checksum';
}

const differs = ({ key }: CommitFile, how: string): SluiceError =>
  new SluiceError('CHECKSUM_MISMATCH', `S3 took the file ${key}, but says that it ${how}`, {
    details: { key },
  });

/** What S3 reports of this file where the key holds it, whole; undefined where not, or somebody else's. */
export async function lookFor(
  bucket: Bucket,
  file: Pick<CommitFile, 'key' | 'bytes' | 'crc32' | 'headers'>,
  signal?: AbortSignal,
): Promise<Confirmation | undefined> {
  const found = await bucket.head(file.key, signal);
  if (found === undefined || !isOurs(found.metadata, file.headers.metadata)) return undefined;
  if (found.bytes !== file.bytes) return undefined;
  if (found.crc32 === undefined) return 'size';
  return found.crc32 === file.crc32 ? 'checksum' : undefined;
}
