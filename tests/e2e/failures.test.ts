/** What may break in a load, seen from the command line: a clear error, the right exit code, and nothing left. */

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { endLine, jobsDocument } from '../cli/documents.ts';
import {
  type CliResult,
  destinationArgs,
  errorOf,
  type Installation,
  install,
  parseLines,
  type RunningSandbox,
  stackTrace,
} from '../support/cli.ts';
import { type CliAws, must, startCliAws } from '../support/cli-aws.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { canMount, fillDisk, smallDisk } from '../support/small-disk.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

/** More than one part of 8 MiB after gzip: 24,000 rows of 800 random hex digits are 19 MB, half of it zipped. */
const rows = 24_000;

let cli: Installation;
let aws: CliAws;
beforeAll(async () => {
  cli = install();
  aws = await startCliAws(cli);
  await makeShop(cli);
});
beforeEach(() => {
  aws.intercept = undefined;
});
afterAll(async () => {
  await aws[Symbol.asyncDispose]();
  cli[Symbol.dispose]();
});

/** A SQLite source `shop` with a large and a small table, and pipelines of that name. */
async function makeShop(installation: Installation): Promise<void> {
  const path = join(installation.home, 'shop.sqlite');
  const database = new DatabaseSync(path);
  database.exec(`CREATE TABLE large AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n
    WHERE i < ${rows}) SELECT i, hex(randomblob(400)) AS noise FROM n; CREATE TABLE small AS SELECT 1 AS a, 2 AS b`);
  database.close();
  must(await installation.run(['source', 'add', '--name', 'shop', '--url', `sqlite:${path}`]));
  for (const name of ['large', 'small']) await pipeline(installation, name, 'shop', name);
}

async function pipeline(
  on: Installation,
  name: string,
  source: string,
  object: string,
  destination = 'lake',
) {
  const where = ['--source', source, '--destination', destination, '--destination-prefix', name];
  must(
    await on.run(['pipeline', 'add', '--name', name, ...where, '--object', object], { env: environment() }),
  );
}

let password: string | undefined;
const environment = () => ({ ...aws.env, PGPASSWORD: password });

/** How the job ended, in one shape for errors before it began and in the middle. */
interface Failure {
  readonly exit: number | null;
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

function failureOf(result: CliResult, ended: 'failed' | 'interrupted' = 'failed'): Failure {
  expect(result.stdout + result.stderr).not.toMatch(stackTrace);
  const last = parseLines(result.stdout).at(-1);
  if (typeof last === 'object' && last !== null && 'error' in last && !('event' in last))
    return errorOf(result);
  const { error, state } = endLine.parse(last);
  expect(state).toBe(ended);
  if (error === undefined) throw new Error('the job failed without an error');
  return { ...error, exit: result.code };
}

/** Loads, expects a failure, and that the bucket is as it was before. */
async function fails(
  name: string,
  env: Readonly<Record<string, string | undefined>> = environment(),
): Promise<Failure> {
  const before = await aws.keys();
  const failure = failureOf(await cli.json(['load', name], { env }));
  expect(await aws.keys()).toEqual(before);
  expect(aws.uploads()).toEqual([]);
  const human = await cli.run(['load', name], { env });
  expect(human.code).toBe(failure.exit);
  expect(human.stderr).toContain('error: ');
  expect(human.stdout + human.stderr).not.toMatch(stackTrace);
  return failure;
}

describe('S3', () => {
  test.each([
    ['small', 'PutObject'],
    ['large', 'CreateMultipartUpload'],
    ['large', 'UploadPart'],
    ['large', 'CompleteMultipartUpload'],
  ])('%s: a denied %s', async (name, denied) => {
    aws.intercept = ({ operation }) =>
      operation === denied ? { deny: 'no identity-based policy allows the s3:PutObject action' } : undefined;
    const failure = await fails(name);
    expect(failure).toMatchObject({ exit: 3, code: 'ACCESS_DENIED' });
    expect(failure.message).toContain('s3:PutObject');
  });

  test('a role that may not be assumed any more', async () => {
    aws.intercept = ({ operation }) => (operation === 'AssumeRole' ? { deny: true } : undefined);
    expect(await fails('large')).toMatchObject({ exit: 3, code: 'ASSUME_ROLE_DENIED' });
  });

  test('a bucket that is not there', async () => {
    const { endpoint, region } = aws.sandbox;
    const roleArn = 'arn:aws:iam::123456789012:role/cli';
    const gone = { endpoint, region, roleArn, bucket: 'gone-bucket' } as RunningSandbox;
    must(await cli.run([...destinationArgs(gone, 'gone'), '--draft'], { env: environment() }));
    await pipeline(cli, 'to-nowhere', 'shop', 'large', 'gone');
    const failure = await fails('to-nowhere');
    expect(failure).toMatchObject({ exit: 1, code: 'BUCKET_NOT_FOUND' });
    expect(failure.message).toContain('gone-bucket');
  });

  test.skipIf(!canMount)('a store that is full: needs root and tmpfs', { timeout: 60_000 }, async () => {
    using other = install();
    await using full = await startCliAws(other, { store: smallDisk(12 * 1024) });
    await makeShop(other);
    const args = ['load', 'large', '--network-timeout', '2'];
    // A service in trouble may recover: the job waits for it, and can be resumed.
    const failure = failureOf(await other.json(args, { env: full.env }), 'interrupted');
    expect(failure).toMatchObject({ exit: 1, code: 'DESTINATION_FAILED' });
    expect(await full.keys()).toEqual([]);
    expect(full.uploads()).toEqual([]);
  });
});

describe.skipIf(!canMount)('a data folder on a full disk: needs root and tmpfs', () => {
  test.each([0, 16])('with %i KiB left nothing becomes visible', async (kibibytes) => {
    const dataDir = smallDisk(2048);
    using other = install({ dataDir });
    await using target = await startCliAws(other);
    await makeShop(other);
    fillDisk(dataDir, kibibytes * 1024);
    const failure = failureOf(await other.json(['load', 'small'], { env: target.env }));
    expect(failure).toMatchObject({ exit: 1, code: 'DISK_FULL' });
    expect(failure.message).toContain(dataDir);
    expect(await target.keys()).toEqual([]);
    expect(target.uploads()).toEqual([]);
  });
});

describe.skipIf(findPostgres() === null)('PostgreSQL: needs PostgreSQL', () => {
  let server: TestPostgres;
  let proxy: TcpProxy;
  beforeAll(async () => {
    server = await startPostgres({ tls: false });
    await server.query(`CREATE TABLE large AS SELECT i, string_agg(md5(random()::text || i || j), '') AS noise
      FROM generate_series(1, ${2 * rows}) i, generate_series(1, 25) j GROUP BY i`);
    proxy = await startTcpProxy(server.port);
    password = server.password;
    const url = server.url.replace(`:${server.port}/`, `:${proxy.port}/`);
    must(await cli.run(['source', 'add', '--name', 'pg', '--url', url], { env: environment() }));
    await pipeline(cli, 'pg-large', 'pg', 'public.large');
  });
  afterAll(async () => {
    await proxy.close();
    await server.stop();
  });

  test('the wrong password', async () => {
    const wrong = 'quite-wrong-password';
    const failure = await fails('pg-large', { ...environment(), PGPASSWORD: wrong });
    expect(failure).toMatchObject({ exit: 4, code: 'SOURCE_DENIED' });
    expect(JSON.stringify(failure)).not.toContain(wrong);
  });

  test('a host that nobody knows', async () => {
    const url = 'postgres://anna@no-such-host.invalid/shop';
    const result = await cli.json(['source', 'add', '--name', 'x', '--url', url]);
    expect(errorOf(result)).toMatchObject({
      exit: 4,
      code: 'SOURCE_UNREACHABLE',
      message: expect.stringContaining('no-such-host.invalid'),
    });
  });

  test('the connection is cut in the middle, after the upload has begun', async () => {
    let begun = false;
    aws.intercept = ({ operation }) => {
      if (operation === 'UploadPart') begun = true;
      return undefined;
    };
    onTestFinished(() => proxy.cutAfter(Number.POSITIVE_INFINITY));
    const before = await aws.keys();
    proxy.cutAfter(proxy.received() + 36_000_000);
    const failure = failureOf(await cli.json(['load', 'pg-large'], { env: environment() }), 'interrupted');
    expect(failure).toMatchObject({ exit: 4, code: 'SOURCE_LOST' });
    expect(failure.message).toContain('public.large');
    expect(begun).toBe(true);
    expect(await aws.keys()).toEqual(before);
    expect(aws.uploads()).toEqual([]);
    const { jobs } = await cli.document(jobsDocument, ['jobs']);
    expect(jobs[0]).toMatchObject({ pipeline: 'pg-large', state: 'interrupted', rows: 0, files: 0 });
  });

  test('and the same load works when nothing breaks', async () => {
    const { code, lines } = await cli.json(['load', 'pg-large'], { env: environment() });
    expect(code).toBe(0);
    expect(endLine.parse(lines.at(-1)).objects).toMatchObject([{ rows: 2 * rows }]);
  });

  test('a server that is gone', async () => {
    await proxy.close();
    expect(await fails('pg-large')).toMatchObject({ exit: 4, code: 'SOURCE_UNREACHABLE' });
  });
});
