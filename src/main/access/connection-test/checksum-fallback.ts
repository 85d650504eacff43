/** Some S3-compatible services refuse a request for its checksum. */
import { SluiceError } from '../../../shared/errors.ts';
import type { Check } from '../../../shared/model.ts';
import { type Bucket, openBucket } from '../bucket.ts';
import type { BucketRun } from './bucket-checks.ts';
import { outcomeOf } from './test-run.ts';

/** A bucket that sends no checksums, where the attempt works with it; undefined where that was not the reason. */
export async function withoutChecksums(
  { settings, context }: BucketRun,
  problem: SluiceError,
  attempt: (bucket: Bucket) => Promise<unknown>,
): Promise<Bucket | undefined> {
  const { status } = problem.details;
  const refused = problem.code === 'DESTINATION_FAILED' && (status === 400 || status === 501);
  if (!refused || settings.endpoint === undefined || settings.checksums !== undefined) return undefined;
  const bucket = openBucket({ ...settings, checksums: 'when-required' }, context);
  const outcome = await outcomeOf(() => attempt(bucket));
  if (!(outcome instanceof SluiceError)) return bucket;
  bucket[Symbol.dispose]();
  return undefined;
}

/** Said with the check that found it out. */
export const noChecksums: Pick<Check, 'verdict' | 'cause' | 'fix'> = {
  verdict: 'warning',
  cause: 'This service refuses the checksums that go with each file, so Sluice leaves them out here',
  fix: 'It works; "sluice jobs verify" reads files back and compares them.',
};
