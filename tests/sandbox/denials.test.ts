/** AccessDenied says which kind of policy is to blame, in AWS's words, and to whom it is not said. */
import {
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  GetUserCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  DeleteBucketPolicyCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { documentOf, iamOf } from '../parity/server.ts';
import { bucket, type Keys, refusal, type Started, s3Of, start, stsOf } from './start.ts';

const object = `arn:aws:s3:::${bucket}/in/a`;
let it: Started;
let user: Keys & { readonly arn: string };
beforeAll(async () => {
  it = await start();
  user = it.sandbox.createUser('loader');
});
afterAll(() => it[Symbol.asyncDispose]());

const iam = () => {
  const owner = { name: 'practice', ...it.sandbox.user };
  const none = { [Symbol.asyncDispose]: async () => undefined };
  return iamOf({ ...it.sandbox, ...none, owner, user: { name: 'loader', ...user } });
};
const statement = (Effect: string, Action: string, more: object = {}) => ({
  ...{ Effect, Action, Resource: '*' },
  ...more,
});
const grant = (...statements: object[]) =>
  iam().send(
    new PutUserPolicyCommand({
      ...{ UserName: 'loader', PolicyName: 'p', PolicyDocument: documentOf(statements) },
    }),
  );
const bucketPolicy = (more: object) =>
  it.s3.send(
    new PutBucketPolicyCommand({
      Bucket: bucket,
      Policy: documentOf([{ Principal: '*', Resource: `arn:aws:s3:::${bucket}/*`, ...more }]),
    }),
  );
const put = (keys: Keys = user, more: object = {}) =>
  s3Of(it.sandbox, keys).send(new PutObjectCommand({ Bucket: bucket, Key: 'in/a', Body: 'x', ...more }));

let policies = 0;
async function managed(...statements: object[]): Promise<string> {
  const PolicyName = `managed-${++policies}`;
  const { Policy } = await iam().send(
    new CreatePolicyCommand({ PolicyName, PolicyDocument: documentOf(statements) }),
  );
  return Policy?.Arn ?? '';
}
const bound = (PermissionsBoundary: string) =>
  iam().send(new PutUserPermissionsBoundaryCommand({ UserName: 'loader', PermissionsBoundary }));

async function session(Policy?: string, name = 'one'): Promise<Keys & { readonly arn: string }> {
  const RoleArn = it.sandbox.createRole({
    name: 'session',
    trustPolicy: documentOf([
      { Effect: 'Allow', Principal: { AWS: it.sandbox.user.arn }, Action: 'sts:AssumeRole' },
    ]),
    permissionsPolicy: documentOf([statement('Allow', 's3:*')]),
  });
  const { Credentials: found, AssumedRoleUser } = await it.sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: name, Policy }),
  );
  return {
    arn: AssumedRoleUser?.Arn ?? '',
    accessKeyId: found?.AccessKeyId ?? '',
    secretAccessKey: found?.SecretAccessKey ?? '',
    sessionToken: found?.SessionToken ?? '',
  };
}

afterEach(async () => {
  await it.s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
  await iam()
    .send(new DeleteUserPolicyCommand({ UserName: 'loader', PolicyName: 'p' }))
    .catch(() => undefined);
  await iam()
    .send(new DeleteUserPermissionsBoundaryCommand({ UserName: 'loader' }))
    .catch(() => undefined);
});

const because = (who: string, reason: string): object => ({
  name: 'AccessDenied',
  status: 403,
  message: `User: ${who} is not authorized to perform: s3:PutObject on resource: "${object}" ${reason}`,
});

describe('a user', () => {
  test('of no policy, and of one that denies', async () => {
    expect(await refusal(put())).toEqual(
      because(user.arn, 'because no identity-based policy allows the s3:PutObject action'),
    );
    await grant(statement('Allow', 's3:*'), statement('Deny', 's3:Put*'));
    expect(await refusal(put())).toEqual(
      because(user.arn, 'with an explicit deny in an identity-based policy'),
    );
  });

  test('of a managed policy, for as long as it is attached', async () => {
    const PolicyArn = await managed(statement('Allow', 's3:PutObject'));
    await iam().send(new AttachUserPolicyCommand({ UserName: 'loader', PolicyArn }));
    await put();
    await iam().send(new DetachUserPolicyCommand({ UserName: 'loader', PolicyArn }));
    expect(await refusal(put())).toMatchObject({ name: 'AccessDenied' });
  });

  test('kept out by the bucket: by encryption, by endpoint, by address', async () => {
    await grant(statement('Allow', 's3:*'));
    const denied = because(user.arn, 'with an explicit deny in a resource-based policy');
    const deny = { Effect: 'Deny', Action: 's3:PutObject' };
    await bucketPolicy({
      ...deny,
      Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
    });
    expect(await refusal(put())).toEqual(denied);
    await put(user, { ServerSideEncryption: 'aws:kms' });
    await bucketPolicy({ ...deny, Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1a2b3c4d' } } });
    expect(await refusal(put())).toEqual(denied);
    await bucketPolicy({ ...deny, Condition: { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } });
    expect(await refusal(put())).toEqual(denied);
    await bucketPolicy({ ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(await refusal(put())).toEqual(denied);
    await bucketPolicy({ ...deny, Condition: { NotIpAddress: { 'aws:SourceIp': '127.0.0.0/8' } } });
    await put();
  });

  test('held back by a permissions boundary, which grants nothing by itself', async () => {
    await bound(await managed(statement('Allow', 's3:GetObject')));
    await grant(statement('Allow', 's3:*'));
    expect(await refusal(put())).toEqual(
      because(user.arn, 'because no permissions boundary allows the s3:PutObject action'),
    );
    await bound(await managed(statement('Allow', 's3:*'), statement('Deny', 's3:PutObject')));
    expect(await refusal(put())).toEqual(
      because(user.arn, 'with an explicit deny in a permissions boundary'),
    );
    const everything = await managed(statement('Allow', 's3:*'));
    await bound(everything);
    await put();
    const { User } = await iam().send(new GetUserCommand({ UserName: 'loader' }));
    expect(User?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(everything);
    await iam().send(new DeleteUserPolicyCommand({ UserName: 'loader', PolicyName: 'p' }));
    expect((await refusal(put())).message).toContain('because no identity-based policy');
    // A bucket policy that names the user goes past the boundary.
    await bound(await managed(statement('Allow', 'iam:*')));
    await bucketPolicy({ Effect: 'Allow', Action: 's3:PutObject', Principal: { AWS: user.arn } });
    await put();
  });

  test('a listing that is allowed under a prefix alone: HeadBucket is refused, and has no body', async () => {
    const Condition = { StringLike: { 's3:prefix': 'in/*' } };
    await grant(statement('Allow', 's3:ListBucket', { Condition }));
    const s3 = s3Of(it.sandbox, user);
    await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'in/' }));
    expect(await refusal(s3.send(new HeadBucketCommand({ Bucket: bucket })))).toMatchObject({
      status: 403,
      message: expect.not.stringContaining('prefix'),
    });
    expect((await refusal(s3.send(new ListObjectsV2Command({ Bucket: bucket })))).message).toContain(
      'because no identity-based policy allows the s3:ListBucket action',
    );
  });
});

describe('a session', () => {
  test('narrowed by a policy, which allows too little, or denies', async () => {
    const little = await session(documentOf([statement('Allow', 's3:GetObject')]));
    expect(await refusal(put(little))).toEqual(
      because(little.arn, 'because no session policy allows the s3:PutObject action'),
    );
    const denied = await session(documentOf([statement('Allow', 's3:*'), statement('Deny', 's3:PutObject')]));
    expect(await refusal(put(denied))).toEqual(
      because(denied.arn, 'with an explicit deny in a session policy'),
    );
    await put(await session());
  });

  test('that was revoked, as the console does it: by the time when it began', async () => {
    const old = await session();
    await put(old);
    const Condition = { DateLessThan: { 'aws:TokenIssueTime': new Date(Date.now() + 1000).toISOString() } };
    it.sandbox.createRole({
      name: 'session',
      trustPolicy: documentOf([
        { Effect: 'Allow', Principal: { AWS: it.sandbox.user.arn }, Action: 'sts:AssumeRole' },
      ]),
      permissionsPolicy: documentOf([statement('Allow', 's3:*'), statement('Deny', '*', { Condition })]),
    });
    expect(await refusal(put(old))).toEqual(
      because(old.arn, 'with an explicit deny in an identity-based policy'),
    );
    // Keys of a user have no such time.
    await put(it.sandbox.user);
  });
});

describe('the bare words', () => {
  const bare = { name: 'AccessDenied', status: 403, message: 'Access Denied' };

  test('for a caller of another account', async () => {
    const stranger = it.sandbox.createForeignUser('999999999999', 'eve');
    expect(await refusal(put(stranger))).toEqual(bare);
    await bucketPolicy({ Effect: 'Allow', Action: 's3:PutObject', Principal: { AWS: '999999999999' } });
    await put(stranger);
    await bucketPolicy({ Effect: 'Deny', Action: 's3:PutObject' });
    expect(await refusal(put(stranger))).toEqual(bare);
  });

  test('for everybody, where the account tells no more; STS names caller, action and role all the same', async () => {
    await using other = await start({ denials: 'bare' });
    const nobody = other.sandbox.createUser('nobody');
    const refused = s3Of(other.sandbox, nobody).send(
      new PutObjectCommand({ Bucket: bucket, Key: 'in/a', Body: 'x' }),
    );
    expect(await refusal(refused)).toEqual(bare);
    const RoleArn = `arn:aws:iam::${other.sandbox.accountId}:role/missing`;
    const assumed = stsOf(other.sandbox, nobody).send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'one' }),
    );
    expect((await refusal(assumed)).message).toBe(
      `User: ${nobody.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    );
  });
});
