/** The manifest of a job: written when everything else is there, so that its presence says so. */
import { crc32 } from 'node:zlib';
import { manifestKey, manifestOf } from '../../shared/manifest.ts';
import type { Bucket } from '../access/bucket.ts';
import { commitFile } from '../load/commit.ts';
import { checksumText, manifestMetadata } from '../load/file-identity.ts';
import { base64Crc } from '../load/part-file.ts';
import { withdraw } from '../load/withdraw.ts';
import type { History, JobStart } from '../stores/history.ts';

interface Sealing {
  readonly history: History;
  readonly bucket: Bucket;
  readonly start: JobStart;
}

/**
 * Writes the manifest of a job whose objects have all ended, where its pipeline asks for one and it is not there
 * yet. Killed in the middle, the next call takes back what may be there and writes it anew.
 * @param state in which the job is about to end
 * @throws SluiceError whatever S3 answers; the job can be resumed then, and this be tried again
 */
export async function writeManifest(
  { history, bucket, start }: Sealing,
  state: 'completed' | 'completed_with_failures',
  signal: AbortSignal,
): Promise<void> {
  if (start.pipeline.manifest !== true || history.manifest(start.jobId)?.state === 'committed') return;
  const { jobId, pipeline, destination, startedAt } = start;
  const receipt = history.receipt(jobId);
  if (receipt === undefined) return;
  await withdrawManifest({ history, bucket, start });
  const job = { jobId, at: new Date(startedAt), timeZone: pipeline.timeZone };
  const key = manifestKey(destination.pathPrefix, job);
  const body = Buffer.from(`${JSON.stringify(manifestOf(receipt, state), undefined, 2)}\n`);
  const checksum = base64Crc(crc32(body));
  const headers = { contentType: 'application/json', metadata: manifestMetadata(jobId) };
  const bytes = body.length;
  history.setManifest(jobId, { state: 'committing', key, bytes, checksum: checksumText(checksum) });
  const content = { kind: 'body', body } as const;
  await commitFile(bucket, { key, bytes, crc32: checksum, headers, content }, signal);
  history.setManifest(jobId, { state: 'committed' });
}

/**
 * Removes a manifest of which it is not known whether it was written.
 * @throws SluiceError when that cannot be done now
 */
export async function withdrawManifest({ history, bucket, start }: Sealing): Promise<void> {
  const { jobId } = start;
  const found = history.manifest(jobId);
  if (found?.state !== 'committing') return;
  const metadata = manifestMetadata(jobId);
  const doubtful = {
    key: found.key,
    metadata,
    uploadId: undefined,
    strays: false,
    visible: 'maybe',
  } as const;
  const [left] = await withdraw(bucket, doubtful);
  if (left !== undefined) throw left.reason;
  history.setManifest(jobId, { state: 'removed' });
}
