/** Unfinished uploads of this installation: what is known of them, and how they go. */
import { SluiceError } from '../../shared/errors.ts';
import { abortUploadsRule } from '../../shared/lifecycle-rule.ts';
import type { Destination, Sweep, UnfinishedUpload, UnfinishedUploads } from '../../shared/model.ts';
import type { Bucket, ListedUpload } from '../access/bucket.ts';
import type { KnownUpload, LostUpload } from '../stores/history.ts';
import type { CoreContext } from './context.ts';
import { findDestination, openDestination } from './destinations.ts';

/** A part file by its name, whoever made it. */
const partFile = /(?:^|\/)part-\d{5}-[0-9a-f]{8}\.csv\.gz$/;

/**
 * Lists the unfinished uploads under the path prefix of a destination. The history is the proof of what is ours:
 * an upload of a key that no job of this installation made is `foreign`, whatever its name. Uploads that are not
 * named as Sluice names its files are nobody's business here.
 * @throws SluiceError NOT_FOUND, and where the bucket cannot be reached
 */
export async function listUploads(
  core: CoreContext,
  name: string,
  signal: AbortSignal,
): Promise<UnfinishedUploads> {
  const destination = findDestination(core, name);
  using bucket = await openDestination(core, destination);
  const { uploads, lost, limitation } = await look(core, destination, bucket, signal);
  return { uploads, lost, limitation, lifecycleRule: abortUploadsRule(destination.pathPrefix) };
}

/** Aborts the abandoned ones. What S3 refuses is left, and named. Throws as {@link listUploads} does. */
export async function sweepUploads(core: CoreContext, name: string, signal: AbortSignal): Promise<Sweep> {
  const destination = findDestination(core, name);
  using bucket = await openDestination(core, destination);
  const { uploads, gone, found, limitation } = await look(core, destination, bucket, signal);
  for (const upload of gone) core.history.forgetUpload(upload);
  const aborted: Sweep['aborted'] = [];
  const left: Sweep['left'] = [];
  for (const { key, uploadId, owner, jobId } of uploads) {
    // Ended jobs stay ended: nobody can be using it.
    if (owner !== 'abandoned' || jobId === null) continue;
    signal.throwIfAborted();
    try {
      const existed = await bucket.abortUpload(key, uploadId);
      core.history.forgetUpload({ jobId, key, uploadId });
      if (existed) aborted.push({ key, uploadId });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      left.push({ key, uploadId, reason: error.message });
    }
  }
  const stays = new Set(left.map(({ key }) => key));
  for (const upload of found) if (!stays.has(upload.key)) core.history.forgetLostUpload(upload);
  return { aborted, left, limitation, lifecycleRule: abortUploadsRule(destination.pathPrefix) };
}

interface Look {
  readonly uploads: UnfinishedUpload[];
  /** Recorded, but S3 does not have them any more. */
  readonly gone: readonly KnownUpload[];
  readonly lost: UnfinishedUploads['lost'];
  /** Of ended jobs, whose keys the listing covers: what it holds of them is among `uploads`, with its id. */
  readonly found: readonly LostUpload[];
  readonly limitation: string | null;
}

async function look(
  core: CoreContext,
  destination: Destination,
  bucket: Bucket,
  signal: AbortSignal,
): Promise<Look> {
  const prefix = destination.pathPrefix === '' ? '' : `${destination.pathPrefix}/`;
  const ownerOf = ownersIn(core);
  const known = core.history.openUploads(destination);
  const lost = core.history.lostUploads(destination).flatMap((upload) => {
    const owner = ownerOf(upload.jobId);
    // A running job may be about to hear the answer.
    return owner === 'running' ? [] : [{ ...upload, owner }];
  });
  const listing = await listed(bucket, prefix, signal);
  if ('limitation' in listing) {
    const uploads = known.map((upload) => ({ ...upload, owner: ownerOf(upload.jobId), startedAt: null }));
    return { uploads, gone: [], lost, found: [], limitation: listing.limitation };
  }
  const there = new Set(listing.uploads.map(idOf));
  const isGone = (upload: KnownUpload): boolean => upload.key.startsWith(prefix) && !there.has(idOf(upload));
  const ofJobs = new Map(known.map((upload) => [idOf(upload), upload.jobId]));
  const uploads = listing.uploads.flatMap((upload): UnfinishedUpload[] => {
    const { key, uploadId } = upload;
    const jobId = ofJobs.get(idOf(upload)) ?? core.history.jobOfKey(destination, key) ?? null;
    if (jobId === null && !partFile.test(key)) return [];
    const startedAt = upload.startedAt?.toISOString() ?? null;
    return [{ key, uploadId, jobId, owner: jobId === null ? 'foreign' : ownerOf(jobId), startedAt }];
  });
  // Of jobs that wrote elsewhere in this bucket, under a path prefix that the destination had then.
  const elsewhere = known
    .filter(({ key }) => !key.startsWith(prefix))
    .map((upload) => ({ ...upload, owner: ownerOf(upload.jobId), startedAt: null }));
  return {
    uploads: [...uploads, ...elsewhere],
    gone: known.filter((upload) => isGone(upload) && ownerOf(upload.jobId) === 'abandoned'),
    lost: lost.filter(({ key }) => !key.startsWith(prefix)),
    found: lost.filter(({ key, owner }) => key.startsWith(prefix) && owner === 'abandoned'),
    limitation: null,
  };
}

async function listed(
  bucket: Bucket,
  prefix: string,
  signal: AbortSignal,
): Promise<{ readonly uploads: readonly ListedUpload[] } | { readonly limitation: string }> {
  try {
    return { uploads: await bucket.listUploads(prefix, signal) };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return {
      limitation: `S3 does not list the unfinished uploads of this bucket for us, so only those that the history knows are named here. It said: ${error.message}`,
    };
  }
}

const isRefusal = (error: unknown): error is SluiceError =>
  error instanceof SluiceError && (error.code === 'ACCESS_DENIED' || error.code === 'DESTINATION_FAILED');

const idOf = ({ key, uploadId }: { readonly key: string; readonly uploadId: string }): string =>
  `${uploadId} ${key}`;

/** Whether the job of an upload may still need it. Looked up once per job. */
function ownersIn(core: CoreContext): (jobId: string) => Exclude<UnfinishedUpload['owner'], 'foreign'> {
  const owners = new Map<string, Exclude<UnfinishedUpload['owner'], 'foreign'>>();
  return (jobId) => {
    const owner = owners.get(jobId) ?? ownerBy(core.history.summary(jobId)?.state);
    owners.set(jobId, owner);
    return owner;
  };
}

const ownerBy = (state: string | undefined): Exclude<UnfinishedUpload['owner'], 'foreign'> =>
  state === 'running' || state === 'interrupted' ? state : 'abandoned';
