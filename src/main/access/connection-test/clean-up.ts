/** What stays behind: of this test, and of earlier ones that were killed. */
import { SluiceError } from '../../../shared/errors.ts';
import type { Check } from '../../../shared/model.ts';
import type { Bucket } from '../bucket.ts';
import type { BucketRun } from './bucket-checks.ts';
import { folderOf, outcomeOf } from './test-run.ts';
import { isTestKey, testPrefix } from './test-file.ts';

/** Milliseconds after which a test file is no longer one of a test that runs. */
const leftAfter = 15 * 60_000;

interface Leftovers {
  readonly mayDelete: boolean;
  /** What this test could not remove, in words or by key. */
  readonly left: readonly string[];
}

/** Says nothing where there is nothing. */
export async function* cleanUp(
  run: BucketRun,
  bucket: Bucket,
  { mayDelete, left }: Leftovers,
): AsyncGenerator<Check> {
  const check = 'clean-up';
  if (left.length > 0) {
    yield { check, verdict: 'warning', cause: `The test leaves behind: ${left.join(', ')}` };
    return;
  }
  const swept = mayDelete ? await sweep(run, bucket) : 0;
  if (swept > 0)
    yield { check, verdict: 'passed', cause: `Removed what a test that was broken off had left (${swept})` };
}

/** Only what a test made, in this very folder, and long enough ago. Whatever is not allowed is left as it is. */
async function sweep({ settings, signal }: BucketRun, bucket: Bucket): Promise<number> {
  const folder = folderOf(settings);
  const before = Date.now() + bucket.clockOffset() - leftAfter;
  const listed = await outcomeOf(() => bucket.listFiles(testPrefix(folder), 1000, signal));
  if (listed instanceof SluiceError) return 0;
  let swept = 0;
  for (const { key, modified } of listed) {
    if (!isTestKey(key, folder) || modified === undefined || modified.getTime() > before) continue;
    const outcome = await outcomeOf(() => bucket.delete(key, signal));
    if (!(outcome instanceof SluiceError)) swept++;
  }
  return swept;
}
