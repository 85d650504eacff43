/** The memory of a load does not grow with its table. Each load is a process of its own, as it is for users. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobArguments } from '../../src/main/core/start-job-process.ts';
import { type Rig, startRig } from '../core/rig.ts';
import { finished, startScript } from '../support/child.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';

const few = 100_000;
const many = 1_000_000;
/** KiB. */
const limit = 256 * 1024;
/**
 * What a long load uses that the short one does not reach: five parts of 8 MiB, four being sent and one being
 * filled; V8's young generation in its full size of three times 16 MiB; and some slack. A table ten times as long
 * needs no more than that.
 */
const growth = (5 * 8 + 3 * 16 + 8) * 1024;
const oneLoad = 60_000;

const row = `printf('customer %07d', id) AS name, id * 7919 % 100000 / 100.0 AS total,
  printf('%016x%016x', id * 2654435761, id * 40503) AS token, '2024-11-27 10:00:00' AS placed_at`;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  await rig.addDestination();
});
afterAll(() => rig[Symbol.asyncDispose]());

/** The peak of a load of that pipeline, in KiB. */
async function peakOf(pipeline: string, password?: string): Promise<{ rows: number; peak: number }> {
  const script = new URL('../core/children/load.ts', import.meta.url);
  const args = [join(rig.folder, 'data'), rig.sandbox.user.secretAccessKey, '{}', pipeline];
  const env = { PGPASSWORD: password };
  const { stdout, stderr } = await finished(startScript(script, args, { env, nodeArguments: jobArguments }));
  const [, end = ''] = stdout.split('\n');
  if (end === '') throw new Error(stderr);
  const { state, rows, peak } = JSON.parse(end) as { state: string; rows: number; peak: number };
  expect(state).toBe('completed');
  process.stdout.write(`${pipeline}: ${rows} rows, peak ${Math.round(peak / 1024)} MiB\n`);
  return { rows, peak };
}

async function expectFlat(small: string, large: string, password?: string): Promise<void> {
  const first = await peakOf(small, password);
  const second = await peakOf(large, password);
  expect([first.rows, second.rows]).toEqual([few, many]);
  expect(second.peak).toBeLessThan(limit);
  expect(second.peak - first.peak).toBeLessThan(growth);
}

describe('the peak of memory', () => {
  it('from SQLite', { timeout: oneLoad }, async () => {
    const path = join(rig.folder, 'big.sqlite');
    const database = new DatabaseSync(path);
    for (const rows of [few, many]) {
      database.exec(`CREATE TABLE t${rows} AS WITH RECURSIVE g(id) AS
        (SELECT 1 UNION ALL SELECT id + 1 FROM g LIMIT ${rows}) SELECT id, ${row} FROM g`);
    }
    database.close();
    await rig.client.sources.save({ name: 'file', location: { kind: 'sqlite', path } });
    for (const rows of [few, many]) {
      const name = `sqlite ${rows}`;
      await rig.addPipeline({ name, source: 'file', objects: [`t${rows}`], destinationPrefix: 'lite' });
    }
    await expectFlat(`sqlite ${few}`, `sqlite ${many}`);
  });

  describe.skipIf(findPostgres() === null)('PostgreSQL: needs initdb and postgres', () => {
    let server: TestPostgres;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server?.stop());

    it('from PostgreSQL', { timeout: oneLoad }, async () => {
      for (const rows of [few, many]) {
        await server.query(`CREATE UNLOGGED TABLE t${rows} AS SELECT id, 'customer ' || id AS name,
          id * 7919::bigint % 100000 / 100.0 AS total, md5(id::text) AS token, now() AS placed_at
          FROM generate_series(1, ${rows}) id`);
      }
      process.env.PGPASSWORD = server.password;
      await rig.client.sources.save({ name: 'pg', location: { kind: 'postgres', url: server.url } });
      for (const rows of [few, many]) {
        const name = `postgres ${rows}`;
        await rig.addPipeline({ name, source: 'pg', objects: [`t${rows}`], destinationPrefix: 'pg' });
      }
      delete process.env.PGPASSWORD;
      await expectFlat(`postgres ${few}`, `postgres ${many}`, server.password);
    });
  });
});
