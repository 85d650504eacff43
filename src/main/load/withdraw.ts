/** The way back: uploads aborted, and what may have become visible removed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../shared/errors.ts';
import type { Bucket } from '../access/bucket.ts';
import { isOurs } from './file-identity.ts';
import { isOutage } from './patience.ts';

/** A file that is to be taken back, with what is known of it. */
export interface Withdrawal {
  readonly key: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly uploadId: string | undefined;
  /**
   * An upload may exist whose id we never heard, because the answer was lost. `perhaps`: nobody remembers whether one
   * was; where the policy does not let us look, nothing is said.
   */
  readonly strays: boolean | 'perhaps';
  /** `maybe`: the request that makes it visible was sent, and its outcome is not known. */
  readonly visible: 'no' | 'maybe' | 'yes';
}

export interface LeftUpload {
  readonly key: string;
  readonly uploadId: string | null;
}

/** Something of ours that S3 would not let us remove. */
export interface Left {
  readonly kind: 'upload' | 'file';
  /** In words, with its key. */
  readonly what: string;
  /** Of an upload. Without an id, one that may exist: S3 did not let us look. */
  readonly upload?: LeftUpload;
  readonly reason: SluiceError;
}

/**
 * Milliseconds between two looks for a file whose only request was given up: S3 may be carrying it out just then.
 * Short enough for a cancel that ends within a second.
 */
const secondLookMs = 250;

/** True where S3 did not refuse, but did not answer: it can be tried again later. */
export const isUnsettled = ({ reason }: Left): boolean => reason.code === 'CANCELLED' || isOutage(reason);

/**
 * Takes back whatever of a file may exist: the uploads first, since a late Complete then has nothing to
 * complete, then the visible object where one may have come into being. Never throws for what S3 refuses.
 */
export async function withdraw(
  bucket: Bucket,
  file: Withdrawal,
  signal?: AbortSignal,
): Promise<readonly Left[]> {
  const known = file.uploadId === undefined ? [] : [file.uploadId];
  const left = [...(await abortUploads(bucket, file.key, { known, strays: file.strays }, signal))];
  if (file.visible === 'no') return left;
  try {
    if (file.visible === 'yes') await bucket.delete(file.key, signal);
    else await removeIfThere(bucket, file, signal);
  } catch (error) {
    left.push({ kind: 'file', what: `file ${file.key}`, reason: asSluiceError(error) });
  }
  return left;
}

/**
 * Looks before deleting: the key may be taken by an object that is not ours. Of a single PutObject there is no upload
 * to abort, so one that is not there yet is looked for once more.
 */
async function removeIfThere(
  bucket: Bucket,
  file: Withdrawal,
  signal: AbortSignal | undefined,
): Promise<void> {
  if ((await removeOurs(bucket, file, signal)) || file.uploadId !== undefined) return;
  await sleep(secondLookMs);
  await removeOurs(bucket, file, signal);
}

/** True when there was an object. One that takes its place meanwhile stays, where the service looks. */
async function removeOurs(
  bucket: Bucket,
  { key, metadata }: Withdrawal,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const found = await bucket.head(key, signal);
  if (found === undefined) return false;
  if (!isOurs(found.metadata, metadata)) return true;
  try {
    await bucket.delete(key, signal, { etag: found.etag });
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'DATA_CHANGED') throw error;
  }
  return true;
}

/**
 * Aborts the known uploads of a key, and where there may be strays those that only a listing tells of. Our keys are
 * ours alone, so every upload of one is ours.
 */
export async function abortUploads(
  bucket: Bucket,
  key: string,
  { known, strays }: { readonly known: readonly string[]; readonly strays: Withdrawal['strays'] },
  signal?: AbortSignal,
): Promise<readonly Left[]> {
  const left: Left[] = [];
  const uploadIds = new Set(known);
  if (strays !== false) {
    try {
      const uploads = await bucket.listUploads(key, signal);
      for (const upload of uploads) if (upload.key === key) uploadIds.add(upload.uploadId);
    } catch (error) {
      const reason = asSluiceError(error);
      // Most policies do not allow the listing.
      if (strays === true || reason.code !== 'ACCESS_DENIED') {
        const what = `perhaps an upload of ${key}, which S3 does not list for us`;
        left.push({ kind: 'upload', what, upload: { key, uploadId: null }, reason });
      }
    }
  }
  for (const uploadId of uploadIds) {
    try {
      await bucket.abortUpload(key, uploadId, signal);
    } catch (error) {
      const what = `upload ${uploadId} of ${key}`;
      left.push({ kind: 'upload', what, upload: { key, uploadId }, reason: asSluiceError(error) });
    }
  }
  return left;
}

/**
 * Takes many files back at once, and gives up when nothing is answered for `patience` milliseconds.
 * @returns for each file what is left of it
 */
export async function withdrawAll(
  bucket: Bucket,
  files: readonly Withdrawal[],
  patience: number,
): Promise<readonly (readonly Left[])[]> {
  const giveUp = new AbortController();
  const late = (): void => giveUp.abort();
  let timer = setTimeout(late, patience);
  try {
    return await Promise.all(
      files.map(async (file) => {
        const left = await withdraw(bucket, file, giveUp.signal);
        clearTimeout(timer);
        timer = setTimeout(late, patience);
        return left;
      }),
    );
  } finally {
    clearTimeout(timer);
  }
}

/** A bucket throws nothing else; anything else is a fault that must not pass for a refusal. */
function asSluiceError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  throw error;
}

/**
 * What to do about uploads and files that stay.
 * @param unlisted how many of them are uploads that may exist, and that could not be looked for
 */
export function adviceOn(left: number, unlisted: number): string {
  if (unlisted === 0) return `Remove what is named by hand, or ${expire}.`;
  const others = left > unlisted ? 'Remove what else is named by hand. ' : '';
  return `${others}Let somebody look who may list unfinished uploads (s3:ListBucketMultipartUploads), or ${expire}.`;
}

const expire = 'give the bucket a lifecycle rule AbortIncompleteMultipartUpload';

/** How many are uploads that may exist, and that could not be looked for. */
export const unlistedOf = (left: readonly Left[]): number =>
  left.filter(({ upload }) => upload?.uploadId === null).length;
