/** Every way to credentials that can be walked without AWS: who is signed in, and how that was found. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { whoAmI } from '../../src/main/access/identity.ts';
import { type AccessRig, startAccessRig } from './rig.ts';

let rig: AccessRig;
let folder: string;
beforeAll(async () => {
  rig = await startAccessRig();
  folder = mkdtempSync(join(tmpdir(), 'slc-ways-'));
  const { accessKeyId, secretAccessKey, arn } = rig.sandbox.user;
  const Statement = [{ Effect: 'Allow', Principal: { AWS: arn }, Action: 'sts:AssumeRole' }];
  rig.sandbox.createRole({ name: 'hop', trustPolicy: { Version: '2012-10-17', Statement } });
  const keys = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
  writeFileSync(join(folder, 'keys.json'), JSON.stringify(keys));
  writeFileSync(
    join(folder, 'config'),
    [
      ...['[profile vault]', `credential_process = cat ${join(folder, 'keys.json')}`],
      ...['[profile broken]', 'credential_process = false --password canary-secret'],
      ...['[profile hop]', 'role_arn = arn:aws:iam::123456789012:role/hop', 'source_profile = vault'],
      ...['[profile lost]', 'role_arn = arn:aws:iam::123456789012:role/none', 'source_profile = vault', ''],
    ].join('\n'),
  );
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(() => {
  for (const name of ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ENDPOINT_URL', rig.sandbox.endpoint);
});
afterEach(() => vi.unstubAllEnvs());

const of = (profile: string) => whoAmI({ kind: 'profile', profile }, {});
const refusal = async (profile: string) => {
  const error = await of(profile).catch((reason: unknown) => reason as Error & { code: string; fix: string });
  expect(JSON.stringify([(error as Error).message, error])).not.toContain('canary');
  return error;
};

test('the environment', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', rig.sandbox.user.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', rig.sandbox.user.secretAccessKey);
  expect((await whoAmI({ kind: 'default' }, {})).foundBy).toEqual({
    ...{ way: 'environment', words: 'the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY' },
  });
});

test('a program that the profile names', async () => {
  expect(await of('vault')).toMatchObject({
    ...{ kind: 'user', name: 'practice', principal: { aws: rig.sandbox.user.arn } },
    foundBy: { way: 'process', profile: 'vault' },
  });
});

test('a program that fails: no word of its command line, which may hold a secret', async () => {
  expect(await refusal('broken')).toMatchObject({
    ...{
      code: 'NOT_SIGNED_IN',
      message: expect.stringContaining('gives no usable credentials: what it names gave none'),
    },
    fix: expect.stringContaining('credential_process'),
  });
});

test('a chain of roles: the session, its end, and the principal with any path of the role', async () => {
  const identity = await of('hop');
  expect(identity).toMatchObject({
    ...{ kind: 'role', name: 'hop', arn: expect.stringContaining(':assumed-role/hop/') },
    principal: {
      aws: 'arn:aws:iam::123456789012:root',
      arnLike: ['arn:aws:iam::123456789012:role/hop', 'arn:aws:iam::123456789012:role/*/hop'],
    },
    foundBy: {
      way: 'assumed-role',
      profile: 'hop',
      words: expect.stringMatching(/role\/hop with the profile "vault"/),
    },
  });
  expect(Date.parse(identity.foundBy.expiresAt ?? '')).toBeGreaterThan(Date.now());
});

test('a session that may ask for its role names the role itself', async () => {
  const policy = { Effect: 'Allow', Action: 'iam:GetRole', Resource: '*' };
  const { arn } = rig.sandbox.user;
  rig.sandbox.createRole({
    name: 'hop',
    trustPolicy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: arn }, Action: 'sts:AssumeRole' }],
    },
    permissionsPolicy: { Version: '2012-10-17', Statement: [policy] },
  });
  expect((await of('hop')).principal).toEqual({ aws: 'arn:aws:iam::123456789012:role/hop' });
});

test('a chain that is refused, and a profile that is not there', async () => {
  expect(await refusal('lost')).toMatchObject({ message: expect.stringContaining('role/none') });
  expect(await refusal('nobody')).toMatchObject({
    ...{ code: 'NOT_SIGNED_IN', message: 'There is no AWS profile "nobody" on this computer' },
    fix: expect.stringContaining('vault, broken, hop, lost'),
  });
});
