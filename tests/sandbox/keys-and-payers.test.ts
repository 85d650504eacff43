/** Keys of KMS that may not be used, and buckets whose requester pays. */
import { PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  GetObjectCommand,
  PutBucketEncryptionCommand,
  PutBucketPolicyCommand,
  PutBucketRequestPaymentCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentOf, iamOf } from '../parity/server.ts';
import { bucket, refusal, type Started, s3Of, start } from './start.ts';

let it: Started;
beforeAll(async () => {
  it = await start();
});
afterAll(() => it[Symbol.asyncDispose]());

/** Replaces what a user may do. */
async function grantTo(UserName: string, statements: readonly object[]): Promise<void> {
  const owner = { name: 'practice', ...it.sandbox.user };
  const iam = iamOf({ ...it.sandbox, owner, user: owner, [Symbol.asyncDispose]: async () => undefined });
  await iam.send(
    new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: documentOf([...statements]) }),
  );
}

const allow = (Action: string | string[], Resource: string) => ({ Effect: 'Allow', Action, Resource });

test('an encrypted bucket: each right on its key is missed by name, and a disabled key is said', async () => {
  const key = it.sandbox.createKmsKey();
  const rule = {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' as const, KMSMasterKeyID: key },
  };
  await it.s3.send(
    new PutBucketEncryptionCommand({
      ...{ Bucket: bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } },
    }),
  );
  const user = it.sandbox.createUser('loader');
  const grant = (...statements: object[]) => grantTo('loader', statements);
  const s3 = s3Of(it.sandbox, user);
  const put = () => s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'x' }));
  const get = () => s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'a' }));
  await grant(allow('s3:*', '*'));
  expect(await refusal(put())).toEqual({
    name: 'AccessDenied',
    status: 403,
    message: `User: ${user.arn} is not authorized to perform: kms:GenerateDataKey on resource: ${key} because no identity-based policy allows the kms:GenerateDataKey action`,
  });
  await grant(allow('s3:*', '*'), allow('kms:GenerateDataKey', key));
  expect(await put()).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key });
  expect((await refusal(get())).message).toContain('kms:Decrypt');
  await grant(allow('s3:*', '*'), allow(['kms:GenerateDataKey', 'kms:Decrypt'], key));
  expect(await (await get()).Body?.transformToString()).toBe('x');
  it.sandbox.disableKmsKey(key);
  expect((await refusal(put())).name).toBe('KMS.DisabledException');
});

test('a key that names who may use it: nobody else may, whatever his own policy says', async () => {
  const user = it.sandbox.createUser('reader');
  await grantTo('reader', [allow(['s3:*', 'kms:*'], '*')]);
  const keyFor = (principal: string) =>
    it.sandbox.createKmsKey({
      Version: '2012-10-17',
      Statement: [{ ...allow('kms:GenerateDataKey', '*'), Principal: { AWS: principal } }],
    });
  const put = (key: string) =>
    s3Of(it.sandbox, user).send(
      new PutObjectCommand({
        ...{ Bucket: bucket, Key: 'named', Body: 'x' },
        ...{ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key },
      }),
    );
  expect(await refusal(put(keyFor(it.sandbox.user.arn)))).toMatchObject({
    name: 'AccessDenied',
    status: 403,
    message: expect.stringContaining('kms:GenerateDataKey'),
  });
  expect(await put(keyFor(user.arn))).toMatchObject({ ServerSideEncryption: 'aws:kms' });
});

test('a bucket whose requester pays: a stranger must say so', async () => {
  const Bucket = 'paid';
  it.sandbox.createBucket(Bucket);
  const stranger = it.sandbox.createForeignUser('999999999999', 'eve');
  const s3 = s3Of(it.sandbox, stranger);
  await it.s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }));
  const read = (more: object = {}) => s3.send(new GetObjectCommand({ Bucket, Key: 'a', ...more }));
  expect((await refusal(read())).name).toBe('AccessDenied');
  const statement = {
    ...allow('s3:GetObject', `arn:aws:s3:::${Bucket}/*`),
    Principal: { AWS: stranger.arn },
  };
  await it.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: documentOf([statement]) }));
  expect((await read()).ContentLength).toBe(1);
  await it.s3.send(
    new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration: { Payer: 'Requester' } }),
  );
  expect((await refusal(read())).name).toBe('AccessDenied');
  expect((await read({ RequestPayer: 'requester' })).RequestCharged).toBe('requester');
});
