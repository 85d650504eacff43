/** Commands that need nothing but this computer, and where they look for folders. */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorOf, type Installation, install, sluiceScript, stackTrace } from '../support/cli.ts';
import { externalIdDocument, pathDocument, policyDocument } from './documents.ts';

let cli: Installation;
beforeAll(() => {
  cli = install();
});
afterAll(() => cli[Symbol.dispose]());

const example = [
  ...['path', '--path-prefix', 's3-dest', '--destination-prefix', 's3_1', '--database', 'db1'],
  ...['--schema', 'public', '--object', 'table_1', '--at', '2024-11-27'],
  ...['--job-id', 'd12d74f4-d647-4929-a5a6-d329afd916f4'],
];
const examplePath =
  's3-dest/s3_1_db1_public_table_1/year=2024/month=11/day=27/job_id=d12d74f4-d647-4929-a5a6-d329afd916f4/';

describe('path', () => {
  test('prints the example to the letter, and nothing else', async () => {
    expect(await cli.run(example)).toMatchObject({ code: 0, stdout: `${examplePath}\n`, stderr: '' });
    const document = await cli.document(pathDocument, example);
    expect(document).toEqual({
      path: examplePath,
      keyBytes: examplePath.length + 'part-00001-d12d74f4.csv.gz'.length,
      sanitised: [],
    });
  });

  test('names what could not stay as it was', async () => {
    const args = ['path', '--database', 'a/b', '--object', 'x', '--partition-key', 'd/${DATE}'];
    const { code, stdout, stderr } = await cli.run([...args, '--at', '2024-11-27T23:30:00-02:00']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'a_b_x/d/date=2024-11-28/\n' });
    expect(stderr).toBe('warning: the database "a/b" is written as "a_b"\n');
    expect(await cli.document(pathDocument, args)).toMatchObject({
      sanitised: [{ part: 'database', from: 'a/b', to: 'a_b' }],
    });
  });

  test('takes the time zone for the folders, UTC for a time without a zone', async () => {
    const args = ['path', '--database', 'd', '--object', 'o', '--partition-key', '${DATE}/${HOUR}'];
    const at = ['--at', '2024-11-27T23:30:00'];
    expect((await cli.run([...args, ...at])).stdout).toBe('d_o/date=2024-11-27/hour=23/\n');
    const berlin = await cli.run([...args, ...at, '--time-zone', 'Europe/Berlin']);
    expect(berlin.stdout).toBe('d_o/date=2024-11-28/hour=00/\n');
  });

  test.each([
    ['--partition-key', '${YAER}', 'PARTITION_KEY_INVALID', /YEAR/],
    ['--partition-key', 'none', 'PARTITION_KEY_INVALID', /at least one/],
    ['--at', 'yesterday', 'INPUT_INVALID', /ISO 8601/],
    ['--at', '2024-13-01', 'INPUT_INVALID', /ISO 8601/],
    ['--job-id', 'x', 'INPUT_INVALID', /./],
    ['--time-zone', 'Mars/Base', 'INPUT_INVALID', /./],
    ['--path-prefix', 'long/'.repeat(250), 'PATH_TOO_LONG', /1,?024/],
  ])('refuses a bad %s (%#)', async (option, value, code, words) => {
    const args = ['path', '--database', 'd', '--object', 'o', option, value];
    const shown = errorOf(await cli.json(args));
    expect(shown).toMatchObject({ exit: 2, code });
    expect(`${shown.message} ${shown.fix}`).toMatch(words);
    const { stdout, stderr } = await cli.run(args);
    expect(stdout).toBe('');
    expect(stderr).toBe(`error: ${shown.message}.\n${shown.fix}\nMore: sluice explain ${shown.code}\n`);
  });

  test('writes nothing to the data folder', async () => {
    using fresh = install();
    await fresh.run(example);
    expect(existsSync(fresh.dataDir)).toBe(false);
  });
});

describe('policy', () => {
  test('is JSON with and without --json', async () => {
    const args = ['policy', '--bucket', 'my-bucket', '--path-prefix', '/landing/', '--scope', 'prefix'];
    const { code, stdout, stderr } = await cli.run([...args, '--with-abort']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(policyDocument.parse(JSON.parse(stdout))).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'SluiceListBucket',
          Effect: 'Allow',
          Action: ['s3:ListBucket'],
          Resource: 'arn:aws:s3:::my-bucket',
          Condition: { StringLike: { 's3:prefix': ['landing/*'] } },
        },
        {
          Sid: 'SluiceObjects',
          Effect: 'Allow',
          Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
          Resource: 'arn:aws:s3:::my-bucket/landing/*',
        },
      ],
    });
  });

  test('follows bucket and partition', async () => {
    const args = ['policy', '--bucket', 'my-bucket', '--partition', 'aws-cn'];
    const policy = await cli.document(policyDocument, args);
    expect(policy.Statement.map(({ Resource }) => Resource)).toEqual([
      'arn:aws-cn:s3:::my-bucket',
      'arn:aws-cn:s3:::my-bucket/*',
    ]);
  });

  test.each([[['--bucket', 'No_Bucket']], [['--bucket', 'my-bucket', '--partition', 'azure']]])(
    'refuses %j',
    async (args) => {
      expect(errorOf(await cli.json(['policy', ...args]))).toMatchObject({ exit: 2, code: 'INPUT_INVALID' });
    },
  );
});

describe('the data folder', () => {
  const externalId = async (args: readonly string[] = [], options = {}): Promise<string> =>
    (await cli.document(externalIdDocument, ['external-id', ...args], options)).externalId;

  test('keeps the external ID, private to its owner', async () => {
    const { code, stdout } = await cli.run(['external-id']);
    expect(code).toBe(0);
    expect(`${await externalId()}\n`).toBe(stdout);
    expect(statSync(cli.dataDir).mode & 0o777).toBe(0o700);
  });

  test('is --data-dir before SLUICE_DATA_DIR before the folder of the app', async () => {
    const app = join(cli.home, '.config', 'Sluice');
    expect(existsSync(app)).toBe(false);
    const inApp = await externalId([], { env: { SLUICE_DATA_DIR: undefined } });
    expect(existsSync(app)).toBe(true);
    const inOption = await externalId(['--data-dir', join(cli.home, 'mine')]);
    expect(existsSync(join(cli.home, 'mine'))).toBe(true);
    expect(new Set([inApp, inOption, await externalId()]).size).toBe(3);
  });

  test('relative ones count from where the user stands', async () => {
    const stands = join(cli.home, 'stands');
    mkdirSync(stands);
    await externalId(['--data-dir', 'here'], { cwd: stands });
    expect(existsSync(join(stands, 'here'))).toBe(true);
    await externalId(['--data-dir', 'there'], { cwd: '/', env: { INIT_CWD: stands } });
    expect(existsSync(join(stands, 'there'))).toBe(true);
    await externalId([], { cwd: '/', env: { INIT_CWD: stands, SLUICE_DATA_DIR: 'everywhere' } });
    expect(existsSync(join(stands, 'everywhere'))).toBe(true);
  });

  test('that cannot be made is an error with its path', async () => {
    writeFileSync(join(cli.home, 'file'), '');
    const shown = errorOf(await cli.json(['external-id', '--data-dir', 'file/x']));
    expect(shown).toMatchObject({ exit: 1, code: 'DATA_FOLDER_UNUSABLE' });
    expect(shown.message).toContain(join(cli.home, 'file/x'));
  });
});

test('npm runs it from any folder, with relative paths from there and nothing else on stdout', async () => {
  const checkout = fileURLToPath(new URL('../..', import.meta.url));
  const npm = (args: readonly string[]) =>
    cli.spawn('npm', ['run', '-s', '--prefix', checkout, 'sluice', '--', ...args], { stdin: '' }).ended;
  const path = await npm(example);
  expect(path).toMatchObject({ code: 0, stdout: `${examplePath}\n` });
  expect((await npm(['external-id', '--data-dir', 'by-npm', '--json'])).stdout).toMatch(/^\{"externalId":/);
  expect(existsSync(join(cli.home, 'by-npm'))).toBe(true);
  expect(await npm(['path'])).toMatchObject({ code: 2, stdout: '' });
});

test('a reader that leaves early is no error', async () => {
  const script = `"$0" "$1" policy --bucket my-bucket | head -1; echo "\${PIPESTATUS[0]}"`;
  const command = [process.execPath, fileURLToPath(sluiceScript)];
  const { stdout, stderr } = await cli.spawn('bash', ['-c', script, ...command]).ended;
  expect({ stdout, stderr }).toEqual({ stdout: '{\n0\n', stderr: '' });
  // The reader is gone before the first byte.
  const closed = `"$0" "$1" policy --bucket my-bucket | true; echo "\${PIPESTATUS[0]}"`;
  const gone = await cli.spawn('bash', ['-c', closed, ...command]).ended;
  expect({ stdout: gone.stdout, stderr: gone.stderr }).toEqual({ stdout: '0\n', stderr: '' });
});

test('a fault inside shows no stack', async () => {
  using broken = install();
  mkdirSync(join(broken.dataDir, 'history.db'), { recursive: true });
  const { code, stderr } = await broken.run(['jobs']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: .*history\.db/);
  expect(stderr).not.toMatch(stackTrace);
});

test('path starts without the AWS SDK, the drivers, the keychain and the prompt', async () => {
  const trace = `import {registerHooks} from 'node:module';
    registerHooks({load(url, context, next) { process._rawDebug(url); return next(url, context); }});`;
  const { code, stderr } = await cli.spawn(process.execPath, [
    ...['--import', `data:text/javascript,${encodeURIComponent(trace)}`],
    ...[fileURLToPath(sluiceScript), ...example],
  ]).ended;
  expect(code).toBe(0);
  const modules = stderr.split('\n').filter((url) => url.startsWith('file:'));
  expect(modules.filter((url) => /@aws-sdk|\/pg\/|@inquirer|@orpc|keytar/.test(url))).toEqual([]);
  expect(modules.length).toBeGreaterThan(10);
});
