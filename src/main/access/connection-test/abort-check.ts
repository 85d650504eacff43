/** Whether an unfinished upload can be taken back. A load works without, but what it leaves then costs money. */
import { crc32 } from 'node:zlib';
import { SluiceError } from '../../../shared/errors.ts';
import type { Check } from '../../../shared/model.ts';
import type { Bucket } from '../bucket.ts';
import { adviceForRight } from './advice.ts';
import type { BucketRun } from './bucket-checks.ts';
import { noChecksums, withoutChecksums } from './checksum-fallback.ts';
import { expireUploads } from './commands.ts';
import { failedRight } from './right.ts';
import { folderOf, outcomeOf, type Step } from './test-run.ts';
import { newTestKey } from './test-file.ts';

const headers = { contentType: 'text/plain', metadata: {} };

/** Returns what stays in the bucket, in words. */
export async function* checkAbort(run: BucketRun, bucket: Bucket): AsyncGenerator<Step, readonly string[]> {
  const key = newTestKey(folderOf(run.settings));
  let uploadId = '';
  // Neither is cut off by the signal: an upload whose id nobody knows would stay.
  const start = async (target: Bucket): Promise<void> => {
    uploadId = (await target.createUpload(key, headers)).uploadId;
  };
  const problem = await outcomeOf(() => start(bucket));
  using relaxed = problem instanceof SluiceError ? await withoutChecksums(run, problem, start) : undefined;
  if (problem instanceof SluiceError && relaxed === undefined) {
    yield failedRight(run, { check: 'abort', action: 's3:PutObject' }, problem);
    return [];
  }
  const target = relaxed ?? bucket;
  if (relaxed !== undefined) yield { learned: { checksums: 'when-required' } };
  const aborted = await outcomeOf(() => target.abortUpload(key, uploadId));
  if (!(aborted instanceof SluiceError)) {
    yield relaxed === undefined ? { check: 'abort', verdict: 'passed' } : { check: 'abort', ...noChecksums };
    return [];
  }
  const left = await finish(target, key, uploadId);
  yield cannotAbort(run, aborted);
  return left;
}

/** The lines for a right that is nice to have. */
export function cannotAbort({ settings, identity }: BucketRun, problem: SluiceError): Check {
  const advice = adviceForRight(problem, { action: 's3:AbortMultipartUpload', settings, identity });
  const rule = expireUploads(settings.bucket, settings.pathPrefix);
  return {
    check: 'abort',
    verdict: 'warning',
    cause: `A load that fails cannot take back its unfinished uploads, which cost storage until somebody does: ${problem.message}`,
    fix: problem.fix,
    code: problem.code,
    ...advice,
    remedies: [...(advice.remedies ?? []), rule],
  };
}

/** An upload that nobody may abort is completed instead, as a small file that can be deleted. */
async function finish(bucket: Bucket, key: string, uploadId: string): Promise<readonly string[]> {
  const body = Buffer.from('Sluice connection test\n');
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  const checksum = bytes.toString('base64');
  const completed = await outcomeOf(async () => {
    const part = await bucket.uploadPart({ key, uploadId, number: 1 }, body, checksum);
    await bucket.completeUpload({ key, uploadId }, [part], { bytes: body.length, crc32: checksum });
  });
  if (completed instanceof SluiceError) return [`the unfinished upload ${uploadId} of ${key}`];
  const deleted = await outcomeOf(() => bucket.delete(key));
  return deleted instanceof SluiceError ? [key] : [];
}
