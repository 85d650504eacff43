/** Several objects read at the same time, all of one moment. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../../../src/main/sources/postgres/open.ts';
import type { ObjectReader, OpenSource, Snapshot } from '../../../src/main/sources/source.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { never } from '../../support/source-reading.ts';

const tables = ['a', 'b', 'c', 'd'] as const;

describe.skipIf(findPostgres() === null)('PostgreSQL: needs initdb and postgres', () => {
  let server: TestPostgres;
  let source: OpenSource;

  beforeAll(async () => {
    server = await startPostgres();
    for (const name of tables) {
      await server.query(`CREATE TABLE ${name} AS SELECT g AS id, repeat('x', 100) AS filler
        FROM generate_series(1, 50000) g; ANALYZE ${name}`);
    }
    source = await openPostgres({ url: server.url, password: server.password, signal: never() });
  });
  afterAll(async () => {
    await source?.[Symbol.asyncDispose]();
    await server?.stop();
  });

  const open = (snapshot: Snapshot, name: string): Promise<ObjectReader> =>
    snapshot.object({ schema: 'public', name });

  async function rowsOf(reader: ObjectReader): Promise<number> {
    const data = reader.read(never());
    if (data.format !== 'csv') throw new Error('not CSV');
    let rows = 0;
    for await (const chunk of data.chunks) rows += chunk.rows;
    return rows;
  }

  it('they see one snapshot, whatever is changed meanwhile, and really read at the same time', async () => {
    await using snapshot = await source.snapshot(never(), { readers: 4 });
    expect([snapshot.readers, snapshot.warnings]).toEqual([4, []]);
    const readers = await Promise.all([open(snapshot, 'a')]);
    for (const name of tables.slice(1)) readers.push(await open(snapshot, name));
    expect(readers.map(({ estimatedRows }) => estimatedRows)).toEqual([50000, 50000, 50000, 50000]);
    for (const name of tables)
      await server.query(`DELETE FROM ${name} WHERE id % 2 = 0; INSERT INTO ${name} VALUES (0, '')`);
    const begun = readers.map((reader) => {
      const data = reader.read(never());
      if (data.format !== 'csv') throw new Error('not CSV');
      return data.chunks[Symbol.asyncIterator]();
    });
    // Each has its first chunk before any is read to its end.
    const first = await Promise.all(begun.map((chunks) => chunks.next()));
    const [active] = await server.query(
      `SELECT count(DISTINCT pid) AS n FROM pg_stat_activity WHERE query LIKE 'COPY%'`,
    );
    expect(active?.n).toBe('4');
    const counts = first.map(({ value }) => value?.rows ?? 0);
    for (const [at, chunks] of begun.entries()) {
      for (let next = await chunks.next(); !next.done; next = await chunks.next())
        counts[at] = (counts[at] ?? 0) + next.value.rows;
    }
    expect(counts).toEqual([50000, 50000, 50000, 50000]);
  });

  it('one who waits for a table does not stop the job: the connection that has the lock reads it', async () => {
    await server.query(
      'CREATE TABLE held AS SELECT g AS id FROM generate_series(1, 1000) g; CREATE TABLE slow AS SELECT 1 AS id',
    );
    await using snapshot = await source.snapshot(never(), { readers: 2 });
    const [slow, held] = [await open(snapshot, 'slow'), await open(snapshot, 'held')];
    const altering = server.query('ALTER TABLE held ADD COLUMN later int');
    await expect
      .poll(async () => (await server.query(`SELECT 1 FROM pg_locks WHERE NOT granted`)).length)
      .toBeGreaterThan(0);
    // The leader is taken by another object, so that a follower begins with the table that is waited for.
    const data = slow.read(never());
    if (data.format !== 'csv') throw new Error('not CSV');
    const chunks = data.chunks[Symbol.asyncIterator]();
    expect((await chunks.next()).value?.rows).toBe(1);
    const reading = rowsOf(held);
    expect((await chunks.next()).done).toBe(true);
    expect(await reading).toBe(1000);
    await snapshot[Symbol.asyncDispose]();
    await altering;
  });

  it('where connections are short, it reads fewer at a time and says so', async () => {
    await server.query(
      `CREATE ROLE narrow LOGIN PASSWORD 'narrow' CONNECTION LIMIT 2; GRANT pg_read_all_data TO narrow`,
    );
    const url = server.url.replace(/\/\/[^@]*@/, '//narrow@');
    await using few = await openPostgres({ url, password: 'narrow', signal: never() });
    await using snapshot = await few.snapshot(never(), { readers: 4 });
    expect(snapshot.readers).toBe(2);
    expect(snapshot.warnings).toEqual([
      expect.stringMatching(/^Only 2 objects are read at a time: .*narrow/),
    ]);
    expect(await rowsOf(await open(snapshot, 'slow'))).toBe(1);
  });

  it('leaves no connection behind', async () => {
    const count = async () =>
      (
        await server.query(
          `SELECT count(*) AS n FROM pg_stat_activity WHERE datname = 'test' AND pid <> pg_backend_pid()`,
        )
      )[0]?.n;
    await source[Symbol.asyncDispose]();
    await expect.poll(count).toBe('0');
  });
});
