import { ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetAccessKeyInfoCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucket, type Keys, refusal, type Started, s3Of, start, stsOf } from './start.ts';

const externalId = '8a6ecb44-1111-4222-8333-944455556666';
const account = '123456789012';

const everything = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
};

let it: Started;
let now = Date.now();
beforeAll(async () => {
  it = await start({ clock: () => new Date(now) });
});
afterAll(() => it[Symbol.asyncDispose]());

const statement = (more: object = {}): object => ({
  Effect: 'Allow',
  Principal: { AWS: it.sandbox.user.arn },
  Action: 'sts:AssumeRole',
  ...more,
});
const needsId = (key = 'sts:ExternalId', value: unknown = externalId): object => ({
  Condition: { StringEquals: { [key]: value } },
});
const role = (name: string, ...Statement: object[]): string =>
  it.sandbox.createRole({
    name,
    trustPolicy: { Version: '2012-10-17', Statement },
    permissionsPolicy: everything,
    maxSessionSeconds: 7200,
  });
const assume = (RoleArn: string, more: object = {}, keys: Keys = it.sandbox.user) =>
  stsOf(it.sandbox, keys).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'sluice', ...more }));

async function sessionOf(RoleArn: string, more: object = {}): Promise<Required<Keys>> {
  const { Credentials: found } = await assume(RoleArn, more);
  return {
    accessKeyId: found?.AccessKeyId ?? '',
    secretAccessKey: found?.SecretAccessKey ?? '',
    sessionToken: found?.SessionToken ?? '',
  };
}

describe('GetCallerIdentity', () => {
  test('of the user', async () => {
    const identity = await it.sts.send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({ Account: account, Arn: `arn:aws:iam::${account}:user/practice` });
    expect(identity.UserId).toMatch(/^AIDA[A-Z2-7]{16}$/);
    expect(identity.$metadata.requestId).toMatch(/^[0-9A-F]{16}$/);
  });

  test('of a session', async () => {
    const keys = await sessionOf(role('identity', statement()));
    expect(keys.accessKeyId).toMatch(/^ASIA/);
    const identity = await stsOf(it.sandbox, keys).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(`arn:aws:sts::${account}:assumed-role/identity/sluice`);
    expect(identity.UserId).toMatch(/^AROA[A-Z2-7]{16}:sluice$/);
  });

  test('another operation is not built, and says so', async () => {
    expect(
      await refusal(it.sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: it.sandbox.user.accessKeyId }))),
    ).toMatchObject({
      name: 'NotImplemented',
      status: 501,
    });
  });
});

describe('AssumeRole', () => {
  test('with the external ID, and not without or with a wrong one', async () => {
    const arn = role('loader', statement(needsId()));
    expect(arn).toBe(`arn:aws:iam::${account}:role/loader`);
    const answer = await assume(arn, { ExternalId: externalId });
    expect(answer.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${account}:assumed-role/loader/sluice`);
    expect(answer.AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{16}:sluice$/);
    expect(answer.Credentials?.Expiration?.getTime()).toBe(Math.floor(now / 1000) * 1000 + 3_600_000);
    for (const more of [{}, { ExternalId: 'another-one' }, { ExternalId: externalId.toUpperCase() }]) {
      expect(await refusal(assume(arn, more))).toEqual({
        name: 'AccessDenied',
        status: 403,
        message: `User: ${it.sandbox.user.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn} because no role trust policy allows the sts:AssumeRole action`,
      });
    }
  });

  test('a role that does not exist gets the same answer', async () => {
    const arn = `arn:aws:iam::${account}:role/nobody`;
    expect(await refusal(assume(arn))).toMatchObject({
      name: 'AccessDenied',
      message: `User: ${it.sandbox.user.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn} because no role trust policy allows the sts:AssumeRole action`,
    });
  });

  const id = { ExternalId: externalId };
  const ifExists = { Condition: { StringEqualsIfExists: { 'sts:ExternalId': externalId } } };
  const ofPrincipal = (resource: string): object => ({
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:${resource}` } },
  });
  test.each([
    ['the account root', { Principal: { AWS: `arn:aws:iam::${account}:root` } }, {}, true],
    ['the account id', { Principal: { AWS: account } }, {}, true],
    ['everybody', { Principal: '*' }, {}, true],
    ['everybody of AWS', { Principal: { AWS: '*' } }, {}, true],
    [
      'a list',
      { Principal: { AWS: ['arn:aws:iam::111122223333:user/x', `arn:aws:iam::${account}:root`] } },
      {},
      true,
    ],
    ['another role', { Principal: { AWS: `arn:aws:iam::${account}:role/loader` } }, {}, false],
    ['another account', { Principal: { AWS: 'arn:aws:iam::999999999999:root' } }, {}, false],
    ['a service', { Principal: { Service: 'ec2.amazonaws.com' } }, {}, false],
    ['the condition key in other letters', needsId('STS:externalid'), id, true],
    ['one of several ids', needsId('sts:ExternalId', ['x', externalId]), id, true],
    ['another action', { Action: 'sts:TagSession' }, {}, false],
    ['every action', { Action: ['sts:*'] }, {}, true],
    ['any ID that there is', { Condition: { StringLike: { 'sts:ExternalId': '*' } } }, id, true],
    ['any ID, and none is sent', { Condition: { StringLike: { 'sts:ExternalId': '*' } } }, {}, false],
    ['the ID, if there is one', ifExists, {}, true],
    ['the ID, if there is one, and a wrong one is sent', ifExists, { ExternalId: 'wrong' }, false],
    ['this computer', { Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } } }, {}, true],
    ['a key that is absent', needsId('aws:PrincipalTag/team', 'x'), id, false],
    ['the account, narrowed to this user', ofPrincipal('user/practice'), {}, true],
    ['the account, narrowed to another', ofPrincipal('role/*'), {}, false],
  ])('trust in %s', async (_, more, request, allowed) => {
    const arn = role('trust', statement(more));
    const outcome = assume(arn, request);
    if (allowed) expect((await outcome).Credentials?.SessionToken).toBeDefined();
    else expect(await refusal(outcome)).toMatchObject({ name: 'AccessDenied', status: 403 });
  });

  test('a Deny wins', async () => {
    const deny = { Effect: 'Deny' };
    expect(await refusal(assume(role('deny', statement(), statement(deny))))).toMatchObject({
      name: 'AccessDenied',
    });
    // Keys of a user carry no word about a second factor, so only the form with IfExists denies them.
    const unknown = { ...deny, Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } } };
    expect(await refusal(assume(role('deny', statement(), statement(unknown))))).toMatchObject({
      name: 'AccessDenied',
    });
    const elsewhere = { ...deny, Principal: { AWS: 'arn:aws:iam::111122223333:user/x' } };
    expect((await assume(role('deny', statement(), statement(elsewhere)))).Credentials).toBeDefined();
  });

  test.each([
    ['a short session', { DurationSeconds: 899 }, 'greater than or equal to 900'],
    ['a long session', { DurationSeconds: 43_201 }, 'less than or equal to 43200'],
    ["more than the role's maximum", { DurationSeconds: 7201 }, 'exceeds the MaxSessionDuration'],
    ['a session name of one letter', { RoleSessionName: 'x' }, "'roleSessionName'"],
    ['a session name with a space', { RoleSessionName: 'a b' }, "'roleSessionName'"],
    ['an external ID of one letter', { ExternalId: 'x' }, "'externalId'"],
    ['an external ID with a blank', { ExternalId: 'a b' }, "'externalId'"],
    ['a short ARN', { RoleArn: 'arn:aws:iam' }, "'roleArn'"],
  ])('%s is a ValidationError', async (_, more, text) => {
    const refused = await refusal(assume(role('valid', statement()), more));
    expect(refused).toMatchObject({ name: 'ValidationError', status: 400 });
    expect(refused.message).toContain(text);
  });

  test('a role that assumes a role gets an hour at most', async () => {
    const first = role('first', statement());
    const keys = await sessionOf(first);
    const second = role('second', statement({ Principal: { AWS: first } }));
    expect((await assume(second, {}, keys)).Credentials).toBeDefined();
    expect(await refusal(assume(second, {}))).toMatchObject({ name: 'AccessDenied' });
    expect(await refusal(assume(second, { DurationSeconds: 3601 }, keys))).toMatchObject({
      name: 'ValidationError',
    });
  });

  test('a second, open statement opens the role', async () => {
    const arn = role('half-open', statement(needsId()), statement());
    expect((await assume(arn)).Credentials).toBeDefined();
  });

  test('a principal that does not exist is refused when the policy is set', () => {
    const nobody = `arn:aws:iam::${account}:user/nobody`;
    expect(() => role('nobody', statement({ Principal: { AWS: nobody } }))).toThrow(
      `Invalid principal in policy: "AWS":"${nobody}"`,
    );
  });

  test('a policy handed over narrows the session', async () => {
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 's3:PutObject', Resource: '*' },
    });
    const keys = await sessionOf(role('narrow', statement()), { Policy });
    const s3 = s3Of(it.sandbox, keys);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'narrow', Body: 'x' }));
    const refused = await refusal(s3.send(new ListBucketsCommand({})));
    expect(refused.message).toContain('because no session policy allows the s3:ListAllMyBuckets action');
    const malformed = await refusal(assume(role('narrow', statement()), { Policy: '{}' }));
    expect(malformed.name).toBe('MalformedPolicyDocumentException');
  });

  test('a parameter that is not understood is not ignored', async () => {
    const refused = await refusal(assume(role('tags', statement()), { Tags: [{ Key: 'a', Value: 'b' }] }));
    expect(refused).toMatchObject({ name: 'NotImplemented' });
  });

  test('a trust policy that is none is refused when the role is made', () => {
    for (const trustPolicy of ['{', '{}', '{"Statement":[{"Effect":"Maybe"}]}', '[]']) {
      expect(() => it.sandbox.createRole({ name: 'bad', trustPolicy })).toThrow(/trust policy/);
    }
    expect(() => it.sandbox.createRole({ name: 'a/b', trustPolicy: '{}' })).toThrow('role name');
  });
});

describe('sessions', () => {
  const list = (keys: Keys) => s3Of(it.sandbox, keys).send(new ListBucketsCommand({}));
  const whoAmI = (keys: Keys) => stsOf(it.sandbox, keys).send(new GetCallerIdentityCommand({}));

  test('work on S3, and only whole', async () => {
    const keys = await sessionOf(role('session', statement()));
    await s3Of(it.sandbox, keys).send(new PutObjectCommand({ Bucket: bucket, Key: 'by-role', Body: 'x' }));
    const { sessionToken: _, ...bare } = keys;
    const other = await sessionOf(role('session', statement()));
    const swapped = { ...keys, sessionToken: other.sessionToken };
    const cut = { ...keys, sessionToken: keys.sessionToken.slice(1) };
    const wrongSecret = { ...keys, secretAccessKey: other.secretAccessKey };
    const ofUser = { ...it.sandbox.user, sessionToken: keys.sessionToken };
    expect(await refusal(list(bare))).toMatchObject({ name: 'InvalidAccessKeyId', status: 403 });
    expect(await refusal(list(swapped))).toMatchObject({ name: 'InvalidToken', status: 400 });
    expect(await refusal(list(cut))).toMatchObject({ name: 'InvalidToken', status: 400 });
    expect(await refusal(list(ofUser))).toMatchObject({ name: 'InvalidToken', status: 400 });
    expect(await refusal(list(wrongSecret))).toMatchObject({ name: 'SignatureDoesNotMatch', status: 403 });
    for (const wrong of [bare, swapped, cut, ofUser]) {
      expect(await refusal(whoAmI(wrong))).toMatchObject({ name: 'InvalidClientTokenId', status: 403 });
    }
    expect(await refusal(whoAmI(wrongSecret))).toMatchObject({ name: 'SignatureDoesNotMatch', status: 403 });
  });

  test('end when they said', async () => {
    const keys = await sessionOf(role('short', statement()), { DurationSeconds: 900 });
    const begin = now;
    try {
      now = begin + 899_000 - (begin % 1000);
      await list(keys);
      now = begin + 900_000;
      expect(await refusal(list(keys))).toMatchObject({ name: 'ExpiredToken', status: 400 });
      expect(await refusal(whoAmI(keys))).toMatchObject({ name: 'ExpiredToken', status: 403 });
    } finally {
      now = begin;
    }
  });

  test('unknown keys', async () => {
    const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' };
    expect(await refusal(list(keys))).toMatchObject({ name: 'InvalidAccessKeyId', status: 403 });
    expect(await refusal(whoAmI(keys))).toMatchObject({ name: 'InvalidClientTokenId', status: 403 });
  });
});
