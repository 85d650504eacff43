/** The scripts, run by bash with the `aws` command against an IAM; what they make must pass the connection test. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { defaultNames, pieceOf, type SetupPieces } from '../../../src/shared/documents/setup-pieces.ts';
import { setupScript } from '../../../src/shared/documents/setup-script.ts';
import { type PolicyWishes, permissionsPolicy, trustPolicy } from '../../../src/shared/iam.ts';
import { type AccessRig, bucketName, checksOf, externalId, startAccessRig } from '../../access/rig.ts';
import { missingForAwsCli } from '../../support/aws-cli.ts';

/** What a shell, a heredoc or a template could trip over. */
const odd = "it's $HOME/é & $(id) !x; *?";

test('a name that IAM would not take is refused before a script has it', () => {
  const document = trustPolicy({ principal: { aws: 'arn:aws:iam::123456789012:user/anna' }, externalId });
  for (const name of ['', "a'; rm -rf /", 'x'.repeat(65), 'ä']) {
    expect(() => setupScript({ role: { name, document } })).toThrow(/name/);
  }
  expect(setupScript({ role: { name: 'x'.repeat(64), document } })).toContain('x'.repeat(64));
});

test('the default names fit, whatever the bucket', () => {
  const { policy, role, user } = defaultNames('b'.repeat(63));
  expect([policy.length, role.length, user.length]).toEqual([70, 64, 64]);
});

describe.skipIf(missingForAwsCli !== '')(
  missingForAwsCli === '' ? 'the scripts' : `the scripts: needs ${missingForAwsCli}`,
  () => {
    let rig: AccessRig;
    let count = 0;
    let name = '';
    beforeAll(async () => {
      rig = await startAccessRig();
    });
    afterAll(() => rig[Symbol.asyncDispose]());
    beforeEach(() => {
      name = `sluice-${++count}`;
    });

    const trust = (id = externalId) =>
      trustPolicy({ principal: { aws: rig.sandbox.user.arn }, externalId: id });
    const permissions = (wishes: Partial<PolicyWishes & { pathPrefix: string }> = {}) =>
      permissionsPolicy({
        ...{ bucket: bucketName, pathPrefix: 'in', scope: 'prefix', partition: 'aws', withAbort: true },
        ...wishes,
      });
    const whole = (): SetupPieces => ({
      policy: { name, document: permissions() },
      role: { name, document: trust() },
    });

    /** Runs it, and tells exit code and both streams. A stand-in for `aws` adds the endpoint. */
    async function bash(script: string, ...args: string[]) {
      const { endpoint, region, user } = rig.sandbox;
      const env = {
        ...{ PATH: process.env.PATH, HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' },
        ...{ AWS_ACCESS_KEY_ID: user.accessKeyId, AWS_SECRET_ACCESS_KEY: user.secretAccessKey },
        ...{ AWS_DEFAULT_REGION: region, LC_ALL: 'C.UTF-8' },
      };
      // Older versions of the command do not know AWS_ENDPOINT_URL.
      const standIn = `aws() { command aws --endpoint-url ${endpoint} "$@"; }\n`;
      try {
        const done = await promisify(execFile)('bash', ['-c', standIn + script, 'script', ...args], { env });
        return { code: 0, stdout: done.stdout.trimEnd(), stderr: done.stderr };
      } catch (error) {
        const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
        return { code, stdout: stdout.trimEnd(), stderr };
      }
    }
    const made = async (pieces: SetupPieces, ...args: string[]): Promise<string> => {
      const done = await bash(setupScript(pieces), ...args);
      expect(done).toMatchObject({ code: 0 });
      return done.stdout;
    };
    const failing = (checks: Awaited<ReturnType<typeof checksOf>>) =>
      checks.filter(({ verdict }) => ['failed', 'warning'].includes(verdict));

    test('make policy and role, run again, and are told to change', { timeout: 600_000 }, async () => {
      const roleArn = await made(whole());
      expect(roleArn).toBe(`arn:aws:iam::${rig.sandbox.accountId}:role/${name}`);
      const checks = await checksOf(rig.role({}, roleArn), rig.context);
      expect(failing(checks)).toEqual([]);
      expect(checks.map(({ check }) => check)).toContain('assume-role-with-wrong-external-id');

      const again = await bash(setupScript(whole()));
      expect(again).toMatchObject({ code: 0, stdout: roleArn });
      expect(again.stderr).toContain(`The policy ${name} is there already.`);
      expect(again.stderr).toContain(`The role ${name} is there already.`);

      // What says something else is left alone, until the script is told to change it.
      const other = { ...whole(), policy: { name, document: permissions({ withAbort: false }) } };
      const refused = await bash(setupScript(other));
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toMatch(
        /There is the policy .* already, and it does not say the same\..*--update/s,
      );
      const wrongId = { role: { name, document: trust('another-id') } };
      const trusted = await bash(setupScript(wrongId));
      expect(trusted).toMatchObject({ code: 1, stdout: '' });
      expect(trusted.stderr).toContain(`There is the role ${name} already`);
      expect(failing(await checksOf(rig.role({}, roleArn), rig.context))).toEqual([]);

      const changed = await bash(setupScript({ ...other, ...wrongId }), '--update');
      expect(changed).toMatchObject({ code: 0, stdout: roleArn });
      expect(changed.stderr).toContain('IAM keeps what it said before as v1');
      const after = await checksOf(rig.role({}, roleArn), { ...rig.context, externalId: 'another-id' });
      expect(failing(after).map(({ verdict }) => verdict)).not.toContain('failed');
    });

    test('in two steps: the policy prints its ARN, which the role takes', { timeout: 600_000 }, async () => {
      const policyArn = await made(pieceOf('permissions', permissions()));
      expect(policyArn).toBe(`arn:aws:iam::${rig.sandbox.accountId}:policy/sluice-${bucketName}`);
      const roleArn = await made(pieceOf('trust', trust()), policyArn);
      expect(failing(await checksOf(rig.role({}, roleArn), rig.context))).toEqual([]);
      const unknown = await bash(setupScript(pieceOf('trust', trust())), 'sluice-policy');
      expect(unknown).toMatchObject({ code: 2, stdout: '' });
      expect(unknown.stderr).toContain('not sluice-policy');
    });

    test('make a user and one access key; run again, no second one', { timeout: 600_000 }, async () => {
      const pieces: SetupPieces = { policy: { name, document: permissions() }, user: { name } };
      const [header, line = ''] = (await made(pieces)).split('\n');
      expect(header).toBe('Access key ID,Secret access key');
      const [accessKeyId = '', secret = ''] = line.split(',');
      const context = { ...rig.context, secretAccessKey: async () => secret };
      const settings = rig.keys({ access: { type: 'keys', accessKeyId } });
      expect(failing(await checksOf(settings, context))).toEqual([]);
      const again = await bash(setupScript(pieces));
      expect(again).toMatchObject({ code: 0, stdout: '' });
      expect(again.stderr).toContain(`It has the access key ${accessKeyId} already`);
      expect(again.stderr).not.toContain(secret);
      const otherPolicy = { ...pieces, policy: { name: `${name}-2`, document: permissions() } };
      const stranger = await bash(setupScript(otherPolicy));
      expect(stranger).toMatchObject({ code: 1, stdout: '' });
      expect(stranger.stderr).toContain(`There is the user ${name} already`);
    });

    test('hand an odd path prefix on to the letter, and run nothing of it', {
      timeout: 600_000,
    }, async () => {
      const document = permissions({ pathPrefix: odd });
      const policyArn = await made({ policy: { name, document } });
      const { stdout } = await bash(
        `aws iam get-policy-version --policy-arn ${policyArn} --version-id v1 --query PolicyVersion.Document --output json`,
      );
      expect(JSON.parse(stdout)).toEqual(document);
    });

    test('end at any other answer of IAM, and do not close the shell', { timeout: 600_000 }, async () => {
      const denied = `aws() { echo 'An error occurred (AccessDenied) when calling the operation' >&2; return 254; }\n`;
      const script = `${denied}${setupScript(whole())}\necho still here $?`;
      const { stdout, stderr } = await bash(script);
      expect(stdout).toMatch(/^still here [1-9]/);
      expect(stderr).toContain('AccessDenied');
      expect(stderr).not.toContain('Made');
    });
  },
);
