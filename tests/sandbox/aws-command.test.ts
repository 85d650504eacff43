/** The `aws` command, which nobody here wrote, takes the sandbox for AWS. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { permissionsPolicy, printPolicy, trustPolicy } from '../../src/shared/iam.ts';
import { type AwsCli, awsCli, missingForAwsCli } from '../support/aws-cli.ts';
import { type Started, start } from './start.ts';

const externalId = 'b4a7c1de-0b1f-4f6e-9a52-5d1f6f3f0b11';

describe.skipIf(missingForAwsCli !== '')(
  missingForAwsCli === '' ? 'the aws command' : `the aws command: needs ${missingForAwsCli}`,
  // Each command starts a Python of its own: seconds, on a machine that is busy.
  { timeout: 300_000 },
  () => {
    let it: Started;
    let aws: AwsCli;
    beforeAll(async () => {
      it = await start();
      aws = awsCli(it.sandbox.endpoint, it.sandbox.region, it.sandbox.user);
    });
    afterAll(async () => {
      aws[Symbol.dispose]();
      await it[Symbol.asyncDispose]();
    });
    const file = (name: string): string => join(aws.folder, name);
    const lines = async (...args: string[]): Promise<string[]> => {
      const { code, stdout, stderr } = await aws.run(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return stdout.trimEnd().split('\n');
    };

    test('copies, lists, moves, syncs and removes', async () => {
      const large = randomBytes(20 * 1024 * 1024);
      writeFileSync(file('large.bin'), large);
      await lines('s3', 'mb', 's3://cli-bucket');
      await lines('s3', 'cp', '--no-progress', 'large.bin', 's3://cli-bucket/in/large.bin');
      const [listed = ''] = await lines('s3', 'ls', 's3://cli-bucket/in/');
      expect(listed).toMatch(/ 20971520 large\.bin$/);
      await lines('s3', 'cp', '--no-progress', 's3://cli-bucket/in/large.bin', 'back.bin');
      expect(readFileSync(file('back.bin')).equals(large)).toBe(true);
      const stream = await aws.run(['s3', 'cp', '-', 's3://cli-bucket/in/stream'], { input: 'from a pipe' });
      expect(stream).toMatchObject({ code: 0, stderr: '' });
      expect(await lines('s3', 'cp', 's3://cli-bucket/in/stream', '-')).toEqual(['from a pipe']);
      await lines('s3', 'mv', 's3://cli-bucket/in/stream', 's3://cli-bucket/out/moved name+ü');
      await lines('s3', 'sync', '--no-progress', 's3://cli-bucket/out', 'synced');
      expect(readFileSync(file('synced/moved name+ü'), 'utf8')).toBe('from a pipe');
      const [address = ''] = await lines('s3', 'presign', 's3://cli-bucket/out/moved name+ü');
      expect(await (await fetch(address)).text()).toBe('from a pipe');
      await lines('s3', 'rm', '--recursive', 's3://cli-bucket');
      await lines('s3', 'rb', 's3://cli-bucket');
    });

    test('is told what is wrong in the words of AWS', async () => {
      const missing = await aws.run(['s3', 'ls', 's3://no-such-bucket']);
      expect(missing.code).not.toBe(0);
      expect(missing.stderr).toContain('(NoSuchBucket) when calling the ListObjectsV2 operation');
      await aws.json([
        ...['s3api', 'create-bucket', '--bucket', 'far-away'],
        ...['--create-bucket-configuration', 'LocationConstraint=eu-west-1'],
      ]);
      const location = await aws.json(['s3api', 'get-bucket-location', '--bucket', 'far-away']);
      expect(location).toEqual({ LocationConstraint: 'eu-west-1' });
      const wrong = await aws.run(['iam', 'get-role', '--role-name', 'nobody']);
      expect(wrong.stderr).toContain('(NoSuchEntity) when calling the GetRole operation');
    });

    test('versions, locks, tags, encryption and lifecycle', async () => {
      const of = (...args: string[]) =>
        aws.json(['s3api', args[0] ?? '', '--bucket', 'kept', ...args.slice(1)]);
      await of('create-bucket', '--object-lock-enabled-for-bucket');
      writeFileSync(file('a'), 'one');
      const put = ['put-object', '--key', 'a', '--body', 'a'];
      const first = (await of(...put, '--checksum-algorithm', 'SHA256')) as { VersionId: string };
      expect(first).toMatchObject({ ServerSideEncryption: 'AES256', ChecksumSHA256: expect.any(String) });
      writeFileSync(file('a'), 'two');
      await of(...put);
      await of('delete-object', '--key', 'a');
      const versions = await of('list-object-versions');
      expect(versions).toMatchObject({ Versions: [{}, {}], DeleteMarkers: [{ IsLatest: true }] });
      await of('get-object', '--key', 'a', '--version-id', first.VersionId, 'back');
      expect(readFileSync(file('back'), 'utf8')).toBe('one');
      const tagging = '{"TagSet":[{"Key":"team","Value":"x"}]}';
      await of('put-object-tagging', '--key', 'a', '--version-id', first.VersionId, '--tagging', tagging);
      const tags = await of('get-object-tagging', '--key', 'a', '--version-id', first.VersionId);
      expect(tags).toMatchObject({ TagSet: [{ Key: 'team', Value: 'x' }] });
      const hold = ['--key', 'a', '--version-id', first.VersionId];
      await of('put-object-legal-hold', ...hold, '--legal-hold', 'Status=ON');
      const refused = await aws.run(['s3api', 'delete-object', '--bucket', 'kept', ...hold]);
      expect(refused.stderr).toContain('(AccessDenied)');
      const rule = {
        ID: 'x',
        Status: 'Enabled',
        Filter: {},
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      };
      await of(
        'put-bucket-lifecycle-configuration',
        '--lifecycle-configuration',
        JSON.stringify({ Rules: [rule] }),
      );
      expect(await of('get-bucket-lifecycle-configuration')).toMatchObject({ Rules: [rule] });
      expect(await of('get-bucket-encryption')).toMatchObject({
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      });
    });

    test('the whole setup of an access: policy, role, trust, keys', { timeout: 300_000 }, async () => {
      const { accountId, user } = it.sandbox;
      await aws.json(['s3api', 'create-bucket', '--bucket', 'lake']);
      const place = { bucket: 'lake', pathPrefix: '', scope: 'bucket', partition: 'aws' } as const;
      writeFileSync(file('policy.json'), printPolicy(permissionsPolicy({ ...place, withAbort: true })));
      const trust = trustPolicy({ principal: { aws: user.arn }, externalId });
      writeFileSync(file('trust.json'), printPolicy(trust));
      await aws.json([
        'iam',
        'create-policy',
        '--policy-name',
        'sluice',
        '--policy-document',
        'file://policy.json',
      ]);
      const made = await aws.json([
        ...['iam', 'create-role', '--role-name', 'sluice'],
        ...['--assume-role-policy-document', 'file://trust.json'],
      ]);
      const roleArn = `arn:aws:iam::${accountId}:role/sluice`;
      // The client shows the document decoded.
      expect(made).toMatchObject({ Role: { Arn: roleArn, AssumeRolePolicyDocument: trust } });
      const assume = ['sts', 'assume-role', '--role-arn', roleArn, '--role-session-name', 'cli'];
      const without = await aws.run(assume);
      expect(without.stderr).toContain('is not authorized to perform: sts:AssumeRole');
      const session = (await aws.json([...assume, '--external-id', externalId])) as {
        Credentials: { AccessKeyId: string; SecretAccessKey: string; SessionToken: string };
      };
      const { AccessKeyId, SecretAccessKey, SessionToken } = session.Credentials;
      const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
      writeFileSync(file('x'), 'x');
      const put = ['s3api', 'put-object', '--bucket', 'lake', '--key', 'x', '--body', 'x'];
      const early = await aws.run(put, { keys });
      expect(early.stderr).toContain('because no identity-based policy allows the s3:PutObject action');
      const policyArn = `arn:aws:iam::${accountId}:policy/sluice`;
      await aws.json(['iam', 'attach-role-policy', '--role-name', 'sluice', '--policy-arn', policyArn]);
      expect(await aws.json(put, { keys })).toHaveProperty('ETag');
      expect((await aws.json(['sts', 'get-caller-identity'], { keys })) as object).toMatchObject({
        Arn: `arn:aws:sts::${accountId}:assumed-role/sluice/cli`,
      });

      await aws.json(['iam', 'create-user', '--user-name', 'loader']);
      const created = (await aws.json(['iam', 'create-access-key', '--user-name', 'loader'])) as {
        AccessKey: { AccessKeyId: string; SecretAccessKey: string };
      };
      const own = {
        accessKeyId: created.AccessKey.AccessKeyId,
        secretAccessKey: created.AccessKey.SecretAccessKey,
      };
      expect((await aws.run(put, { keys: own })).stderr).toContain('(AccessDenied)');
      await aws.json(['iam', 'attach-user-policy', '--user-name', 'loader', '--policy-arn', policyArn]);
      expect(await aws.json(put, { keys: own })).toHaveProperty('ETag');
      const inactive = ['--user-name', 'loader', '--access-key-id', own.accessKeyId, '--status', 'Inactive'];
      await aws.json(['iam', 'update-access-key', ...inactive]);
      expect((await aws.run(put, { keys: own })).stderr).toContain('(InvalidAccessKeyId)');
      const conflict = await aws.run(['iam', 'delete-policy', '--policy-arn', policyArn]);
      expect(conflict.stderr).toContain('(DeleteConflict)');
    });
  },
);
