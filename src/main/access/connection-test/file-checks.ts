/** Writing, reading and deleting, where a load would do it. The test file goes in any case. */
import { crc32 } from 'node:zlib';
import { SluiceError } from '../../../shared/errors.ts';
import type { Check } from '../../../shared/model.ts';
import type { Bucket } from '../bucket.ts';
import { checkAbort } from './abort-check.ts';
import type { BucketFound, BucketRun } from './bucket-checks.ts';
import { noChecksums, withoutChecksums } from './checksum-fallback.ts';
import { cleanUp } from './clean-up.ts';
import { probeWithoutFile } from './missing-file-checks.ts';
import { checkRight, failedRight, triedRight } from './right.ts';
import { folderOf, outcomeOf, type Step } from './test-run.ts';
import { newTestKey } from './test-file.ts';

export async function* checkFiles(run: BucketRun, bucket: Bucket, found: BucketFound): AsyncGenerator<Step> {
  const { signal } = run;
  const key = newTestKey(folderOf(run.settings));
  const body = Buffer.from(`Sluice connection test ${crypto.randomUUID()}\n`);
  const putRight = { check: 'put', action: 's3:PutObject' } as const;
  // From the moment that it is sent the test file may exist, whatever the answer, and must go in any case.
  let mayExist = true;
  try {
    let version: string | undefined;
    const put = async (target: Bucket): Promise<void> => {
      version = await putTestFile(target, key, body, signal);
    };
    const problem = yield* triedRight(run, { ...putRight, attempt: () => put(bucket) });
    using relaxed = problem === undefined ? undefined : await withoutChecksums(run, problem, put);
    if (problem !== undefined && relaxed === undefined) {
      mayExist = problem.code !== 'ACCESS_DENIED' && problem.code !== 'KMS_DENIED';
      yield failedRight(run, putRight, problem);
      if (mayExist) yield* skipped('The test file could not be written');
      else yield* probeWithoutFile(run, bucket, found);
      return;
    }
    const target = relaxed ?? bucket;
    if (relaxed === undefined) yield { check: 'put', verdict: 'passed' };
    else {
      yield { check: 'put', ...noChecksums };
      yield { learned: { checksums: 'when-required' } };
    }
    yield* checkRight(run, {
      check: 'get',
      action: 's3:GetObject',
      attempt: () => compare(target, key, body, signal),
    });
    const left = yield* checkAbort(run, target);
    const lock = version === undefined ? undefined : await outcomeOf(() => target.head(key, signal));
    let marker: string | undefined;
    let note: string | undefined;
    const kept = yield* checkRight(run, {
      check: 'delete',
      action: 's3:DeleteObject',
      attempt: async () => {
        marker = (await target.delete(key, signal)).marker;
        note = await removeVersions(target, { key, version, marker }, lock);
      },
      note: () => note,
    });
    mayExist = false;
    yield* cleanUp(run, target, {
      mayDelete: kept === undefined,
      left: kept === undefined ? left : [key, ...left],
    });
  } finally {
    // The consumer stopped in the middle, or an answer was lost; what the test had to say is said.
    if (mayExist) await bucket.delete(key).catch(() => undefined);
  }
}

function* skipped(cause: string): Generator<Check> {
  for (const check of ['get', 'abort', 'delete']) yield { check, verdict: 'skipped', cause };
}

/** Not cut off by the signal: a file that is written while we look away would stay. Returns its version, if any. */
async function putTestFile(
  bucket: Bucket,
  key: string,
  body: Buffer,
  signal: AbortSignal,
): Promise<string | undefined> {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  const headers = { contentType: 'text/plain', metadata: {} };
  let version: string | undefined;
  try {
    version = (await bucket.put(key, body, checksum.toString('base64'), headers)).versionId;
  } catch (error) {
    // Nobody else has this random key: a first try succeeded, its answer was lost, and the second found the file.
    if (!(error instanceof SluiceError) || error.code !== 'KEY_EXISTS') throw error;
  }
  if (signal.aborted) throw new SluiceError('CANCELLED', 'The test was cancelled');
  return version;
}

async function compare(bucket: Bucket, key: string, body: Buffer, signal: AbortSignal): Promise<void> {
  const read: Buffer[] = [];
  for await (const chunk of await bucket.get(key, signal)) read.push(chunk);
  if (!Buffer.concat(read).equals(body)) {
    throw new SluiceError('CHECKSUM_MISMATCH', 'The test file came back with other bytes');
  }
}

interface Versions {
  readonly key: string;
  readonly version: string | undefined;
  readonly marker: string | undefined;
}

/**
 * In a bucket that keeps versions, deleting only hides the file. Whoever may, removes the version, too; the policy that
 * Sluice asks for does not allow that. Returns what stays, in words.
 */
async function removeVersions(
  bucket: Bucket,
  { key, version, marker }: Versions,
  lock: Awaited<ReturnType<Bucket['head']>> | SluiceError,
): Promise<string | undefined> {
  if (marker === undefined) return undefined;
  const gone = async (id: string | undefined): Promise<boolean> =>
    id !== undefined &&
    !((await outcomeOf(() => bucket.delete(key, undefined, { version: id }))) instanceof SluiceError);
  if ((await gone(version)) && (await gone(marker))) return undefined;
  const until = lock instanceof SluiceError ? undefined : lock?.lockedUntil;
  const locked = until === undefined ? '' : `, locked until ${until.toISOString()}`;
  return `The bucket keeps versions: ${key} of ${new Date().toISOString()} stays as an old version under a delete marker${locked}`;
}
