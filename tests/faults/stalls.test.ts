/** A source or an S3 that falls silent in the middle of a load: a cancel does not wait for it, and nothing is left. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { receiptDocument } from '../cli/documents.ts';
import { type Installation, install, type RunningCommand } from '../support/cli.ts';
import { type CliAws, must, startCliAws } from '../support/cli-aws.ts';
import { missingForMariadb, startMariadb, type TestMariadb } from '../support/mariadb.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import {
  addPipeline,
  discards,
  endOf,
  expectOnly,
  heldAt,
  largeRows,
  makeShop,
  newestJob,
  resumes,
  startLoad,
} from './ground.ts';

let cli: Installation;
let aws: CliAws;
beforeAll(async () => {
  cli = install();
  aws = await startCliAws(cli);
  await makeShop(cli);
});
afterEach(() => {
  aws.intercept = undefined;
});
afterAll(async () => {
  await aws[Symbol.asyncDispose]();
  cli[Symbol.dispose]();
});

/** Each look is a command of its own. */
const slowly = { timeout: 30_000 };

/**
 * Ctrl-C. That a load ends within a second is measured in tests/load/cancel.test.ts; this is a whole command on a
 * machine that may be crowded, and whoever waits for what has stalled waits for twenty seconds and more.
 */
async function cancelled(running: RunningCommand): Promise<ReturnType<typeof endOf>> {
  const at = performance.now();
  running.child.kill('SIGINT');
  const result = await running.ended;
  const took = performance.now() - at;
  expect(result.code).toBe(130);
  expect(took).toBeLessThan(6000);
  return endOf(result);
}

describe('PutObject does not answer', () => {
  test('and is carried out a moment after the cancel: it is found and removed', async () => {
    const { running, held } = await heldAt(aws, 'PutObject', () =>
      startLoad(cli, aws.env, ['daily', '--force']),
    );
    // The first look of the way back finds nothing yet.
    let looks = 0;
    aws.intercept = async (call) => {
      await held.intercept(call);
      if (call.operation === 'HeadObject' && ++looks === 1) setTimeout(held.open, 50);
      return undefined;
    };
    const end = await cancelled(running);
    expect(looks).toBeGreaterThan(1);
    await sleep(300);
    expect(end.state).toBe('cancelled');
    await expectOnly(aws, end.jobId, []);
  });
});

describe('CompleteMultipartUpload does not answer', () => {
  const stalled = () =>
    heldAt(aws, 'CompleteMultipartUpload', () => startLoad(cli, aws.env, ['daily', '--force']));

  test('and is carried out later all the same: after a cancel nothing of it is there', async () => {
    const { running, held } = await stalled();
    const end = await cancelled(running);
    held.open();
    await sleep(300);
    expect(end).toMatchObject({ state: 'cancelled', error: { code: 'CANCELLED' } });
    await expectOnly(aws, end.jobId, ['small']);
  });

  test.each(['resumed', 'discarded'])('a second Ctrl-C stops at once, and the job is %s', async (then) => {
    const { running, held } = await stalled();
    running.child.kill('SIGINT');
    await sleep(50);
    running.child.kill('SIGINT');
    const at = performance.now();
    const result = await running.ended;
    expect(performance.now() - at).toBeLessThan(2000);
    expect(result.code).toBe(130);
    const { jobId } = endOf(result);
    held.open();
    await expect.poll(async () => (await newestJob(cli))?.state, slowly).toBe('interrupted');
    await sleep(300);
    if (then === 'resumed') await resumes(cli, aws, jobId);
    else {
      // The last table may have been completed meanwhile.
      const { objects } = await cli.document(receiptDocument, ['jobs', 'show', jobId]);
      const kept = objects.flatMap(({ object, state }) => (state === 'completed' ? [object] : []));
      expect(kept).not.toContain('large');
      await discards(cli, aws, jobId, kept);
    }
  });
});

interface Database {
  readonly port: number;
  readonly url: string;
  readonly password: string;
  readonly query: (sql: string) => Promise<unknown>;
  readonly variable: string;
  readonly close: () => Promise<unknown>;
}

const hundred = Array.from({ length: 25 }, (_, at) => `md5(concat(i, '-', ${at}))`).join(', ');

async function postgres(): Promise<Database> {
  const server: TestPostgres = await startPostgres({ tls: false });
  await server.query(`CREATE TABLE big AS SELECT i, concat(${hundred}) AS noise
    FROM generate_series(1, ${2 * largeRows}) i`);
  const { port, url, password } = server;
  return { ...{ port, url, password, query: server.query, variable: 'PGPASSWORD' }, close: server.stop };
}

async function mariadb(): Promise<Database> {
  const server: TestMariadb = await startMariadb();
  await server.query(`CREATE TABLE big AS SELECT seq AS i, ${`concat(${hundred})`.replaceAll('i,', 'seq,')} AS noise
    FROM seq_1_to_${2 * largeRows}`);
  const { port, url, password } = server;
  const close = async () => await server[Symbol.asyncDispose]();
  return { ...{ port, url, password, query: server.query, variable: 'MYSQL_PWD' }, close };
}

describe.each([
  ['PostgreSQL', findPostgres() === null ? 'PostgreSQL' : '', postgres],
  ['MariaDB', missingForMariadb, mariadb],
] as const)('%s stops sending', (name, missing, start) => {
  describe.skipIf(missing !== '')(`needs ${missing || name}`, () => {
    let server: Database;
    let proxy: TcpProxy;
    let env: Readonly<Record<string, string>>;
    beforeAll(async () => {
      server = await start();
      proxy = await startTcpProxy(server.port);
      env = { ...aws.env, [server.variable]: server.password };
      const url = server.url.replace(`:${server.port}/`, `:${proxy.port}/`);
      must(await cli.run(['source', 'add', '--name', name, '--url', url], { env }));
      const object = name === 'PostgreSQL' ? 'public.big' : 'big';
      await addPipeline(cli, { pipeline: name, source: name, objects: [object], env });
    });
    afterAll(async () => {
      await proxy?.close();
      await server?.close();
    });
    afterEach(() => proxy.heal());

    /** Reads a part of the table, so that an upload has begun; then nothing comes any more. */
    async function stalled(): Promise<RunningCommand> {
      let begun = false;
      aws.intercept = ({ operation }) => {
        begun ||= operation === 'UploadPart';
        return undefined;
      };
      const limit = proxy.received() + 24_000_000;
      proxy.stallAfter(limit);
      const running = startLoad(cli, env, [name, '--force']);
      await expect.poll(() => [begun, proxy.received() >= limit], { timeout: 30_000 }).toEqual([true, true]);
      return running;
    }

    test('a cancel does not wait for it, and nothing is left', async () => {
      const { state, jobId } = await cancelled(await stalled());
      expect(state).toBe('cancelled');
      await expectOnly(aws, jobId, []);
    });

    test('two Ctrl-C, then discarded: nothing is left', async () => {
      const running = await stalled();
      running.child.kill('SIGINT');
      running.child.kill('SIGINT');
      expect((await running.ended).code).toBe(130);
      proxy.heal();
      await expect.poll(async () => (await newestJob(cli))?.state, slowly).toMatch(/interrupted|cancelled/);
      const { jobId = '', state } = (await newestJob(cli)) ?? {};
      if (state === 'interrupted') await discards(cli, aws, jobId, [], env);
      else await expectOnly(aws, jobId, []);
    });
  });
});
