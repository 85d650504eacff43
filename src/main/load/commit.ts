/** The moment when files become visible. */
import { SluiceError } from '../../shared/errors.ts';
import { isAmbiguous } from '../access/aws-errors.ts';
import type { Bucket } from '../access/bucket.ts';
import { isOurs } from './file-identity.ts';
import type { StagedFile } from './part-file.ts';

/** What of a staged file the commit needs; a journal can tell it again. */
export type CommitFile = Pick<StagedFile, 'key' | 'bytes' | 'crc32' | 'headers' | 'content'>;

/** Milliseconds for the look after an answer that was lost. */
const lookMs = 10_000;

/**
 * Makes one file visible. Where the answer is lost or doubtful, the bucket is looked at instead of guessing:
 * a retry of a success can answer "exists already" or "no such upload".
 * @throws SluiceError KEY_EXISTS when somebody else's object has the key, or what S3 answered
 */
export async function commitFile(bucket: Bucket, file: CommitFile, signal?: AbortSignal): Promise<void> {
  const { key, content, crc32 } = file;
  try {
    if (content.kind === 'body') await bucket.put(key, content.body, crc32, file.headers, signal);
    else await bucket.completeUpload({ key, uploadId: content.uploadId }, content.parts, crc32, signal);
  } catch (error) {
    if (!(error instanceof SluiceError) || !isAmbiguous(error)) throw error;
    const there = await isThere(bucket, file, AbortSignal.timeout(lookMs)).catch(() => {
      // Not even looking works: the first reason is what the user must know.
      throw error;
    });
    if (!there) throw error;
  }
}

/** True when the key holds this file, whole, and not somebody else's. */
export async function isThere(
  bucket: Bucket,
  file: Pick<CommitFile, 'key' | 'bytes' | 'crc32' | 'headers'>,
  signal?: AbortSignal,
): Promise<boolean> {
  const found = await bucket.head(file.key, signal);
  if (found === undefined || !isOurs(found.metadata, file.headers.metadata)) return false;
  return found.bytes === file.bytes && (found.crc32 === undefined || found.crc32 === file.crc32);
}
