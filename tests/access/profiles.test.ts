/** The AWS profiles of a computer: what each one leads to, without asking anybody and without telling a secret. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { currentProfile, describeProfiles, readProfiles } from '../../src/main/access/profiles.ts';

const config = `
[default]
region = eu-central-1
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Data
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-central-1
[services local]
s3 =
  endpoint_url = http://localhost:9000
[profile prod]
role_arn = arn:aws:iam::210987654321:role/team/loader
source_profile = default
[profile "with spaces"]
[profile deep]
role_arn = arn:aws:iam::210987654321:role/deep
source_profile = prod
[profile vault]
credential_process = /usr/bin/vault-keys
[profile pod]
web_identity_token_file = /tmp/token
role_arn = arn:aws:iam::210987654321:role/pod
[profile box]
role_arn = arn:aws:iam::210987654321:role/box
credential_source = Ec2InstanceMetadata
[profile web]
login_session = arn:aws:iam::123456789012:user/anna
[profile old.sso]
sso_start_url = https://corp.awsapps.com/start
sso_account_id = 123456789012
[profile one]
role_arn = arn:aws:iam::210987654321:role/one
source_profile = two
[profile two]
role_arn = arn:aws:iam::210987654321:role/two
source_profile = one
[profile lost]
region = eu-west-1
`;
const credentials = `
[keys]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = canary-secret
`;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'slc-profiles-'));
  writeFileSync(join(folder, 'config'), config);
  writeFileSync(join(folder, 'credentials'), credentials);
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
  vi.stubEnv('AWS_PROFILE', undefined);
});
afterEach(() => vi.unstubAllEnvs());

const shown = async () => describeProfiles(await readProfiles());
const named = async (name: string) => (await shown()).find((profile) => profile.name === name);

test.each([
  ['default', 'sso', 'aws sso login --profile default'],
  ['prod', 'assumed-role', 'aws sso login --profile default'],
  ['deep', 'assumed-role', 'aws sso login --profile default'],
  ['vault', 'process', undefined],
  ['pod', 'web-identity', undefined],
  ['box', 'assumed-role', undefined],
  ['web', 'login', 'aws login --profile web'],
  ['old.sso', 'sso', 'aws sso login --profile old.sso'],
  ['keys', 'profile', undefined],
  ['lost', 'unknown', undefined],
  ['one', 'assumed-role', undefined],
])('the profile %s: %s', async (name, way, signIn) => {
  const profile = await named(name);
  expect(profile?.way).toBe(way);
  expect(profile?.signIn).toBe(signIn);
});

test('other sections are no profiles, and no secret is told', async () => {
  const text = JSON.stringify(await shown());
  expect(text).not.toMatch(/canary|AKIA|sso-session|services/);
});

test('a chain is told to its end', async () => {
  expect((await named('deep'))?.words).toBe(
    'the profile "deep", which assumes arn:aws:iam::210987654321:role/deep with the profile "prod", which assumes ' +
      'arn:aws:iam::210987654321:role/team/loader with the profile "default", signed in through IAM Identity Center',
  );
  expect((await named('box'))?.words).toContain('with the role of the EC2 instance');
  expect(await named('prod')).toMatchObject({
    accountId: '210987654321',
    role: expect.stringContaining('loader'),
  });
  expect(await named('default')).toMatchObject({
    region: 'eu-central-1',
    role: 'Data',
    accountId: '123456789012',
  });
});

test('the current profile is the one of the environment, else the one named default', async () => {
  const profiles = await readProfiles();
  expect(currentProfile(profiles)).toBe('default');
  vi.stubEnv('AWS_PROFILE', 'vault');
  expect(currentProfile(profiles)).toBe('vault');
  vi.stubEnv('AWS_PROFILE', 'nobody');
  expect(currentProfile(profiles)).toBeUndefined();
});

test('a computer without the files has no profiles', async () => {
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent/config');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent/credentials');
  expect(await readProfiles()).toEqual({});
});
