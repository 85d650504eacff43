/** The moment when files become visible, and the way back. */

import { SluiceError } from '../../shared/errors.ts';
import { isAmbiguous } from '../access/aws-errors.ts';
import type { Bucket } from '../access/bucket.ts';
import type { StagedFile } from './part-file.ts';

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
    if (!(await isThere(bucket, file, error))) throw error;
  }
}

async function isThere(bucket: Bucket, file: StagedFile, reason: SluiceError): Promise<boolean> {
  const found = await bucket.head(file.key).catch(() => {
    // Not even looking works: the first reason is what the user must know.
    throw reason;
  });
  if (found === undefined || !isOurs(found.metadata, file.headers.metadata)) return false;
  return found.bytes === file.bytes && (found.crc32 === undefined || found.crc32 === file.crc32);
}

type Metadata = Readonly<Record<string, string>>;

/** What a part file says about where it comes from; nobody else's object says the same. */
export const fileMetadata = (jobId: string, ordinal: number, seq: number): Metadata => ({
  'sluice-job': jobId,
  'sluice-file': `${ordinal}/${seq}`,
});

/** What a manifest says about itself. */
export const manifestMetadata = (jobId: string): Metadata => ({
  'sluice-job': jobId,
  'sluice-file': 'manifest',
});

/** Whether an object says of itself that it is that file. */
export const isOurs = (found: Metadata, ours: Metadata): boolean =>
  Object.entries(ours).every(([name, value]) => found[name] === value);

/** A file that is to be taken back, with what is known of it. */
export interface Withdrawal {
  readonly key: string;
  readonly metadata: Metadata;
  readonly uploadId: string | undefined;
  /** An upload may exist whose id we never heard, because the answer was lost. */
  readonly strays: boolean;
  /** `maybe`: the request that makes it visible was sent, and its outcome is not known. */
  readonly visible: 'no' | 'maybe' | 'yes';
}

/** Something of ours that S3 would not let us remove. */
export interface Left {
  readonly kind: 'upload' | 'file';
  /** In words, with its key. */
  readonly what: string;
  readonly reason: SluiceError;
}

/**
 * Takes back whatever of a file may exist: the uploads first, since a late Complete then has nothing to
 * complete, then the visible object where one may have come into being. Never throws for what S3 refuses.
 */
export async function withdraw(bucket: Bucket, file: Withdrawal): Promise<readonly Left[]> {
  const known = file.uploadId === undefined ? [] : [file.uploadId];
  const left = [...(await abortUploads(bucket, file.key, known, file.strays))];
  if (file.visible === 'no') return left;
  try {
    if (file.visible === 'yes' || (await isVisible(bucket, file))) await bucket.delete(file.key);
  } catch (error) {
    left.push({ kind: 'file', what: `file ${file.key}`, reason: asSluiceError(error) });
  }
  return left;
}

/** Looks before deleting: the key may be taken by an object that is not ours. */
async function isVisible(bucket: Bucket, file: Withdrawal): Promise<boolean> {
  const found = await bucket.head(file.key);
  return found !== undefined && isOurs(found.metadata, file.metadata);
}

/**
 * Aborts the known uploads of a key, and those that only a listing tells of. Our keys are ours alone, so every
 * upload of one is ours.
 * @param strays whether there may be some that are not known
 */
export async function abortUploads(
  bucket: Bucket,
  key: string,
  known: readonly string[],
  strays: boolean,
): Promise<readonly Left[]> {
  const left: Left[] = [];
  const uploadIds = new Set(known);
  if (strays) {
    try {
      const uploads = await bucket.listUploads(key);
      for (const upload of uploads) if (upload.key === key) uploadIds.add(upload.uploadId);
    } catch (error) {
      // Most policies do not allow the listing.
      left.push({ kind: 'upload', what: `perhaps an upload of ${key}`, reason: asSluiceError(error) });
    }
  }
  for (const uploadId of uploadIds) {
    try {
      await bucket.abortUpload(key, uploadId);
    } catch (error) {
      left.push({ kind: 'upload', what: `upload ${uploadId} of ${key}`, reason: asSluiceError(error) });
    }
  }
  return left;
}

/** A bucket throws nothing else; anything else is a fault that must not pass for a refusal. */
function asSluiceError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  throw error;
}

/** What to do about uploads and files that stay. */
export const removeByHand =
  'Remove what is named by hand, or give the bucket a lifecycle rule AbortIncompleteMultipartUpload.';
