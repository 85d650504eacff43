/** `sluice setup` prints the whole setup in three forms; `policy` and `trust` print their parts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { errorOf, type Installation, install } from '../support/cli.ts';
import { policyDocument } from './documents.ts';

let cli: Installation;
beforeAll(() => {
  cli = install();
});
afterAll(() => cli[Symbol.dispose]());

const anna = ['--principal', 'arn:aws:iam::123456789012:user/anna'];
const bucket = ['--bucket', 'acme-lake', '--region', 'eu-central-1'];

const stepsDocument = z.strictObject({
  steps: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      steps: z.array(
        z.strictObject({
          text: z.string(),
          link: z.url().optional(),
          paste: z.strictObject({ what: z.string(), text: z.string() }).optional(),
        }),
      ),
    }),
  ),
});

describe('setup', { timeout: 300_000 }, () => {
  test('is steps for people, with links, what to paste, and the command that follows', async () => {
    const { code, stdout, stderr } = await cli.run(['setup', ...bucket, ...anna]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const externalId = (await cli.run(['external-id'])).stdout.trim();
    expect(stdout).toMatch(/^The bucket\n {2}1\. /);
    expect(stdout).toContain('https://console.aws.amazon.com/iam/home#/roles/create');
    expect(stdout).toContain(externalId);
    expect(stdout).toContain('sluice destination add --name NAME --access role --bucket acme-lake');
    const { steps } = await cli.document(stepsDocument, ['setup', ...bucket, ...anna]);
    expect(steps.map(({ id }) => id)).toEqual(['bucket', 'policy', 'role']);
  });

  test('of access keys needs nobody to be signed in', async () => {
    const args = ['setup', ...bucket, '--access', 'keys'];
    const { steps } = await cli.document(stepsDocument, args);
    expect(steps.map(({ id }) => id)).toEqual(['bucket', 'policy', 'user', 'access-key']);
    const script = await cli.run([...args, '--format', 'cli', '--user-name', 'loader']);
    expect(script.stdout).toContain("user_name='loader'");
    const template = await cli.run([...args, '--format', 'cloudformation']);
    expect(JSON.parse(template.stdout).Resources).toHaveProperty('SluiceUser');
  });

  test('is in the partition of its region, and refuses a role that would have to reach across', async () => {
    const china = ['setup', '--bucket', 'acme-lake', '--region', 'cn-north-1'];
    const { stdout } = await cli.run([...china, '--access', 'keys']);
    expect(stdout).toContain('arn:aws-cn:s3:::acme-lake');
    expect(stdout).toContain('https://console.amazonaws.cn/iam/home#/users/create');
    const across = errorOf(await cli.json([...china, ...anna]));
    expect(across).toMatchObject({ exit: 2, code: 'INPUT_INVALID' });
    expect(across.message).toContain('no role reaches across');
  });

  test.each([
    [['--role-name', "a'b"], /name of a role/],
    [['--role-name', 'x'.repeat(65)], /64 characters/],
    [['--policy-name', 'x'.repeat(129)], /128 characters/],
    [['--kms-key', 'alias/mine'], /not the ARN of a KMS key/],
  ])('refuses %j', async (args, message) => {
    const shown = errorOf(await cli.json(['setup', ...bucket, ...anna, '--format', 'cli', ...args]));
    expect(shown).toMatchObject({ exit: 2, code: 'INPUT_INVALID' });
    expect(shown.message).toMatch(message);
  });
});

test('policy --kms-key adds the use of that key, and takes no alias', { timeout: 300_000 }, async () => {
  const arn = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f';
  const policy = await cli.document(policyDocument, ['policy', '--bucket', 'acme-lake', '--kms-key', arn]);
  expect(policy.Statement.at(-1)).toEqual({
    ...{ Sid: 'SluiceEncryptionKey', Effect: 'Allow', Resource: arn },
    Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
  });
  const alias = arn.replace(/key\/.*/, 'alias/mine');
  const refused = errorOf(await cli.json(['policy', '--bucket', 'acme-lake', '--kms-key', alias]));
  expect(refused.message).toContain('alias');
  const elsewhere = ['policy', '--bucket', 'acme-lake', '--partition', 'aws-cn', '--kms-key', arn];
  expect(errorOf(await cli.json(elsewhere)).message).toContain('partition');
});
