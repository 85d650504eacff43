/** Each fault does what its name says, as the SDK sees it. */
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Intercept } from '../../src/main/sandbox/sandbox.ts';
import { bucket, refusal, type Started, s3Of, start, stsOf } from '../sandbox/start.ts';
import { faults, nowhere, strike } from './faults.ts';

let it: Started;
let s3: S3Client;
let intercept: Intercept | undefined;
beforeAll(async () => {
  it = await start({ intercept: (call) => intercept?.(call) });
  s3 = impatient({ endpoint: it.sandbox.endpoint });
  await it.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'there', Body: 'x'.repeat(500) }));
});
afterAll(async () => {
  s3.destroy();
  await it[Symbol.asyncDispose]();
});

/** Tries once, and not for long. */
const impatient = (more: object): S3Client =>
  new S3Client({
    ...{ region: it.sandbox.region, credentials: it.sandbox.user, forcePathStyle: true, maxAttempts: 1 },
    requestHandler: { requestTimeout: 400, throwOnRequestTimeout: true },
    ...more,
  });

const put = (client: S3Client, Key: string) =>
  client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
async function get(client: S3Client): Promise<string | undefined> {
  const answer = await client.send(
    new GetObjectCommand({ Bucket: bucket, Key: 'there', ChecksumMode: 'ENABLED' }),
  );
  return answer.Body?.transformToString();
}

test.each([
  ['slowDown', 'SlowDown', false],
  ['internalError', 'InternalError', false],
  ['badDigest', 'BadDigest', false],
  ['skewed', 'RequestTimeTooSkewed', false],
  ['denied', 'AccessDenied', false],
  ['droppedBefore', /hang up|ECONNRESET/, false],
  ['resetBefore', 'ECONNRESET', false],
  ['stalledBefore', 'TimeoutError', false],
  ['answerLost', /hang up|ECONNRESET/, true],
  ['answerReset', 'ECONNRESET', true],
  ['stalledAfter', 'TimeoutError', true],
] as const)('%s: a put fails, and it is said whether it was carried out', async (name, error, carriedOut) => {
  intercept = strike('PutObject', 1, faults[name]);
  expect(await put(s3, name).then(() => 'no error', String)).toMatch(error);
  expect(it.sandbox.fileOf(bucket, name) !== undefined).toBe(carriedOut);
  // It was one request; the next one passes.
  await put(s3, name);
});

test.each([
  ['truncated', /aborted|ECONNRESET|prematurely/i],
  ['corrupted', /checksum/i],
  ['wrongChecksum', /checksum/i],
  ['slowAnswer', undefined],
  ['slow', undefined],
] as const)('%s: an answer that arrives otherwise than it was sent', async (name, error) => {
  intercept = strike('GetObject', 1, faults[name]);
  const begin = performance.now();
  if (error !== undefined) await expect(get(s3)).rejects.toThrow(error);
  else {
    expect(await get(s3)).toHaveLength(500);
    // A timer may fire a millisecond early.
    expect(performance.now() - begin).toBeGreaterThan(195);
  }
});

test('errorIn200: a copy that began well fails', async () => {
  intercept = strike('CopyObject', 1, faults.errorIn200);
  const copy = new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource: `${bucket}/there` });
  expect(await refusal(s3.send(copy))).toMatchObject({ name: 'InternalError' });
  expect(it.sandbox.fileOf(bucket, 'copy')).toBeUndefined();
});

test('expired: the session is over in the middle, for S3 and STS, and the next one is good', async () => {
  intercept = undefined;
  const RoleArn = it.sandbox.createRole({
    name: 'short',
    trustPolicy: {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: it.sandbox.user.arn }, Action: 'sts:AssumeRole' },
    },
    permissionsPolicy: {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' },
    },
  });
  const session = async () => {
    const { Credentials: found } = await it.sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' }),
    );
    return {
      accessKeyId: found?.AccessKeyId ?? '',
      secretAccessKey: found?.SecretAccessKey ?? '',
      sessionToken: found?.SessionToken ?? '',
    };
  };
  const keys = await session();
  intercept = strike('PutObject', 2, faults.expired);
  await put(s3Of(it.sandbox, keys), 'first');
  const over = { name: 'ExpiredToken', status: 400, message: 'The provided token has expired.' };
  expect(await refusal(put(s3Of(it.sandbox, keys), 'second'))).toEqual(over);
  expect(await refusal(put(s3Of(it.sandbox, keys), 'third'))).toEqual(over);
  const asked = stsOf(it.sandbox, keys).send(new GetCallerIdentityCommand({}));
  expect(await refusal(asked)).toMatchObject({ name: 'ExpiredToken', status: 403 });
  await put(s3Of(it.sandbox, await session()), 'third');
});

test('nowhere: a name that does not resolve', async () => {
  const lost = impatient({ endpoint: nowhere });
  expect((await refusal(put(lost, 'x'))).message).toMatch(/ENOTFOUND|EAI_AGAIN/);
  lost.destroy();
});

test('strikes the requests that were meant, and no other', async () => {
  intercept = strike('PutObject', 2, faults.denied, 2);
  const outcomes: string[] = [];
  for (const key of ['1', '2', '3', '4']) {
    await get(s3);
    outcomes.push(
      await put(s3, key).then(
        () => 'done',
        (error: Error) => error.name,
      ),
    );
  }
  expect(outcomes).toEqual(['done', 'AccessDenied', 'AccessDenied', 'done']);
});
