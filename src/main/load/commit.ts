/** The moment when files become visible, and the way back. */

import { SluiceError } from '../../shared/errors.ts';
import { isAmbiguous } from '../access/aws-errors.ts';
import type { Bucket } from '../access/bucket.ts';
import type { StagedFile } from './part-file.ts';

/** An unfinished upload that S3 would not let us remove. */
export interface LeftUpload {
  readonly key: string;
  readonly uploadId: string;
}

/**
 * Makes one file visible. Where the answer is lost or doubtful, the bucket is looked at instead of guessing:
 * a retry of a success can answer "exists already" or "no such upload".
 * @throws SluiceError KEY_EXISTS when somebody else's object has the key, or what S3 answered
 */
export async function commitFile(bucket: Bucket, file: StagedFile): Promise<void> {
  try {
    if (file.content.kind === 'body') await bucket.put(file.key, file.content.body, file.crc32, file.headers);
    else await bucket.completeUpload(file.key, file.content.uploadId, file.content.parts, file.crc32);
  } catch (error) {
    if (!(error instanceof SluiceError) || !isAmbiguous(error)) throw error;
    if (!(await isOurs(bucket, file, error))) throw error;
  }
}

async function isOurs(bucket: Bucket, file: StagedFile, reason: SluiceError): Promise<boolean> {
  const found = await bucket.head(file.key).catch(() => {
    // Not even looking works: the first reason is what the user must know.
    throw reason;
  });
  if (found === undefined) return false;
  const same = Object.entries(file.headers.metadata).every(([name, value]) => found.metadata[name] === value);
  return same && found.bytes === file.bytes && (found.crc32 === undefined || found.crc32 === file.crc32);
}

/**
 * Takes back whatever of a file may exist: the upload first, since a late Complete then has nothing to
 * complete, then the visible object where one may have come into being.
 * @returns the upload that the policy did not let us abort, if any
 */
export async function withdraw(
  bucket: Bucket,
  file: { readonly key: string; readonly uploadId: string | undefined; readonly maybeVisible: boolean },
): Promise<LeftUpload | undefined> {
  const uploadIds = new Set(file.uploadId === undefined ? [] : [file.uploadId]);
  for (const uploadId of await strayUploads(bucket, file.key)) uploadIds.add(uploadId);
  let left: LeftUpload | undefined;
  for (const uploadId of uploadIds) {
    try {
      await bucket.abortUpload(file.key, uploadId);
    } catch {
      // Reported by name with the rule that expires it; the reason for the withdrawal matters more.
      left = { key: file.key, uploadId };
    }
  }
  if (file.maybeVisible) await bucket.delete(file.key);
  return left;
}

/** Uploads of this key whose id we never heard, because the answer was lost. Our keys are ours alone. */
async function strayUploads(bucket: Bucket, key: string): Promise<readonly string[]> {
  try {
    const uploads = await bucket.listUploads(key);
    return uploads.filter((upload) => upload.key === key).map((upload) => upload.uploadId);
  } catch {
    // Most policies do not allow the listing, and nothing depends on it when no answer was lost.
    return [];
  }
}
