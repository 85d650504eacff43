/** From who am I to a pipeline: everything that is set up before the first load, against `sluice sandbox`. */

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  destinationArgs,
  errorOf,
  type Installation,
  install,
  parseLines,
  type RunningSandbox,
  stackTrace,
  startSandboxCommand,
} from '../support/cli.ts';
import {
  checkLine,
  destinationsDocument,
  objectsDocument,
  pipelinesDocument,
  policyDocument,
  previewDocument,
  removedDocument,
  resultLine,
  savedLine,
  savedPipelineDocument,
  savedSourceDocument,
  sourcesDocument,
  whoamiDocument,
} from './documents.ts';

let cli: Installation;
let sandbox: RunningSandbox;
beforeAll(async () => {
  cli = install();
  sandbox = await startSandboxCommand(cli);
  const database = new DatabaseSync(join(cli.home, 'shop.sqlite'));
  database.exec(`
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE "a/b" (x TEXT); CREATE TABLE "a_b" (x TEXT);
    CREATE VIEW rich AS SELECT name FROM customers`);
  database.close();
});
afterAll(() => cli[Symbol.dispose]());

const signedIn = () => ({ env: sandbox.env });
const signedOut = { env: { AWS_REGION: 'eu-central-1' } };

describe('whoami', () => {
  test('prints the identity that signs', async () => {
    const identity = await cli.document(whoamiDocument, ['whoami'], signedIn());
    expect(identity).toMatchObject({ partition: 'aws', principal: { aws: identity.arn } });
    const { stdout, stderr, code } = await cli.run(['whoami'], signedIn());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(identity.arn);
    expect(stdout).not.toContain(sandbox.secretAccessKey);
  });

  test('without credentials: not signed in, exit 3, with the way to sign in', async () => {
    const shown = errorOf(await cli.json(['whoami'], signedOut));
    expect(shown).toMatchObject({
      exit: 3,
      code: 'NOT_SIGNED_IN',
      fix: expect.stringMatching(/aws sso login/),
    });
    const named = errorOf(await cli.json(['whoami', '--profile', 'nobody'], signedOut));
    expect(named).toMatchObject({ exit: 3, code: 'NOT_SIGNED_IN', fix: expect.stringContaining('nobody') });
    const { stdout, stderr } = await cli.run(['whoami'], signedOut);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: .*credentials.*\n.*aws/);
    expect(stderr).not.toMatch(stackTrace);
  });

  test.each([
    ['another secret', { AWS_SECRET_ACCESS_KEY: 'wrong-secret-wrong-secret' }, 3, 'SECRET_KEY_WRONG'],
    ['an unknown key', { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' }, 3, 'CREDENTIALS_INVALID'],
    ['nobody listens', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, 1, 'DESTINATION_UNREACHABLE'],
  ])('%s', async (_, env, exit, code) => {
    const result = await cli.json(['whoami'], { env: { ...sandbox.env, ...env } });
    expect(errorOf(result)).toMatchObject({ exit, code });
    expect(result.stdout).not.toContain('wrong-secret');
  });
});

describe('trust', () => {
  test('is for the identity that is signed in, with the external ID of this installation', async () => {
    const { arn } = await cli.document(whoamiDocument, ['whoami'], signedIn());
    const externalId = (await cli.run(['external-id'])).stdout.trim();
    const policy = await cli.document(policyDocument, ['trust'], signedIn());
    expect(policy.Statement).toMatchObject([
      {
        Principal: { AWS: arn },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': externalId } },
      },
    ]);
  });

  test('for a principal by name nobody needs to be signed in', async () => {
    const args = ['trust', '--principal', 'arn:aws:iam::123456789012:user/anna', '--external-id', 'mine-1'];
    const [statement] = (await cli.document(policyDocument, args)).Statement;
    expect(statement?.Principal).toEqual({ AWS: 'arn:aws:iam::123456789012:user/anna' });
    expect(JSON.stringify(statement?.Condition)).toContain('mine-1');
  });

  test('refuses what is no principal', async () => {
    expect(errorOf(await cli.json(['trust', '--principal', 'anna']))).toMatchObject({ exit: 2 });
    expect(errorOf(await cli.json(['trust'], signedOut))).toMatchObject({ exit: 3, code: 'NOT_SIGNED_IN' });
  });
});

describe('destination', () => {
  test('add streams the checks, the result, and whether it is saved', async () => {
    const { code, lines, stderr } = await cli.json(destinationArgs(sandbox), signedIn());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const checks = lines.slice(0, -2).map((line) => checkLine.parse(line));
    expect(checks.every(({ verdict }) => verdict === 'passed')).toBe(true);
    expect(checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['identity', 'assume-role', 'put', 'get', 'delete', 'list']),
    );
    expect(resultLine.parse(lines.at(-2))).toEqual({ result: 'passed' });
    expect(savedLine.parse(lines.at(-1))).toEqual({ saved: true });
    expect(errorOf(await cli.json(destinationArgs(sandbox), signedIn()))).toMatchObject({
      exit: 2,
      code: 'NAME_TAKEN',
    });
  });

  test('test streams the checks and the result', async () => {
    const { code, lines } = await cli.json(['destination', 'test', 'lake'], signedIn());
    expect(code).toBe(0);
    for (const line of lines.slice(0, -1)) checkLine.parse(line);
    expect(resultLine.parse(lines.at(-1))).toEqual({ result: 'passed' });
    const human = await cli.run(['destination', 'test', 'lake'], signedIn());
    expect(human).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/✓ put/) });
    const lost = errorOf(await cli.json(['destination', 'test', 'laek']));
    expect(lost).toMatchObject({ exit: 2, code: 'NOT_FOUND', fix: expect.stringContaining('lake') });
  });

  test('denied access saves nothing and exits with 3, with the statement that is missing', async () => {
    const wrong = destinationArgs(sandbox, 'denied').map((arg) =>
      arg === sandbox.roleArn ? `${sandbox.roleArn}-of-others` : arg,
    );
    const { code, stdout, stderr, lines } = await cli.json([...wrong, '--no-wait'], signedIn());
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    const failed = lines.slice(0, -2).map((line) => checkLine.parse(line));
    expect(failed.at(-1)).toMatchObject({ check: 'assume-role', verdict: 'failed' });
    expect(policyDocument.parse(JSON.parse(failed.at(-1)?.statement ?? ''))).toBeDefined();
    expect(lines.slice(-2)).toEqual([{ result: 'failed' }, { saved: false }]);
    expect(stdout).not.toContain(sandbox.secretAccessKey);
    const human = await cli.run([...wrong, '--no-wait'], signedIn());
    expect(human).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/✗ assume-role: .*\n.*aws iam create-role .*Not saved/s),
    });
  });

  test('a role that comes while the test runs is waited for, and only stderr tells', async () => {
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    const iam = new IAMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
    const { stdout: trust } = await cli.run(['trust'], signedIn());
    const { stdout: policy } = await cli.run(['policy', '--bucket', sandbox.bucket, '--with-abort']);
    const late = destinationArgs(sandbox, 'late').map((arg) =>
      arg === sandbox.roleArn ? sandbox.roleArn.replace(/\/[^/]+$/, '/late') : arg,
    );
    const running = cli.start([...late, '--json'], signedIn());
    running.child.stdin.end();
    await running.said(/warning: assume-role: there is no role named late .*; trying again for \d+ s/);
    await iam.send(new CreateRoleCommand({ RoleName: 'late', AssumeRolePolicyDocument: trust }));
    await iam.send(new PutRolePolicyCommand({ RoleName: 'late', PolicyName: 'p', PolicyDocument: policy }));
    iam.destroy();
    const { code, stdout } = await running.ended;
    const lines = parseLines(stdout);
    expect(lines.slice(-2)).toEqual([{ result: 'passed' }, { saved: true }]);
    for (const line of lines.slice(0, -2)) checkLine.parse(line);
    expect(code).toBe(0);
    expect(await cli.run(['destination', 'remove', 'late'])).toMatchObject({ code: 0 });
  });

  test('a bucket that is not there exits with 1', async () => {
    const wrong = destinationArgs(sandbox, 'gone').map((arg) => (arg === sandbox.bucket ? 'no-bucket' : arg));
    const { code, lines } = await cli.json(wrong, signedIn());
    expect(code).toBe(1);
    expect(lines.at(-1)).toEqual({ saved: false });
  });

  test('--draft saves untested; list and remove', async () => {
    const draft = await cli.json([...destinationArgs(sandbox, 'later'), '--draft']);
    expect(draft).toMatchObject({ code: 0, lines: [{ saved: true }] });
    const { destinations } = await cli.document(destinationsDocument, ['destination', 'list']);
    expect(destinations).toEqual([
      expect.objectContaining({ name: 'lake', access: 'role', pathPrefix: 'landing', state: 'tested' }),
      expect.objectContaining({ name: 'later', state: 'draft', testedAt: null }),
    ]);
    expect((await cli.run(['destination', 'list'])).stdout).toMatch(/^lake .*tested.*\nlater .*draft\n$/);
    const removed = await cli.document(removedDocument, ['destination', 'remove', 'later']);
    expect(removed).toEqual({ removed: 'later' });
    expect((await cli.run(['destination', 'list'])).stdout).not.toContain('later');
  });

  test.each([
    ['a bad bucket', ['--bucket', 'No'], /bucket/],
    ['no role', ['--role-arn', 'arn:aws:iam::1:user/x-long-enough'], /role/],
    ['a bad endpoint', ['--endpoint', 'ftp://x'], /endpoint/],
    ['a bad region', ['--region', 'EU west'], /region/],
  ])('refuses %s', async (_, args, words) => {
    const shown = errorOf(await cli.json([...destinationArgs(sandbox, 'bad'), ...args]));
    expect(shown).toMatchObject({ exit: 2, code: 'INPUT_INVALID', message: expect.stringMatching(words) });
  });

  test('access keys need their secret, and never as an argument', async () => {
    const args = [
      'destination',
      'add',
      '--name',
      'k',
      '--access',
      'keys',
      '--bucket',
      'bucket',
      '--region',
      'r',
    ];
    const without = errorOf(await cli.json(args));
    expect(without).toMatchObject({ exit: 2, message: expect.stringContaining('--access-key-id') });
    const key = [...args, '--access-key-id', 'AKIAIOSFODNN7EXAMPLE'];
    expect(errorOf(await cli.json(key))).toMatchObject({
      exit: 2,
      fix: expect.stringContaining('--secret-access-key-stdin'),
    });
    expect(errorOf(await cli.json([...key, '--secret-access-key-stdin'], { stdin: '\n' }))).toMatchObject({
      exit: 2,
      message: expect.stringContaining('standard input is empty'),
    });
  });
});

describe('source', () => {
  test('add, list, objects, remove', async () => {
    const args = ['source', 'add', '--name', 'shop', '--url', 'sqlite:shop.sqlite'];
    const saved = await cli.document(savedSourceDocument, args);
    expect(saved.source).toEqual({ name: 'shop', kind: 'sqlite', database: 'shop' });
    expect(await cli.document(sourcesDocument, ['source', 'list'])).toEqual({ sources: [saved.source] });
    const { objects } = await cli.document(objectsDocument, ['source', 'objects', 'shop']);
    expect(objects.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      ...['table a/b', 'table a_b', 'table customers', 'view rich'],
    ]);
    expect(objects[2]).toMatchObject({
      schema: null,
      columns: [{ name: 'id', type: 'INTEGER' }, { name: 'name' }],
    });
    expect((await cli.run(['source', 'objects', 'shop'])).stdout).toMatch(/^customers +table .*2 columns$/m);

    await cli.document(savedSourceDocument, [
      'source',
      'add',
      '--name',
      'twin',
      '--url',
      'sqlite:shop.sqlite',
    ]);
    expect(await cli.document(removedDocument, ['source', 'remove', 'twin'])).toEqual({ removed: 'twin' });
    expect(errorOf(await cli.json(['source', 'remove', 'twin']))).toMatchObject({
      exit: 2,
      code: 'NOT_FOUND',
    });
    expect(errorOf(await cli.json(args))).toMatchObject({ exit: 2, code: 'NAME_TAKEN' });
  });

  test.each([
    ['sqlite:nothing-here.sqlite', 4, 'SOURCE_NOT_FOUND'],
    ['sqlite:.', 4, undefined],
    ['postgres://u@127.0.0.1:1/d', 4, 'SOURCE_UNREACHABLE'],
    ['postgres://u@no-such-host.invalid/d', 4, 'SOURCE_UNREACHABLE'],
    ['mysql://u@127.0.0.1:1/d', 4, 'SOURCE_UNREACHABLE'],
    ['mysql://u@127.0.0.1', 2, 'INPUT_INVALID'],
    ['ftp://h/x', 2, 'INPUT_INVALID'],
    ['sqlite:', 2, 'INPUT_INVALID'],
    ['postgres://u@127.0.0.1:port/d', 2, 'INPUT_INVALID'],
  ])('%s cannot be added', async (url, exit, code) => {
    const shown = errorOf(await cli.json(['source', 'add', '--name', 'bad', '--url', url]));
    expect(shown).toMatchObject({ exit, ...(code === undefined ? {} : { code }) });
    const { stdout, stderr } = await cli.run(['source', 'add', '--name', 'bad', '--url', url]);
    expect(stdout).toBe('');
    expect(stderr).toBe(`error: ${shown.message}.\n${shown.fix}\nMore: sluice explain ${shown.code}\n`);
  });
});

describe('pipeline', () => {
  const add = (name: string, ...args: string[]) => [
    ...['pipeline', 'add', '--name', name, '--source', 'shop', '--destination', 'lake'],
    ...['--destination-prefix', 's3_1', ...args],
  ];

  test('add, list, preview, remove', async () => {
    const args = add('daily', '--object', 'customers', '--object', 'a/b', '--time-zone', 'Asia/Tokyo');
    const { pipeline } = await cli.document(savedPipelineDocument, args);
    expect(pipeline.objects).toEqual(['customers', 'a/b']);
    expect(pipeline.partitionKey).toBe('${YEAR}/${MONTH}/${DAY}/${JOB_ID}');
    expect(await cli.document(pipelinesDocument, ['pipeline', 'list'])).toEqual({ pipelines: [pipeline] });

    const { objects, collisions } = await cli.document(previewDocument, ['preview', 'daily']);
    expect(collisions).toEqual([]);
    expect(objects.map(({ object }) => object)).toEqual(['customers', 'a/b']);
    for (const { path, pathUtc, firstKey, keyBytes } of objects) {
      expect(path).toMatch(
        /^landing\/s3_1_shop_(customers|a_b)\/year=\d{4}\/month=\d\d\/day=\d\d\/job_id=[^/]{36}\/$/,
      );
      expect(pathUtc).toMatch(/^landing\//);
      expect(firstKey).toMatch(/\/part-00001-[0-9a-f]{8}\.csv\.gz$/);
      expect(firstKey.startsWith(path)).toBe(true);
      expect(keyBytes).toBe(Buffer.byteLength(firstKey));
    }
    expect(objects[1]?.sanitised).toEqual([{ part: 'object', from: 'a/b', to: 'a_b' }]);

    const human = await cli.run(['preview', 'daily']);
    expect(human.stdout).toMatch(
      /^customers {2}\(\d+ of 1,024 bytes\)\n {2}landing\/.*\n {2}part-00001-[0-9a-f]{8}\.csv\.gz {2}is the first file\n {2}landing\/.*in UTC\n/,
    );
    expect(human.stderr).toBe('warning: a/b: the object "a/b" is written as "a_b"\n');
    expect(await cli.document(removedDocument, ['pipeline', 'remove', 'daily'])).toEqual({
      removed: 'daily',
    });
  });

  test('objects that would share a directory are refused with both names', async () => {
    const shown = errorOf(await cli.json(add('both', '--object', 'a/b', '--object', 'a_b')));
    expect(shown).toMatchObject({ exit: 2, code: 'PATH_COLLISION' });
    expect(shown.message).toMatch(/a\/b.*a_b/);
    await cli.document(savedPipelineDocument, add('one', '--object', 'a/b'));
    expect(errorOf(await cli.json(add('two', '--object', 'a_b')))).toMatchObject({ code: 'PATH_COLLISION' });
    const prefixed = ['pipeline', 'add', '--name', 'two', '--source', 'shop', '--destination', 'lake'];
    await cli.document(savedPipelineDocument, [...prefixed, '--destination-prefix', 'z', '--object', 'a_b']);
    expect((await cli.run(['pipeline', 'list'])).stdout.split('\n')).toHaveLength(3);
  });

  test('what a pipeline uses is not removed under it', async () => {
    for (const kind of ['destination', 'source']) {
      const name = kind === 'source' ? 'shop' : 'lake';
      const shown = errorOf(await cli.json([kind, 'remove', name]));
      expect(shown).toMatchObject({ exit: 2, code: 'IN_USE', message: expect.stringContaining('"one"') });
    }
  });

  test.each([
    [['--object', 'custmers'], 4, 'OBJECT_NOT_FOUND', /customers/],
    [['--object', 'customers', '--all'], 2, 'INPUT_INVALID', /--all/],
    [[], 2, 'INPUT_INVALID', /--object/],
    [['--object', 'customers', '--partition-key', 'x'], 2, 'PARTITION_KEY_INVALID', /\$\{/],
    [['--object', 'customers', '--time-zone', 'Nowhere'], 2, 'INPUT_INVALID', /Nowhere/],
    [['--all'], 2, 'PATH_COLLISION', /a_b/],
    [['--object', 'customers', 'customers'], 2, 'INPUT_INVALID', /twice/],
  ])('refuses %j', async (args, exit, code, words) => {
    const shown = errorOf(await cli.json(add('bad', ...args)));
    expect(shown).toMatchObject({ exit, code });
    expect(`${shown.message} ${shown.fix}`).toMatch(words);
  });

  test('refuses what is not there, with the nearest name', async () => {
    const shown = errorOf(await cli.json(['preview', 'oen']));
    expect(shown).toMatchObject({ exit: 2, code: 'NOT_FOUND', fix: expect.stringContaining('"one"') });
    const args = ['pipeline', 'add', '--name', 'x', '--destination-prefix', '', '--all'];
    const lost = errorOf(await cli.json([...args, '--source', 'shp', '--destination', 'lake']));
    expect(lost).toMatchObject({ exit: 2, code: 'NOT_FOUND', fix: expect.stringContaining('"shop"') });
  });
});

test('the sandbox ends well when it is told to, and says so to nobody', async () => {
  sandbox.command.child.kill('SIGINT');
  const { code, stdout, stderr } = await sandbox.command.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(parseLines(stdout)).toHaveLength(1);
});
