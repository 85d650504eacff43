import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/main/sources/sqlite.ts';
import type { Row } from '../../src/main/sources/source.ts';
import { failure, never, readAllRows, withSnapshot } from '../support/source-reading.ts';

let dir: string;
let count = 0;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'sluice-sqlite-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Makes a database file and gives its path. */
function make(sql: string, name = `db${count}.sqlite`): string {
  count += 1;
  const path = join(dir, name);
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
  return path;
}

async function load(path: string, name: string): Promise<Row[]> {
  await using source = await openSqlite({ path });
  return await withSnapshot(source, async (snapshot) =>
    readAllRows(await snapshot.object({ schema: null, name })),
  );
}

describe('SQLite values', () => {
  it('writes each value by what it is, whatever the column says', async () => {
    const path = make(`CREATE TABLE t (id INTEGER PRIMARY KEY, b BOOLEAN, n NUMERIC, x TEXT, any);
      INSERT INTO t VALUES
        (1, 1, 9223372036854775807, 'a"b', x'00ff0a'), (2, 0, -9223372036854775808, '', 0.1),
        (3, NULL, 1e15, NULL, 1e-5), (4, 'maybe', 9e999, 'x' || char(0) || 'y', -9e999),
        (5, 2.5, 9007199254740993, char(10) || char(13) || ',', 1e23), (6, 1.0, '12.50', '👩‍👩‍👧‍👦 שלום', x'')`);
    expect(await load(path, 't')).toEqual([
      ['1', '1', '9223372036854775807', 'a"b', '\\x00ff0a'],
      ['2', '0', '-9223372036854775808', '', '0.1'],
      ['3', null, '1000000000000000', null, '1e-05'],
      ['4', 'maybe', 'Infinity', 'x\0y', '-Infinity'],
      ['5', '2.5', '9007199254740993', '\n\r,', '9.999999999999999e+22'],
      ['6', '1', '12.5', '👩‍👩‍👧‍👦 שלום', '\\x'],
    ]);
  });

  it('reads back any value that can be stored', async () => {
    const path = make('CREATE TABLE t (v)');
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.double({ noNaN: true }),
      fc.uint8Array(),
      fc.constant(null),
    );
    const values = fc.sample(value, 3_000);
    const db = new DatabaseSync(path);
    const insert = db.prepare('INSERT INTO t VALUES (?)');
    db.exec('BEGIN');
    for (const item of values) insert.run(item);
    db.exec('COMMIT');
    db.close();
    const rows = await load(path, 't');
    const read = rows.map(([text], at) => {
      const stored = values[at];
      if (text === null || text === undefined || typeof stored === 'string') return text;
      if (typeof stored === 'bigint') return BigInt(text);
      return typeof stored === 'number' ? Number(text) : new Uint8Array(Buffer.from(text.slice(2), 'hex'));
    });
    expect(read).toEqual(values);
  });

  it('reads generated columns, WITHOUT ROWID, views, virtual tables, odd names and 1,600 columns', async () => {
    const wide = Array.from({ length: 1600 }, (_, index) => `c${index}`).join(', ');
    const path = make(`
      CREATE TABLE g (a INT, v INT GENERATED ALWAYS AS (a + 1) VIRTUAL, s INT GENERATED ALWAYS AS (a + 2) STORED);
      INSERT INTO g (a) VALUES (1);
      CREATE TABLE w (k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO w VALUES ('b', 2), ('a', 1);
      CREATE VIEW seen AS SELECT a, a AS a, "literal" AS l FROM g;
      CREATE VIRTUAL TABLE words USING fts5(body); INSERT INTO words VALUES ('hello');
      CREATE TABLE "we""ird /\${YEAR}" ("select" INT, "a b" INT); INSERT INTO "we""ird /\${YEAR}" VALUES (1, 2);
      CREATE TABLE wide (${wide}); INSERT INTO wide (c0, c1599) VALUES (1, 2);
      CREATE TABLE empty (a); CREATE TABLE one (a); INSERT INTO one VALUES (NULL), ('');
      CREATE VIEW broken AS SELECT * FROM gone`);
    expect(await load(path, 'g')).toEqual([['1', '2', '3']]);
    expect(await load(path, 'w')).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect(await load(path, 'seen')).toEqual([['1', '1', 'literal']]);
    expect(await load(path, 'words')).toEqual([['hello']]);
    expect(await load(path, 'we"ird /${YEAR}')).toEqual([['1', '2']]);
    expect(await load(path, 'wide')).toEqual([['1', ...new Array<null>(1598).fill(null), '2']]);
    expect(await load(path, 'empty')).toEqual([]);
    expect(await load(path, 'one')).toEqual([[null], ['']]);
    await using source = await openSqlite({ path });
    const objects = await source.objects(never());
    expect(objects.map(({ name, kind, schema }) => [name, kind, schema])).toEqual([
      ['broken', 'view', null],
      ['empty', 'table', null],
      ['g', 'table', null],
      ['one', 'table', null],
      ['seen', 'view', null],
      ['w', 'table', null],
      ['we"ird /${YEAR}', 'table', null],
      ['wide', 'table', null],
      ['words', 'table', null],
    ]);
    expect(objects[2]?.columns).toEqual([
      { name: 'a', type: 'INT' },
      { name: 'v', type: 'INT' },
      { name: 's', type: 'INT' },
    ]);
    await withSnapshot(source, async (snapshot) => {
      const one = await snapshot.object({ schema: null, name: 'one' });
      expect(one.warnings).toHaveLength(1);
      expect(one.query).toBe('SELECT "a" FROM "one"');
      await failure(snapshot.object({ schema: null, name: 'broken' }), 'SOURCE_UNREADABLE');
      await failure(snapshot.object({ schema: null, name: 'absent' }), 'OBJECT_NOT_FOUND');
      await failure(snapshot.object({ schema: null, name: 'words_content' }), 'OBJECT_NOT_FOUND');
    });
  });

  it('knows estimates where somebody ran ANALYZE', async () => {
    const path = make(`CREATE TABLE t (a PRIMARY KEY); CREATE TABLE u (a);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 321) INSERT INTO t SELECT i FROM n; ANALYZE`);
    await using source = await openSqlite({ path });
    expect((await source.objects(never())).map(({ estimatedRows }) => estimatedRows)).toEqual([321, 0]);
  });

  it('estimates rows by their numbers, and says nothing where those are no counting', async () => {
    const path = make(`CREATE TABLE counted (id INTEGER PRIMARY KEY, note);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
        INSERT INTO counted SELECT i + 1000, 'x' FROM n;
      CREATE TABLE sparse (id INTEGER PRIMARY KEY, note); INSERT INTO sparse VALUES (1, 'x'), (1 << 60, 'y');
      CREATE TABLE named (rowid TEXT, note); INSERT INTO named VALUES ('z', 1), ('a', 2);
      CREATE TABLE keyed (a PRIMARY KEY, b) WITHOUT ROWID; INSERT INTO keyed VALUES (1, 2);
      CREATE TABLE "q""uoted" (a); INSERT INTO "q""uoted" VALUES (1), (2), (3);
      CREATE VIEW seen AS SELECT * FROM counted; CREATE VIRTUAL TABLE words USING fts5(a)`);
    await using source = await openSqlite({ path });
    const expected = {
      counted: 5000,
      sparse: null,
      named: 2,
      keyed: null,
      'q"uoted': 3,
      seen: null,
      words: null,
    };
    const listed = await source.objects(never());
    expect(Object.fromEntries(listed.map(({ name, estimatedRows }) => [name, estimatedRows]))).toEqual(
      expected,
    );
    await withSnapshot(source, async (snapshot) => {
      for (const [name, rows] of Object.entries(expected)) {
        expect((await snapshot.object({ schema: null, name })).estimatedRows).toBe(rows);
      }
    });
  });

  it.each(['UTF-8', 'UTF-16le', 'UTF-16be'])(
    'reads text of a %s database, a stored U+FFFD among it',
    async (encoding) => {
      const path = make(`PRAGMA encoding = '${encoding}'; CREATE TABLE t (a, b);
      INSERT INTO t VALUES ('é👩‍👩‍👧‍👦', 1), ('\uFFFD', 2), (char(65533) || 'x', 3)`);
      expect((await load(path, 't')).map(([a]) => a)).toEqual(['é👩‍👩‍👧‍👦', '\uFFFD', '\uFFFDx']);
    },
  );

  it.each(["x'61ff62'", "x'c3'", "x'eda080'", "x'f09f98'"])(
    'refuses the text %s, which is no UTF-8',
    async (bytes) => {
      const path = make(`CREATE TABLE t (id INT, "na""me" TEXT);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) INSERT INTO t SELECT i, '\uFFFD' FROM n;
      INSERT INTO t VALUES (2501, CAST(${bytes} AS TEXT));
      CREATE VIEW v AS SELECT * FROM t WHERE id > 2500; CREATE VIEW b AS SELECT id, CAST("na""me" AS BLOB) AS name FROM t`);
      for (const name of ['t', 'v']) {
        const error = await failure(load(path, name), 'SOURCE_UNREADABLE');
        expect(error.message).toContain('na""me');
        expect(error.message).toContain(name === 't' ? '2501' : 'text value 1 ');
      }
      expect(await load(path, 'b')).toHaveLength(2501);
    },
  );
});

describe('SQLite files', () => {
  it('is named by its file, and never makes one', async () => {
    await using source = await openSqlite({ path: make('CREATE TABLE t (a)', 'my.shop.db') });
    expect(source.database).toBe('my.shop');
    expect(source.version).toMatch(/^SQLite 3\.\d+/);
    const missing = join(dir, 'missing.db');
    await failure(openSqlite({ path: missing }), 'SOURCE_NOT_FOUND');
    await failure(openSqlite({ path: join(missing, 'x') }), 'SOURCE_NOT_FOUND');
    await failure(openSqlite({ path: ':memory:' }), 'SOURCE_NOT_FOUND');
    expect(existsSync(missing)).toBe(false);
    mkdirSync(join(dir, 'folder'));
    await failure(openSqlite({ path: join(dir, 'folder') }), 'SOURCE_UNREADABLE');
  });

  it('says what is no database or damaged', async () => {
    const text = join(dir, 'text.db');
    writeFileSync(text, 'this is no database at all, but a text of more than a hundred bytes '.repeat(20));
    const error = await failure(openSqlite({ path: text }), 'SOURCE_UNREADABLE');
    expect(error.message).toContain('encrypted');
    const empty = join(dir, 'empty.db');
    writeFileSync(empty, '');
    await using source = await openSqlite({ path: empty });
    expect(await source.objects(never())).toEqual([]);
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(isRoot)('says when the file may not be read: needs an account other than root', async () => {
    const path = make('CREATE TABLE t (a)');
    chmodSync(path, 0);
    await failure(openSqlite({ path }), 'SOURCE_DENIED');
  });

  it.each(['DELETE', 'WAL'])('sees one moment in journal mode %s', async (mode) => {
    const path = make(`PRAGMA journal_mode = ${mode}; CREATE TABLE t (a); INSERT INTO t VALUES (1)`);
    const writer = new DatabaseSync(path);
    await using source = await openSqlite({ path });
    await withSnapshot(source, async (snapshot) => {
      expect(Math.abs(snapshot.takenAt.getTime() - Date.now())).toBeLessThan(5_000);
      const insert = (): void => writer.exec('INSERT INTO t VALUES (2)');
      if (mode === 'WAL') insert();
      else expect(insert).toThrow(/locked/); // the writer has to wait: nothing can change under the reader
      const reader = await snapshot.object({ schema: null, name: 't' });
      expect(await readAllRows(reader)).toEqual([['1']]);
    });
    writer.close();
  });

  it('waits for a writer without stopping the process, then gives up', async () => {
    const path = make('CREATE TABLE t (a)');
    const writer = new DatabaseSync(path);
    writer.exec('BEGIN EXCLUSIVE');
    let turns = 0;
    const clock = setInterval(() => {
      turns += 1;
    }, 20);
    const release = setTimeout(() => writer.exec('COMMIT'), 400);
    await using source = await openSqlite({ path, busyTimeout: 1_000 });
    expect(turns).toBeGreaterThan(5);
    clearTimeout(release);
    writer.exec('BEGIN EXCLUSIVE');
    const stop = AbortSignal.timeout(200);
    await failure(source.snapshot(stop), 'CANCELLED');
    const locked = await failure(source.snapshot(never()), 'SOURCE_UNREADABLE');
    expect(locked.message).toContain('locked');
    writer.close();
    clearInterval(clock);
  });

  it('reads in batches, gives the event loop its turn, and stops when asked to', async () => {
    const path = make(`CREATE TABLE t (a); CREATE TABLE fat (a);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20500) INSERT INTO t SELECT i FROM n;
      INSERT INTO fat SELECT hex(zeroblob(300000)) FROM t LIMIT 20`);
    await using source = await openSqlite({ path });
    await withSnapshot(source, async (snapshot) => {
      const batchesOf = async (name: string, signal: AbortSignal) => {
        const data = (await snapshot.object({ schema: null, name })).read(signal);
        if (data.format !== 'rows') throw new Error('not rows');
        return data.batches;
      };
      const sizes: number[] = [];
      for await (const batch of await batchesOf('t', never())) sizes.push(batch.length);
      expect(sizes).toEqual([...new Array<number>(20).fill(1_000), 500]);
      sizes.length = 0;
      for await (const batch of await batchesOf('fat', never())) sizes.push(batch.length);
      expect(sizes).toEqual(new Array(10).fill(2));
      const stop = new AbortController();
      setImmediate(() => stop.abort());
      let seen = 0;
      const reading = async (): Promise<void> => {
        for await (const batch of await batchesOf('t', stop.signal)) seen += batch.length;
      };
      await failure(reading(), 'CANCELLED');
      expect(seen).toBeLessThan(20_500);
      expect(await readAllRows(await snapshot.object({ schema: null, name: 't' }))).toHaveLength(20_500);
    });
  });
});
