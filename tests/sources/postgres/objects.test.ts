import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../../../src/main/sources/postgres/open.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { failure, never } from '../../support/source-reading.ts';

describe.skipIf(findPostgres() === null)('PostgreSQL objects: needs PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  const open = () => openPostgres({ url: server.url, password: server.password, signal: never() });

  it('lists what can be loaded, sorted, with kinds, types and estimates', async () => {
    await server.query(`
      CREATE TABLE b (id int, name varchar(20), at timestamptz(3), tags text[]);
      CREATE TABLE "A" AS SELECT generate_series(1, 500) AS i;
      CREATE TABLE parted (k int, v text) PARTITION BY LIST (k);
      CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
      CREATE TABLE parted_2 PARTITION OF parted FOR VALUES IN (2) PARTITION BY LIST (v);
      CREATE TABLE parted_2_x PARTITION OF parted_2 DEFAULT;
      INSERT INTO parted SELECT 1 + i % 2, 'v' FROM generate_series(1, 100) i;
      CREATE VIEW seen AS SELECT 1 AS one;
      CREATE MATERIALIZED VIEW kept AS SELECT generate_series(1, 7) AS i;
      CREATE SCHEMA aaa; CREATE TABLE aaa.z (); CREATE TEMP TABLE temporary (a int);
      CREATE EXTENSION IF NOT EXISTS plpgsql; CREATE SEQUENCE s; CREATE TYPE composite AS (a int);
      ANALYZE "A"; ANALYZE parted_1; ANALYZE parted_2_x; ANALYZE kept`);
    await using source = await open();
    expect(source.database).toBe('test');
    expect(source.version).toMatch(/^PostgreSQL \d+\.\d+$/);
    const objects = await source.objects(never());
    const brief = objects.map(({ schema, name, kind, estimatedRows }) => [schema, name, kind, estimatedRows]);
    expect(brief).toEqual([
      ['aaa', 'z', 'table', null],
      ['public', 'A', 'table', 500],
      ['public', 'b', 'table', null],
      ['public', 'kept', 'materialized view', 7],
      ['public', 'parted', 'partitioned table', 100],
      ['public', 'seen', 'view', null],
    ]);
    expect(objects.find(({ name }) => name === 'b')?.columns).toEqual([
      { name: 'id', type: 'integer' },
      { name: 'name', type: 'character varying(20)' },
      { name: 'at', type: 'timestamp(3) with time zone' },
      { name: 'tags', type: 'text[]' },
    ]);
    expect(objects[0]?.columns).toEqual([]);
  });

  it('lists 5,000 tables in a moment, and stops when asked to', async () => {
    await server.createDatabase('crowd');
    await server.query(
      `DO $$ BEGIN FOR i IN 1..5000 LOOP
         EXECUTE format('CREATE TABLE t%s (id int, name text, at timestamptz)', i);
         IF i % 500 = 0 THEN COMMIT; END IF;
       END LOOP; END $$`,
      { database: 'crowd' },
    );
    const url = server.url.replace('/test', '/crowd');
    await using source = await openPostgres({ url, password: server.password, signal: never() });
    const started = performance.now();
    expect(await source.objects(never())).toHaveLength(5_000);
    expect(performance.now() - started).toBeLessThan(3_000);
    await failure(source.objects(AbortSignal.abort()), 'CANCELLED');
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 2);
    await failure(source.objects(stop.signal), 'CANCELLED');
    expect(await source.objects(never())).toHaveLength(5_000);
  });

  it('leaves no connection behind', async () => {
    const count = async (): Promise<string | null | undefined> => {
      const sql = "SELECT count(*) AS n FROM pg_stat_activity WHERE application_name = 'sluice'";
      return (await server.query(sql))[0]?.n;
    };
    const source = await open();
    const snapshot = await source.snapshot(never());
    await source.objects(never());
    expect(await count()).toBe('2'); // the listing has one of its own while a snapshot is open
    await snapshot[Symbol.asyncDispose]();
    await snapshot[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await count()).toBe('0');
  });
});
