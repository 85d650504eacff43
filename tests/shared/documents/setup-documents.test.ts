import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { startSandbox } from '../../../src/main/sandbox/sandbox.ts';
import { cliScript, cloudFormationTemplate } from '../../../src/shared/documents/setup-documents.ts';
import { permissionsPolicy, trustPolicy } from '../../../src/shared/iam.ts';
import { missingForAwsCli } from '../../support/aws-cli.ts';

const run = promisify(execFile);
const permissions = permissionsPolicy({
  ...{ bucket: 'acme-lake', pathPrefix: "it's $HOME/é", scope: 'prefix', partition: 'aws' },
  withAbort: true,
});
const externalId = 'd12d74f4-d647-4929-a5a6-d329afd916f4';

test('the templates hold the documents unchanged', () => {
  const trust = trustPolicy({ principal: { aws: 'arn:aws:iam::123456789012:user/anna' }, externalId });
  const policy = JSON.parse(cloudFormationTemplate('permissions', permissions));
  expect(policy.Resources.SluicePermissions.Properties.PolicyDocument).toEqual(permissions);
  const role = JSON.parse(cloudFormationTemplate('trust', trust));
  expect(role.Resources.SluiceRole.Properties.AssumeRolePolicyDocument).toEqual(trust);
});

describe.skipIf(missingForAwsCli !== '')(
  missingForAwsCli === ''
    ? 'the scripts, run by bash'
    : `the scripts, run by bash: needs ${missingForAwsCli}`,
  () => {
    test('make policy and role, and run again', { timeout: 60_000 }, async () => {
      const home = mkdtempSync(join(tmpdir(), 'sluice-documents-'));
      const sandbox = await startSandbox({ store: join(home, 'store') });
      try {
        const env = {
          ...{ PATH: process.env.PATH, HOME: home, AWS_EC2_METADATA_DISABLED: 'true' },
          ...{ AWS_ACCESS_KEY_ID: sandbox.user.accessKeyId, AWS_DEFAULT_REGION: sandbox.region },
          AWS_SECRET_ACCESS_KEY: sandbox.user.secretAccessKey,
        };
        // awscli 2.9 does not know AWS_ENDPOINT_URL.
        const endpoint = `aws() { command aws --endpoint-url ${sandbox.endpoint} "$@"; }\n`;
        const bash = async (script: string, ...args: string[]) =>
          (await run('bash', ['-c', endpoint + script, 'script', ...args], { env })).stdout.trim();
        const policyArn = await bash(cliScript('permissions', permissions));
        expect(policyArn).toMatch(/^arn:aws:iam::\d{12}:policy\/sluice-permissions$/);
        const trust = trustPolicy({ principal: { aws: sandbox.user.arn }, externalId });
        const roleArn = await bash(cliScript('trust', trust), policyArn);
        expect(await bash(cliScript('trust', trust))).toBe(roleArn);
        const version = `aws iam get-policy-version --policy-arn ${policyArn} --version-id v1`;
        expect(JSON.parse(await bash(version)).PolicyVersion.Document).toEqual(permissions);
        const assume = `aws sts assume-role --role-arn ${roleArn} --role-session-name documents`;
        await expect(bash(assume)).rejects.toThrow(/AccessDenied/);
        expect(await bash(`${assume} --external-id ${externalId}`)).toContain('SessionToken');
      } finally {
        await sandbox.close();
        rmSync(home, { recursive: true });
      }
    });
  },
);
