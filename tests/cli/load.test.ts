/** Loads, receipts and checks as a person and a script see them. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  destinationArgs,
  errorOf,
  type Installation,
  install,
  type RunningSandbox,
  stackTrace,
} from '../support/cli.ts';
import { type CliAws, must, startCliAws } from '../support/cli-aws.ts';
import {
  endLine,
  estimateDocument,
  jobsDocument,
  previewDocument,
  progressLine,
  receiptDocument,
  verificationDocument,
} from './documents.ts';

let cli: Installation;
let aws: CliAws;
beforeAll(async () => {
  cli = install();
  aws = await startCliAws(cli);
  const database = new DatabaseSync(join(cli.home, 'shop.sqlite'));
  database.exec(`
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);
    INSERT INTO customers VALUES (1, 'Anna'), (2, NULL), (3, '');
    CREATE TABLE vacant (id INTEGER PRIMARY KEY, x TEXT);
    CREATE TABLE large AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 24000)
      SELECT i, hex(randomblob(400)) AS noise FROM n;
    CREATE TABLE repeated AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
      SELECT i, printf('%s lives in %s street %d since %d', char(65 + i % 26), char(97 + i * 7 % 26), i * 31 % 977,
        1900 + i * 13 % 120) AS line FROM n;
    CREATE VIEW broken AS SELECT abs(-9223372036854775807 - id) AS too_much FROM customers`);
  database.close();
  must(await cli.run(['source', 'add', '--name', 'shop', '--url', 'sqlite:shop.sqlite']));
  await pipeline('daily', 'customers', 'vacant', 'large');
});
afterAll(async () => {
  await aws[Symbol.asyncDispose]();
  cli[Symbol.dispose]();
});

async function pipeline(name: string, ...objects: string[]): Promise<void> {
  const where = ['--source', 'shop', '--destination', 'lake', '--destination-prefix', name];
  must(await cli.run(['pipeline', 'add', '--name', name, ...where, '--object', ...objects]));
}

const signedIn = () => ({ env: aws.env });

test('a dry run estimates and writes nothing', async () => {
  const estimate = await cli.document(estimateDocument, ['load', 'daily', '--dry-run'], signedIn());
  const rows = estimate.objects.map(({ object, rows }) => [object, rows]);
  // Beyond the sample, by the numbers of the rows.
  expect(estimate.objects[2]).toMatchObject({ object: 'large', rows: 24_000, exact: false });
  expect(rows.slice(0, 2)).toEqual([
    ['customers', 3],
    ['vacant', 0],
  ]);
  const { stdout, stderr, code } = await cli.run(['load', 'daily', '--dry-run'], signedIn());
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /^customers +3 rows +1 file +about \d+ B +1 request .*\n(.*\n)+(In all|An object whose) .*\n(.*\n)*Nothing was written\.\n$/,
  );
  expect(await aws.keys()).toEqual([]);
  expect((await cli.document(jobsDocument, ['jobs'])).jobs).toEqual([]);
});

describe('a load', () => {
  test('streams progress and ends with one line that says all; preview, history and check agree', async () => {
    const { objects: previewed } = await cli.document(previewDocument, ['preview', 'daily']);
    const { code, lines, stderr } = await cli.json(['load', 'daily', '--force'], signedIn());
    expect(code).toBe(0);
    expect(stderr).toBe('warning: vacant has no rows, so no file was written\n');
    const progress = lines.slice(0, -1).map((line) => progressLine.parse(line));
    expect(new Set(progress.map(({ object }) => object))).toEqual(new Set(['customers', 'vacant', 'large']));
    const sent = progress.filter(({ object }) => object === 'large').map(({ bytesSent }) => bytesSent);
    expect(sent).toEqual([...sent].sort((a, b) => a - b));

    const end = endLine.parse(lines.at(-1));
    expect(end).toMatchObject({
      state: 'completed',
      objects: [{ rows: 3 }, { rows: 0, files: [] }, { rows: 24000 }],
    });
    const { jobId, objects } = end;
    const keys = objects.flatMap(({ files }) => files.map(({ key }) => key));
    expect(keys.toSorted()).toEqual(await aws.keys());
    expect(aws.uploads()).toEqual([]);
    const example = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
    const expected = [previewed[0], previewed[2]].map((object) =>
      object?.firstKey.replace(example, jobId).replace(/-[0-9a-f]{8}\.csv/, `-${jobId.slice(0, 8)}.csv`),
    );
    expect(keys).toEqual(expected);
    expect(await aws.csv(keys[0] ?? '')).toEqual([
      ['id', 'name'],
      ['1', 'Anna'],
      ['2', null],
      ['3', ''],
    ]);

    const { jobs } = await cli.document(jobsDocument, ['jobs']);
    expect(jobs).toMatchObject([{ jobId, pipeline: 'daily', state: 'completed', rows: 24003, files: 2 }]);
    const receipt = await cli.document(receiptDocument, ['jobs', 'show', jobId]);
    expect(receipt.objects.map(({ files }) => files)).toEqual(objects.map(({ files }) => files));
    const checked = await cli.document(verificationDocument, ['jobs', 'verify', jobId], signedIn());
    expect(checked).toMatchObject({ jobId, result: 'passed', files: [{ rows: 3 }, { rows: 24000 }] });
  });

  test('the gzip level of its destination makes its files smaller or larger, and is in the receipt', async () => {
    const { endpoint, region } = aws.sandbox;
    const roleArn = 'arn:aws:iam::123456789012:role/cli';
    const target = { endpoint, region, roleArn, bucket: 'cli-tests' } as RunningSandbox;
    const sizes = new Map<number, number>();
    for (const level of [1, 3, 6]) {
      const name = `level${level}`;
      const add = [...destinationArgs(target, name), '--draft', '--gzip-level', String(level)];
      must(await cli.run(add, signedIn()));
      const where = ['--source', 'shop', '--destination', name, '--destination-prefix', name];
      must(await cli.run(['pipeline', 'add', '--name', name, ...where, '--object', 'customers', 'repeated']));
      const { code, lines } = await cli.json(['load', name, '--network-timeout', '77'], signedIn());
      expect(code).toBe(0);
      const { jobId } = endLine.parse(lines.at(-1));
      const receipt = await cli.document(receiptDocument, ['jobs', 'show', jobId]);
      expect(receipt.options).toMatchObject({
        gzipLevel: level,
        networkTimeout: 77,
        partBytes: 8 * 1024 * 1024,
      });
      sizes.set(level, receipt.objects[1]?.files[0]?.bytes ?? 0);
      const human = await cli.run(['jobs', 'show', jobId]);
      expect(human.stdout).toMatch(new RegExp(`\\ngzip +level ${level}\\n`));
    }
    expect(sizes.get(6)).toBeLessThan((sizes.get(3) ?? 0) * 0.98);
    expect(sizes.get(3)).toBeLessThan(sizes.get(1) ?? 0);
  });

  test('tells a person the files, without a terminal no progress and no colour', async () => {
    const { code, stdout, stderr } = await cli.run(['load', 'daily', '--force'], signedIn());
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Job [0-9a-f-]{36}\ncustomers +3 rows +\d+ B +landing\/daily_shop_customers\/.*\n/,
    );
    expect(stdout).toMatch(/\nvacant +0 rows\nlarge +24,000 rows +\d+\.\d MB +landing.*\nCompleted\.\n$/);
    expect(stderr).toBe('warning: vacant has no rows, so no file was written\n');
    expect(stdout + stderr).not.toContain('\r');
    expect(stdout + stderr).not.toContain('\u001B');

    const jobs = await cli.run(['jobs']);
    const newest = /^([0-9a-f-]{36}) +daily +completed +\S+ +24,003 rows +2 files$/m.exec(jobs.stdout);
    const shown = await cli.run(['jobs', 'show', newest?.[1] ?? '']);
    expect(shown.stdout).toMatch(/^job +.*\npipeline +daily\nstate +completed\n/);
    expect(shown.stdout).toMatch(
      /\ncustomers: completed, 3 rows\n {2}read .*\n {2}content sha256:.*\n {2}landing.*crc32:/,
    );
    const verified = await cli.run(['jobs', 'verify', newest?.[1] ?? ''], signedIn());
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    expect(verified.stdout).toMatch(
      /^✓ +landing.*3 rows, \d+ B\n✓ .*\nEvery file is as the receipt says\.\n$/,
    );
  });

  test('verify finds a file that is not as it was, with exit 1', async () => {
    const { lines } = await cli.json(['load', 'daily', '--force'], signedIn());
    const { jobId, objects } = endLine.parse(lines.at(-1));
    const [first, , large] = objects.map(({ files }) => files[0]?.key ?? '');
    writeFileSync(aws.sandbox.fileOf('cli-tests', first ?? '') ?? '', 'something else');
    rmSync(aws.sandbox.fileOf('cli-tests', large ?? '') ?? '');
    const result = await cli.json(['jobs', 'verify', jobId], signedIn());
    expect(result.code).toBe(1);
    const checked = verificationDocument.parse(result.lines[0]);
    expect(checked.result).toBe('failed');
    expect(checked.files.map(({ verdict, cause }) => verdict === 'failed' && cause !== undefined)).toEqual([
      true,
      true,
    ]);
    const human = await cli.run(['jobs', 'verify', jobId], signedIn());
    expect(human).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^✗ .*\n✗ .*\nSome files are not/),
    });
    expect(human.stdout + human.stderr).not.toMatch(stackTrace);
  });

  test('an object that fails by itself leaves the others: completed with failures, exit 1', async () => {
    await pipeline('partly', 'broken', 'customers');
    const { code, lines } = await cli.json(['load', 'partly', '--force'], signedIn());
    expect(code).toBe(1);
    const end = endLine.parse(lines.at(-1));
    expect(end).toMatchObject({
      state: 'completed_with_failures',
      objects: [
        { object: 'broken', state: 'failed', files: [], error: { code: 'SOURCE_UNREADABLE' } },
        { object: 'customers', state: 'completed' },
      ],
    });
    const human = await cli.run(['load', 'partly', '--force'], signedIn());
    expect(human.code).toBe(1);
    expect(human.stderr).toMatch(/^error: .*overflow.*\n/m);
    expect((await aws.keys()).filter((key) => key.includes('broken'))).toEqual([]);
  });

  test('that fails altogether exits by the family of the reason', async () => {
    await pipeline('failing', 'broken');
    const { code, lines } = await cli.json(['load', 'failing'], signedIn());
    expect(code).toBe(4);
    expect(endLine.parse(lines.at(-1))).toMatchObject({
      state: 'failed',
      error: { code: 'SOURCE_UNREADABLE' },
    });
    const unsigned = await cli.json(['load', 'daily', '--force'], { env: { AWS_REGION: 'us-east-1' } });
    expect(unsigned.code).toBe(3);
    expect(endLine.parse(unsigned.lines.at(-1))).toMatchObject({ error: { code: 'NOT_SIGNED_IN' } });
  });

  test('a reader that leaves does not stop it', async () => {
    const before = (await aws.keys()).length;
    const running = cli.start(['load', 'daily', '--force', '--json'], { ...signedIn(), stdin: '' });
    await running.said(/\n/);
    running.child.stdout.destroy();
    running.child.stderr.destroy();
    const { code } = await running.ended;
    expect(code).toBe(0);
    expect((await aws.keys()).length).toBe(before + 2);
  });
});

test.each([
  [['load'], 2, 'INPUT_INVALID'],
  [['load', 'daily', '--resume', 'd12d74f4-d647-4929-a5a6-d329afd916f4'], 2, 'INPUT_INVALID'],
  [['load', 'dayly'], 2, 'NOT_FOUND'],
  [['load', '--resume', 'x'], 2, 'INPUT_INVALID'],
  [['load', '--resume', 'd12d74f4-d647-4929-a5a6-d329afd916f4'], 2, 'NOT_FOUND'],
  [['load', '--discard', 'd12d74f4-d647-4929-a5a6-d329afd916f4'], 2, 'NOT_FOUND'],
  [['load', '--discard', 'd12d74f4-d647-4929-a5a6-d329afd916f4', '--dry-run'], 2, 'INPUT_INVALID'],
  [['jobs', 'show', 'd12d74f4-d647-4929-a5a6-d329afd916f4'], 2, 'NOT_FOUND'],
  [['jobs', 'verify', 'x'], 2, 'INPUT_INVALID'],
])('%j is refused', async (args, exit, code) => {
  expect(errorOf(await cli.json(args, signedIn()))).toMatchObject({ exit, code });
});
