/** A look before loading shows the very fields that a load writes, few of them, and stops when it shall. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRows } from '../../src/main/load/csv.ts';
import { recordsOf, takeRows } from '../../src/main/sources/first-rows.ts';
import { openMysql } from '../../src/main/sources/mysql/open.ts';
import { openPostgres } from '../../src/main/sources/postgres/open.ts';
import { openSqlite } from '../../src/main/sources/sqlite.ts';
import type { OpenSource, Row } from '../../src/main/sources/source.ts';
import {
  type CsvForm,
  csvFormSchema,
  lookBytes,
  type ShownValue,
  valueBytes,
} from '../../src/shared/browse.ts';
import type { ObjectName } from '../../src/shared/model.ts';
import { createHostileMysql, createHostileTables, mysqlNames } from '../e2e/hostile-tables.ts';
import { missingForMariadb, startMariadb, type TestMariadb } from '../support/mariadb.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { failure, never, readAllRows, readCsv, withSnapshot } from '../support/source-reading.ts';

const look = (source: OpenSource, name: ObjectName, rows = 100, signal = never(), milliseconds = 20_000) =>
  source.firstRows(name, { rows, milliseconds, signal });

/** A field of a load as a look must show it. */
function shown(field: string | null): ShownValue {
  if (field === null) return null;
  const bytes = Buffer.byteLength(field);
  if (bytes <= valueBytes) return field;
  let start = '';
  for (const character of field) {
    if (Buffer.byteLength(start + character) > valueBytes) break;
    start += character;
  }
  return { start, bytes };
}

/** Looks at every object of a source and compares each field with a load of the same object. */
async function compareWithLoad(source: OpenSource, left: readonly string[] = []): Promise<number> {
  let compared = 0;
  for (const { schema, name, columns } of await source.objects(never())) {
    if (left.includes(name)) continue;
    const loaded = await withSnapshot(source, (snapshot) => readCsv(snapshot, schema, name));
    const first = await look(source, { schema, name });
    expect({ name, rows: first.rows }).toEqual({
      name,
      rows: loaded.fields.slice(0, 100).map((row) => row.map(shown)),
    });
    expect(first.columns).toEqual(columns.map((column) => column.name));
    expect(first.more).toBe(loaded.rows > 100);
    const described = await source.columns({ schema, name }, never());
    expect(described.map((column) => ({ name: column.name, type: column.type }))).toEqual(columns);
    compared += 1;
  }
  return compared;
}

const forms: Readonly<Record<Exclude<CsvForm, 'native' | 'value'>, RegExp>> = {
  boolean: /^(true|false)$/,
  integer: /^-?\d+$/,
  decimal: /^(-?\d+(\.\d+)?|NaN)$/,
  float: /^(-?\d+(\.\d+)?(e[+-]\d+)?|NaN|-?Infinity)$/,
  text: /^/,
  binary: /^\\x[0-9a-f]*$/,
  date: /^(\d{4}-\d\d-\d\d( BC)?|infinity)$/,
  time: /^-?\d{2,3}:\d\d:\d\d(\.\d+)?$/,
  timestamp: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/,
  instant: /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?(\+00)?|-infinity)$/,
  json: /^["{[\dn]/,
  bits: /^[01]+$/,
  geometry: /^[0-9A-F]+$/,
  vector: /^\[.*\]$/,
};

/** The types and examples of docs/types.md, whose every row the form of its column must fit. */
function promises(heading: string): (readonly [type: string, example: string])[] {
  const page = readFileSync(new URL('../../docs/types.md', import.meta.url), 'utf8');
  const section = page.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)` +\| `([^`]+)` +\|/gm)].map(([, type = '', example = '']) => [
    type,
    example,
  ]);
}

async function expectForms(source: OpenSource, name: ObjectName, atLeast: number): Promise<void> {
  const columns = await source.columns(name, never());
  const [row = []] = (await look(source, name)).rows;
  const used = new Set<string>();
  for (const [at, { type, csv }] of columns.entries()) {
    used.add(csv);
    const value = row[at];
    if (value === null || csv === 'native' || csv === 'value') continue;
    expect({ type, csv, value: String(value) }).toMatchObject({ value: expect.stringMatching(forms[csv]) });
  }
  expect(used.size).toBeGreaterThanOrEqual(atLeast);
}

describe('rows read back from CSV', () => {
  it('are the rows that were written, cut between characters', () => {
    const value = fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('"', ',', '\n', 'é', '👩', 'a'), maxLength: 40 }),
      fc
        .tuple(fc.constantFrom('"', 'é', '👩', 'a"'), fc.integer({ min: 200, max: 1600 }))
        .map(([text, times]) => text.repeat(times)),
    );
    const rows = fc
      .integer({ min: 1, max: 4 })
      .chain((columns) =>
        fc.array(fc.array(value, { minLength: columns, maxLength: columns }), { maxLength: 6 }),
      );
    fc.assert(
      fc.property(rows, (written) => {
        expect([...recordsOf(encodeRows(written))]).toEqual(written.map((row) => row.map(shown)));
      }),
    );
  });

  it('both ways of reading show the same, and neither reads on', async () => {
    const rows: Row[] = Array.from({ length: 30 }, (_, at) => [String(at), 'ü'.repeat(500 + at), null, '']);
    const signal = never();
    for (const asCsv of [true, false]) {
      let given = 0;
      let over = false;
      async function* batches() {
        try {
          for (const row of rows) {
            given += 1;
            yield [row];
          }
        } finally {
          over = true;
        }
      }
      async function* chunks() {
        for await (const batch of batches()) yield { bytes: encodeRows(batch), rows: 1 };
      }
      const read = () =>
        asCsv
          ? ({ format: 'csv', chunks: chunks() } as const)
          : ({ format: 'rows', batches: batches() } as const);
      const taken = await takeRows({ columns: ['a', 'b', 'c', 'd'], read }, 20, signal);
      expect(taken.rows).toEqual(rows.slice(0, 20).map((row) => row.map(shown)));
      expect({ more: taken.more, given, over }).toEqual({ more: true, given: 21, over: true });
    }
  });

  it('end with the row that passes the bytes that a look may read', async () => {
    const wide = 'x'.repeat(lookBytes / 4);
    async function* batches() {
      for (;;) yield [[wide]];
    }
    const taken = await takeRows(
      { columns: ['w'], read: () => ({ format: 'rows', batches: batches() }) },
      100,
      never(),
    );
    expect(taken.rows).toEqual(Array.from({ length: 4 }, () => [shown(wide)]));
    expect(taken.more).toBe(true);
  });
});

describe.skipIf(findPostgres() === null)('a look at PostgreSQL: needs PostgreSQL', () => {
  let server: TestPostgres;
  let source: OpenSource;
  const named = (name: string): ObjectName => ({ schema: 'public', name });
  const query = (sql: string) => server.query(sql);
  beforeAll(async () => {
    server = await startPostgres({ tls: false });
    await createHostileTables(server);
    await query(`
      CREATE DOMAIN score AS numeric(4,1);
      CREATE TABLE keyed (a int, b text, c int UNIQUE, d mood NOT NULL, e score, f int[], PRIMARY KEY (b, a),
        UNIQUE (a, c));
      CREATE TABLE nothing (a text); CREATE TABLE bare ();
      CREATE VIEW failing AS SELECT 1 / (i - i) AS x FROM many;
      CREATE VIEW slow AS SELECT pg_sleep(60)::text AS s;
      CREATE TABLE secret (a int); CREATE USER reader PASSWORD 'reader';
      GRANT SELECT ON many TO reader;
      CREATE TABLE guarded (a int); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; GRANT SELECT ON guarded TO reader`);
    source = await openPostgres({ url: server.url, password: server.password, signal: never() });
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await server.stop();
  });

  it('shows what a load would write, for every hostile object', async () => {
    // a table without columns is refused by both, and what fails or sleeps is looked at below
    expect(await compareWithLoad(source, ['bare', 'failing', 'slow'])).toBeGreaterThan(20);
    expect(await source.columns(named('bare'), never())).toEqual([]);
  });

  it('asks the server for a few rows only', async () => {
    const { rows, more } = await look(source, named('many'), 3);
    expect(rows).toHaveLength(3);
    expect(more).toBe(true);
    expect(await look(source, named('nothing'))).toEqual({ columns: ['a'], rows: [], more: false });
    // a sequence tells how many rows the server really worked out
    await query("CREATE SEQUENCE worked; CREATE VIEW counted AS SELECT nextval('worked') AS n FROM many");
    await failure(look(source, named('counted'), 3), 'SOURCE_UNREADABLE'); // nextval writes, and a look is read-only
    await query(`CREATE FUNCTION noted(i int) RETURNS int LANGUAGE plpgsql AS
      $$ BEGIN IF i > 4 THEN RAISE 'row % was asked for', i; END IF; RETURN i; END $$;
      CREATE VIEW four AS SELECT noted(i) AS i FROM generate_series(1, 1000) i`);
    expect((await look(source, named('four'), 3)).rows).toEqual([['1'], ['2'], ['3']]);
  });

  it('tells keys, NULLs and what each column becomes', async () => {
    expect(await source.columns(named('keyed'), never())).toEqual([
      { name: 'a', type: 'integer', nullable: false, key: 'primary', csv: 'integer' },
      { name: 'b', type: 'text', nullable: false, key: 'primary', csv: 'text' },
      { name: 'c', type: 'integer', nullable: true, key: 'unique', csv: 'integer' },
      { name: 'd', type: 'mood', nullable: false, key: null, csv: 'text' },
      { name: 'e', type: 'score', nullable: true, key: null, csv: 'decimal' },
      { name: 'f', type: 'integer[]', nullable: true, key: null, csv: 'native' },
    ]);
    const columns = promises('PostgreSQL').map(([, example], at) => `${example} AS c${at}`);
    await query(`CREATE TABLE page AS SELECT ${columns.join(', ')}`);
    await expectForms(source, named('page'), 12);
  });

  it('a failing view, a missing object and a missing right give the reason', async () => {
    expect((await failure(look(source, named('failing')), 'SOURCE_UNREADABLE')).message).toContain(
      'division by zero',
    );
    for (const work of [() => look(source, named('gone')), () => source.columns(named('gone'), never())]) {
      expect((await failure(work(), 'OBJECT_NOT_FOUND')).message).toContain('public.gone');
    }
    await failure(source.columns({ schema: null, name: 'many' }, never()), 'OBJECT_NOT_FOUND');
    const url = server.url.replace(/\/\/[^@]*@/, '//reader@');
    await using reader = await openPostgres({ url, password: 'reader', signal: never() });
    const denied = await failure(look(reader, named('secret')), 'SOURCE_DENIED');
    expect(denied.message).toContain('public.secret may not be read');
    // the names of columns are everybody's who may see the table
    expect(await reader.columns(named('secret'), never())).toHaveLength(1);
    expect((await failure(look(reader, named('guarded')), 'SOURCE_DENIED')).message).toContain(
      'row-level security',
    );
    expect((await look(reader, named('many'), 1)).rows).toHaveLength(1);
  });

  it('is stopped at the server when nobody waits any more, by the caller or by the time limit', async () => {
    const running = async () =>
      await query(
        "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%slow%' AND pid <> pg_backend_pid()",
      );
    const cancel = new AbortController();
    const work = look(source, named('slow'), 1, cancel.signal);
    await expect.poll(running).toHaveLength(1);
    cancel.abort();
    await failure(work, 'CANCELLED');
    await expect.poll(running).toEqual([]);
    const late = await failure(look(source, named('slow'), 1, never(), 200), 'SOURCE_LOST');
    expect(late.message).toContain('statement timeout');
    expect((await look(source, named('nothing'))).rows).toEqual([]);
  });

  it('waits for a lock only until it is told to stop, and leaves none', async () => {
    const holding = server.query('BEGIN; LOCK TABLE nothing; SELECT pg_sleep(2); COMMIT');
    await expect
      .poll(() => query("SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"))
      .not.toEqual([]);
    await failure(look(source, named('nothing'), 1, AbortSignal.timeout(300)), 'CANCELLED');
    await holding;
    await look(source, named('nothing'));
    expect(
      await query(
        "SELECT 1 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = 'nothing'",
      ),
    ).toEqual([]);
  });
});

describe.skipIf(missingForMariadb !== '')(
  `a look at MariaDB: needs ${missingForMariadb || 'MariaDB'}`,
  () => {
    let server: TestMariadb;
    let source: OpenSource;
    const named = (name: string): ObjectName => ({ schema: null, name });
    beforeAll(async () => {
      server = await startMariadb();
      await createHostileMysql(server);
      await server.query(`
      CREATE TABLE keyed (a int, b varchar(9), c int UNIQUE, d enum('x','y') NOT NULL, PRIMARY KEY (b, a), UNIQUE (a, c));
      CREATE TABLE nothing (a text);
      CREATE TABLE gone (a int); CREATE VIEW broken AS SELECT a FROM gone; DROP TABLE gone;
      CREATE VIEW slow AS SELECT SLEEP(60) AS s;
      CREATE TABLE kanji (k varchar(20) CHARACTER SET sjis); INSERT INTO kanji VALUES ('what?'), (_sjis X'8540');
      CREATE TABLE secret (a int); CREATE USER reader IDENTIFIED BY 'reader'; GRANT SELECT ON test.many TO reader;
      GRANT INSERT ON test.secret TO reader`);
      source = await openMysql({ url: server.url, password: server.password, signal: never() });
    });
    afterAll(async () => {
      await source[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    it('shows what a load would write, for every hostile object', async () => {
      expect(await compareWithLoad(source, ['broken', 'slow', 'kanji'])).toBeGreaterThan(mysqlNames.length);
      expect((await look(source, named('many'), 3)).more).toBe(true);
      expect(await look(source, named('nothing'))).toEqual({ columns: ['a'], rows: [], more: false });
    });

    it('looks for lost characters in the rows that it shows, and in no others', async () => {
      expect(await look(source, named('kanji'), 1)).toMatchObject({ rows: [['what?']], more: true });
    });

    it('tells keys, NULLs and what each column becomes', async () => {
      expect(await source.columns(named('keyed'), never())).toEqual([
        { name: 'a', type: 'int(11)', nullable: false, key: 'primary', csv: 'integer' },
        { name: 'b', type: 'varchar(9)', nullable: false, key: 'primary', csv: 'text' },
        { name: 'c', type: 'int(11)', nullable: true, key: 'unique', csv: 'integer' },
        { name: 'd', type: "enum('x','y')", nullable: false, key: null, csv: 'text' },
      ]);
      const rows = promises('MySQL and MariaDB').filter(([, example]) => !example.includes("'0000-"));
      const columns = rows.map(([type], at) => `c${at} ${type} ${type === 'timestamp' ? 'NULL' : ''}`);
      await server.query(`SET sql_mode = ''; CREATE TABLE page (${columns.join(', ')}) CHARSET utf8mb4;
      INSERT INTO page VALUES (${rows.map(([, example]) => example).join(', ')})`);
      await expectForms(source, named('page'), 10);
    });

    it('a failing view, a missing object and a missing right give the reason', async () => {
      await failure(look(source, named('broken')), 'SOURCE_UNREADABLE');
      await failure(source.columns(named('broken'), never()), 'SOURCE_UNREADABLE');
      for (const work of [
        () => look(source, named('nowhere')),
        () => source.columns(named('nowhere'), never()),
      ]) {
        await failure(work(), 'OBJECT_NOT_FOUND');
      }
      const url = server.url.replace(/\/\/[^@]*@/, '//reader@');
      await using reader = await openMysql({ url, password: 'reader', signal: never() });
      await failure(look(reader, named('secret')), 'SOURCE_DENIED');
      expect((await look(reader, named('many'), 1)).rows).toHaveLength(1);
    });

    it('is stopped at the server when nobody waits any more, by the caller or by the time limit', async () => {
      const running = async () =>
        await server.query(
          "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT%`slow`%' AND ID <> CONNECTION_ID()",
        );
      const cancel = new AbortController();
      const work = look(source, named('slow'), 1, cancel.signal);
      await expect.poll(running).toHaveLength(1);
      cancel.abort();
      await failure(work, 'CANCELLED');
      await expect.poll(running).toEqual([]);
      const begun = performance.now();
      await look(source, named('slow'), 1, never(), 300).catch(() => undefined);
      // SLEEP ends early and gives 1, or the statement fails: what counts is that the server does not go on
      expect(performance.now() - begun).toBeLessThan(20_000);
      expect(await running()).toEqual([]);
    });
  },
);

describe('a look at SQLite', () => {
  let folder: string;
  let source: OpenSource;
  const named = (name: string): ObjectName => ({ schema: null, name });
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'browse-sqlite-'));
    const path = join(folder, 'some.sqlite');
    using db = new DatabaseSync(path);
    db.exec(`CREATE TABLE kinds (id INTEGER PRIMARY KEY, b BOOLEAN, n NUMERIC NOT NULL, t TEXT UNIQUE, x, UNIQUE (b, n));
      INSERT INTO kinds VALUES (1, 1, 9223372036854775807, '', x'00ff'), (2, 'maybe', 1e15, NULL, 0.1), (3, 0, 0, 'ü', NULL);
      CREATE TABLE many AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT i FROM n;
      CREATE TABLE loose (a TEXT PRIMARY KEY, b); CREATE TABLE strict (a TEXT PRIMARY KEY, b) WITHOUT ROWID;
      CREATE TABLE damaged AS SELECT 'fine \uFFFD' AS t UNION ALL SELECT CAST(x'ff41' AS TEXT);
      CREATE TABLE gone (a); CREATE VIEW broken AS SELECT a FROM gone; DROP TABLE gone`);
    source = await openSqlite({ path });
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  it('shows what a load would write', async () => {
    for (const name of ['kinds', 'many', 'loose']) {
      const loaded = await withSnapshot(source, async (snapshot) =>
        readAllRows(await snapshot.object(named(name))),
      );
      const first = await look(source, named(name), 20);
      expect(first.rows).toEqual(loaded.slice(0, 20).map((row) => row.map(shown)));
      expect(first.more).toBe(loaded.length > 20);
    }
  });

  it('tells keys and NULLs as SQLite has them', async () => {
    const facts = async (name: string) =>
      (await source.columns(named(name), never())).map((column) => [
        column.name,
        column.nullable,
        column.key,
      ]);
    expect(await facts('kinds')).toEqual([
      ['id', false, 'primary'],
      ['b', true, null],
      ['n', false, null],
      ['t', true, 'unique'],
      ['x', true, null],
    ]);
    // SQLite lets a key be NULL, unless the table is made of it
    expect(await facts('loose')).toEqual([
      ['a', true, 'primary'],
      ['b', true, null],
    ]);
    expect((await facts('strict'))[0]).toEqual(['a', false, 'primary']);
  });

  it('looks for damaged text in the rows that it shows, and in no others', async () => {
    expect((await look(source, named('damaged'), 0)).more).toBe(true);
    await failure(look(source, named('damaged'), 5), 'SOURCE_UNREADABLE');
  });

  it('a view whose table is gone says so', async () => {
    for (const work of [
      () => look(source, named('broken')),
      () => source.columns(named('broken'), never()),
    ]) {
      expect((await failure(work(), 'SOURCE_UNREADABLE')).message).toContain('no such table');
    }
    await failure(look(source, named('nowhere')), 'OBJECT_NOT_FOUND');
  });

  it('knows a word for every form', () => {
    expect([...Object.keys(forms), 'native', 'value'].sort()).toEqual([...csvFormSchema.options].sort());
  });
});
