/** Sources that fail in the middle of a load: nothing of the object is visible, and the others are loaded. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyOf, bucketName, follow, type Rig, startRig } from '../core/rig.ts';
import { writeTable } from '../core/tables.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';

describe('SQLite', () => {
  it('text that is no text ends its object only', async () => {
    await using rig = await startRig();
    const path = join(rig.folder, 'shop.sqlite');
    const csv = writeTable(path, 'good', 100, 10);
    writeTable(path, 'bad', 5_000, 10);
    const database = new DatabaseSync(path);
    database.exec("UPDATE bad SET filler = CAST(x'ff41' AS TEXT) WHERE id = 4000");
    database.close();
    await rig.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path } });
    await rig.addDestination();
    await rig.addPipeline({ objects: ['bad', 'good'] });
    const { end } = await rig.run();
    expect(end.state).toBe('completed_with_failures');
    expect(end.objects[0]).toMatchObject({
      state: 'failed',
      rows: 0,
      files: [],
      error: { code: 'SOURCE_UNREADABLE' },
    });
    const [key = ''] = await rig.keys();
    expect(await rig.keys()).toHaveLength(1);
    expect(bodyOf([await rig.read(key)])).toBe(csv);
  });
});

describe.skipIf(findPostgres() === null)('PostgreSQL: needs initdb and postgres', () => {
  let server: TestPostgres;
  let rig: Rig;

  beforeAll(async () => {
    server = await startPostgres();
    await server.query(`
      CREATE TABLE a_good (id int PRIMARY KEY, note text);
      INSERT INTO a_good SELECT g, 'row ' || g FROM generate_series(1, 2000) g;
      CREATE TABLE numbers (id int);
      INSERT INTO numbers SELECT g FROM generate_series(1, 1000) g;
      CREATE VIEW b_divides AS SELECT id, 100 / (id - 500) AS share FROM numbers;
      CREATE TABLE c_also_good AS SELECT * FROM a_good;
      CREATE VIEW d_casts AS SELECT CASE WHEN id = 700 THEN 'x' ELSE '1' END::int AS n FROM numbers;
      CREATE TABLE e_last AS SELECT * FROM a_good;
      CREATE VIEW slow AS SELECT g AS id, repeat('x', 10000) AS filler, pg_sleep(0.002)::text FROM generate_series(1, 100000) g;
      CREATE TABLE z_after AS SELECT * FROM a_good`);
    // One object after the other, so that it is known which one is under way.
    rig = await startRig({ load: { readers: 1 } });
    const location = { kind: 'postgres' as const, url: server.url };
    await rig.client.sources.save({ name: 'shop', location, password: server.password });
    await rig.addDestination();
    const tables = ['a_good', 'b_divides', 'c_also_good', 'd_casts', 'e_last'];
    await rig.addPipeline({ name: 'mixed', objects: tables, destinationPrefix: 'mixed' });
    await rig.addPipeline({
      name: 'slow',
      objects: ['a_good', 'slow', 'z_after'],
      destinationPrefix: 'slow',
    });
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
    await server?.stop();
  });

  it('a view that fails in the middle does not poison the snapshot for the objects after it', async () => {
    const { end } = await rig.run('mixed');
    expect(end.state).toBe('completed_with_failures');
    const states = end.objects.map(({ state }) => state);
    expect(states).toEqual(['completed', 'failed', 'completed', 'failed', 'completed']);
    expect(end.objects[1]?.error).toMatchObject({
      code: 'SOURCE_UNREADABLE',
      message: expect.stringContaining('division by zero'),
    });
    for (const { state, rows, files } of end.objects) {
      expect([rows, files.length]).toEqual(state === 'completed' ? [2000, 1] : [0, 0]);
    }
    expect((await rig.keys()).filter((key) => key.includes('mixed'))).toHaveLength(3);
    expect(rig.sandbox.pendingUploads(bucketName)).toEqual([]);
    // The rest can be had by resuming nothing: the job has ended, with the failures in its receipt.
    const receipt = await rig.client.jobs.show({ jobId: end.jobId });
    expect(receipt.objects[3]?.error?.code).toBe('SOURCE_UNREADABLE');
  });

  it('a cancel stops the server within a second', async () => {
    const { jobId } = await rig.client.jobs.start({ pipeline: 'slow', force: true });
    await runs('slow');
    const at = performance.now();
    await rig.client.jobs.cancel({ jobId });
    const { end } = await follow(rig.client, jobId);
    expect(performance.now() - at).toBeLessThan(1000);
    expect(end.state).toBe('cancelled');
    expect(end.objects.map(({ state }) => state)).toEqual(['completed', 'cancelled', 'cancelled']);
  });

  it('a server process that is ended interrupts the job; nothing of its object is visible, and the rest is resumed', async () => {
    const { jobId } = await rig.client.jobs.start({ pipeline: 'slow', force: true });
    await terminateWhen('slow');
    const { end } = await follow(rig.client, jobId);
    expect(end.state).toBe('interrupted');
    expect(end.objects.map(({ state }) => state)).toEqual(['completed', 'interrupted', 'pending']);
    expect(end.error).toMatchObject({ code: 'SOURCE_LOST', fix: expect.stringContaining('resume the job') });
    expect((await rig.client.jobs.show({ jobId })).state).toBe('interrupted');
    const keys = (await rig.keys()).filter((key) => key.includes(jobId));
    expect(keys).toHaveLength(1);
    expect(keys[0]).toContain('a_good');
    expect(rig.sandbox.pendingUploads(bucketName)).toEqual([]);
    await server.query(
      'CREATE OR REPLACE VIEW slow AS SELECT 1 AS id, NULL::text AS filler, NULL::text AS pg_sleep',
    );
    await rig.client.jobs.resume({ jobId });
    const { end: resumed } = await follow(rig.client, jobId);
    expect(resumed.objects.map(({ state, rows }) => [state, rows])).toEqual([
      ...[
        ['completed', 2000],
        ['completed', 1],
        ['completed', 2000],
      ],
    ]);
    const { objects, resumedAt } = await rig.client.jobs.show({ jobId });
    expect(resumedAt).toHaveLength(1);
    const [first, ...later] = objects.map(({ snapshotAt }) => Date.parse(snapshotAt ?? ''));
    for (const at of later) expect(at).toBeGreaterThan(first ?? Number.NaN);
    expect(new Set(later).size).toBe(1);
  });

  const backend = (view: string) =>
    `FROM pg_stat_activity WHERE query LIKE 'COPY%"${view}"%' AND pid <> pg_backend_pid() AND state = 'active'`;

  async function runs(view: string): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      if ((await server.query(`SELECT pid ${backend(view)}`)).length > 0) return;
    }
    throw new Error(`${view} was never read`);
  }

  async function terminateWhen(view: string): Promise<void> {
    await runs(view);
    await server.query(`SELECT pg_terminate_backend(pid) ${backend(view)}`);
  }
});
