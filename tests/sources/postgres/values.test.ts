/** What stands in the CSV is exactly what the database holds, however hostile it is. */
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../../../src/main/sources/postgres/open.ts';
import type { OpenSource } from '../../../src/main/sources/source.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { failure, never, readCsv, withSnapshot } from '../../support/source-reading.ts';

describe.skipIf(findPostgres() === null)('PostgreSQL values: needs PostgreSQL', () => {
  let server: TestPostgres;
  let source: OpenSource;

  beforeAll(async () => {
    server = await startPostgres();
    // settings of a role that would change the output, or break a long load, if they were believed
    await server.query(`
      ALTER ROLE sluice SET TimeZone = 'Asia/Kolkata';
      ALTER ROLE sluice SET DateStyle = 'German';
      ALTER ROLE sluice SET IntervalStyle = 'iso_8601';
      ALTER ROLE sluice SET extra_float_digits = '-3';
      ALTER ROLE sluice SET bytea_output = 'escape';
      ALTER ROLE sluice SET statement_timeout = '1s';
      ALTER ROLE sluice SET idle_in_transaction_session_timeout = '300ms';
      ALTER ROLE sluice SET client_encoding = 'LATIN1'`);
    source = await openPostgres({ url: server.url, password: server.password, signal: never() });
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await server.stop();
  });

  const load = (name: string, schema = 'public') =>
    withSnapshot(source, (snapshot) => readCsv(snapshot, schema, name));

  it('keeps every character of text, NULL beside the empty string, and one-column oddities', async () => {
    const texts = [
      ...['', ' ', '"', '""', ',', '\n', '\r', '\r\n', '\t', '\\', '\\N', '\\.', 'NULL', 'null', "'", '$1'],
      ...[
        'a\n\\.\nb',
        '👩‍👩‍👧‍👦 🏴‍☠️',
        'שלום עולם',
        '\u202Eevil',
        '\uFEFFbom',
        '\uFFFD',
        '\u0001\u007F',
        '${YEAR}',
        'é',
        'e\u0301',
      ],
    ];
    await server.query('CREATE TABLE texts (id int PRIMARY KEY, t text, u text)');
    await server.query('CREATE TABLE single (t text)');
    for (const [id, text] of [...texts, null].entries()) {
      await server.query('INSERT INTO texts VALUES ($1, $2, $3)', { values: [id, text, text] });
      await server.query('INSERT INTO single VALUES ($1)', { values: [text] });
    }
    const two = await load('texts');
    expect(two.fields).toEqual([...texts, null].map((text, id) => [String(id), text, text]));
    const one = await load('single');
    expect(one.fields).toEqual([...texts, null].map((text) => [text]));
    expect(one.reader.warnings).toHaveLength(1);
    expect(one.bytes.toString()).toContain('\n"\\."\n');
    const foreign = parse(two.bytes, { record_delimiter: '\n' });
    expect(foreign).toEqual(two.fields.map((row) => row.map((field) => field ?? '')));
  });

  it('writes every type as the types page says and as the server itself says', async () => {
    await server.query(`
      CREATE TYPE mood AS ENUM ('sad', 'so "so"', 'glad');
      CREATE TYPE pair AS (a int, b text, ok boolean);
      CREATE DOMAIN yes AS boolean; CREATE DOMAIN really_yes AS yes; CREATE DOMAIN short AS varchar(5);
      CREATE TABLE types (
        id int GENERATED ALWAYS AS IDENTITY, i2 smallint, i8 bigint, n numeric, n2 numeric(10,3),
        f4 real, f8 double precision, b boolean, d1 yes, d2 really_yes, d3 short, c char(5), v varchar(9),
        by bytea, d date, t time, tz timetz, ts timestamp, tstz timestamptz, iv interval, u uuid,
        j json, jb jsonb, x xml, ia int[], ba boolean[], ta text[][], tsa timestamptz[], m mood, p pair,
        r int4range, mr tstzrange, ip inet, mac macaddr, bits bit varying(8), pt point, ts_v tsvector,
        doubled int GENERATED ALWAYS AS (i2 * 2) STORED, cash money, nm name, o oid, ch "char")`);
    const columns = `i2, i8, n, n2, f4, f8, b, d1, d2, d3, c, v, by, d, t, tz, ts, tstz, iv, u, j, jb, x, ia, ba,
      ta, tsa, m, p, r, mr, ip, mac, bits, pt, ts_v, cash, nm, o, ch`;
    const digits = '1234567890'.repeat(10);
    await server.query(`INSERT INTO types (${columns}) VALUES
      (-32768, 9223372036854775807, ${digits}.5, 1.100, 0.1, 1e15, true, true, false, 'short', 'ab', '', '\\x00ff0a',
       '0044-03-15 BC', '24:00', '10:00+05:30', 'infinity', '-infinity', '1 year 2 mons -3 days 04:05:06.789',
       'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"b" :  1, "b":2}', '{"b": 1, "a": [1.50, null]}', '<a>&amp;</a>',
       '{1,NULL,3}', '{t,f,NULL}', '{{"a,b","c\\"d"},{"","NULL"}}', '{"2024-01-01 00:00+02"}', 'so "so"',
       '(1,"x,y",t)', '[1,5)', '["2024-01-01 00:00+02","2024-01-02 00:00+02")', '10.0.0.0/8', '08:00:2b:01:02:03',
       '1011', '(1.5,-2)', 'a fat cat', '1234.56', 'n', 4294967295, 'x'),
      (0, -9223372036854775808, 'NaN', NULL, 'NaN', '-Infinity', false, NULL, NULL, '', '', NULL, '', 'infinity',
       '00:00:00.000001', '23:59:59.999999-12', '294276-12-31 23:59:59.999999', '4714-11-24 00:00:00+00 BC', '-1 mon',
       NULL, 'null', '"\\u00e9"', NULL, '{}', '{}', NULL, NULL, 'sad', '(,,)', 'empty', NULL, '::1', NULL, '', NULL, '',
       '-0.05', '', 0, ''),
      (1, 0, '-0.00000000000000000001', -9999999.999, 'Infinity', 5e-324, NULL, false, true, NULL, NULL, NULL, NULL,
       '5874897-12-31', NULL, NULL, '2024-02-29 12:00', '2024-03-31 01:30:00.5+02', NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`);
    const { reader, fields } = await load('types');

    // the same by another way: each value through its output function, in a session with the same settings
    const list = reader.columns.map((name) => {
      if (name === 'cash') return 'cash::numeric::text';
      const text = ['b', 'd1', 'd2'].includes(name) ? `"${name}"::text` : `format('%s', "${name}")`;
      return `CASE WHEN num_nulls("${name}") = 0 THEN ${text} END AS "${name}"`;
    });
    const expected =
      await server.query(`SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET bytea_output = 'hex';
      SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SELECT ${list.join(', ')} FROM types ORDER BY id`);
    const named = fields.map((row) => Object.fromEntries(reader.columns.map((name, at) => [name, row[at]])));
    expect(named).toEqual(expected);

    // and the values that the words of the dialect promise
    expect(named[0]).toMatchObject({
      ...{
        b: 'true',
        d2: 'false',
        ba: '{t,f,NULL}',
        p: '(1,"x,y",t)',
        tstz: '-infinity',
        d: '0044-03-15 BC',
      },
      ...{ i8: '9223372036854775807', n: `${digits}.5`, f8: '1e+15', by: '\\x00ff0a', doubled: '-65536' },
      ...{
        iv: '1 year 2 mons -3 days +04:05:06.789',
        tsa: '{"2023-12-31 22:00:00+00"}',
        cash: '1234.56',
        n2: '1.100',
      },
      ...{ j: '{"b" :  1, "b":2}', v: '', c: 'ab   ' },
    });
    expect(named[1]).toMatchObject({ f4: 'NaN', f8: '-Infinity', v: null, by: '\\x', p: '(,,)', j: 'null' });
    expect(named[2]).toMatchObject({
      f8: '5e-324',
      tstz: '2024-03-30 23:30:00.5+00',
      d: '5874897-12-31',
      b: null,
    });
  });

  it('reads fields of a megabyte and rows much longer than a chunk', async () => {
    await server.query(`CREATE TABLE large AS
      SELECT i AS id, repeat(chr(64 + i) || '"' || chr(10), 400000) AS t FROM generate_series(1, 4) i`);
    const { fields, rows } = await load('large');
    expect(rows).toBe(4);
    expect(fields.map(([id, t]) => [id, t?.length, t?.slice(0, 3)])).toEqual(
      [1, 2, 3, 4].map((i) => [String(i), 1_200_000, `${String.fromCharCode(64 + i)}"\n`]),
    );
  });

  it('reads 1,600 columns', async () => {
    const columns = Array.from({ length: 1600 }, (_, index) => `c${index} boolean`);
    await server.query(`CREATE TABLE wide (${columns.join(', ')})`);
    await server.query('INSERT INTO wide (c0, c1599) VALUES (true, false)');
    const { fields, reader } = await load('wide');
    expect(reader.columns).toHaveLength(1600);
    expect(fields).toEqual([['true', ...new Array<null>(1598).fill(null), 'false']]);
  });

  it('quotes every name', async () => {
    const names = [
      'Mixed Case',
      'quo"te',
      'sla/sh',
      'back\\slash',
      '${YEAR}',
      'select',
      "it's",
      'ünï',
      'a.b',
      ' ',
    ];
    await server.query('CREATE SCHEMA "we""ird /schema"');
    for (const name of names) {
      const quoted = `"${name.replaceAll('"', '""')}"`;
      await server.query(`CREATE TABLE "we""ird /schema".${quoted} (${quoted} text, "order" boolean)`);
      await server.query(`INSERT INTO "we""ird /schema".${quoted} VALUES ($1, true)`, { values: [name] });
      const { fields, reader } = await load(name, 'we"ird /schema');
      expect(reader.columns).toEqual([name, 'order']);
      expect(fields).toEqual([[name, 'true']]);
    }
    const listed = await source.objects(never());
    const found = listed.filter(({ schema }) => schema === 'we"ird /schema').map(({ name }) => name);
    expect(found).toEqual([...names].sort());
  });

  it('reads every kind of object whole', async () => {
    await server.query(`
      CREATE TABLE parted (k int, v text) PARTITION BY LIST (k);
      CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
      CREATE TABLE parted_2 PARTITION OF parted FOR VALUES IN (2) PARTITION BY LIST (v);
      CREATE TABLE parted_2_x PARTITION OF parted_2 DEFAULT;
      INSERT INTO parted VALUES (1, 'a'), (2, 'b'), (2, 'c');
      CREATE TABLE parent (a int); CREATE TABLE child (b int) INHERITS (parent);
      INSERT INTO parent VALUES (1); INSERT INTO child VALUES (2, 3);
      CREATE VIEW seen AS SELECT v, k > 1 AS big FROM parted;
      CREATE MATERIALIZED VIEW kept AS SELECT count(*) AS n FROM parted;
      CREATE MATERIALIZED VIEW empty_kept AS SELECT 1 AS n WITH NO DATA;
      CREATE TABLE dropped (a int, gone int, b int); ALTER TABLE dropped DROP COLUMN gone;
      INSERT INTO dropped VALUES (1, 2);
      CREATE TABLE nothing (); INSERT INTO nothing DEFAULT VALUES; CREATE TABLE no_rows (a int)`);
    const sorted = async (name: string) => (await load(name)).fields.sort();
    expect(await sorted('parted')).toEqual([
      ['1', 'a'],
      ['2', 'b'],
      ['2', 'c'],
    ]);
    expect(await sorted('seen')).toEqual([
      ['a', 'false'],
      ['b', 'true'],
      ['c', 'true'],
    ]);
    expect(await sorted('kept')).toEqual([['3']]);
    expect(await sorted('dropped')).toEqual([['1', '2']]);
    expect(await sorted('no_rows')).toEqual([]);
    const parent = await load('parent');
    expect(parent.fields).toEqual([['1'], ['2']]);
    expect(parent.reader.warnings.join()).toContain('1 inherited table');

    await withSnapshot(source, async (snapshot) => {
      const object = (name: string) => snapshot.object({ schema: 'public', name });
      const unfilled = await failure(object('empty_kept'), 'SOURCE_UNREADABLE');
      expect(unfilled.fix).toContain('REFRESH MATERIALIZED VIEW');
      await failure(object('nothing'), 'SOURCE_UNREADABLE');
      await failure(object('absent'), 'OBJECT_NOT_FOUND');
      expect((await readCsv(snapshot, 'public', 'dropped')).rows).toBe(1); // and the snapshot still works
    });
  });

  it('outlives the time limits that a role or a database sets', async () => {
    await server.query(
      'CREATE VIEW slow AS SELECT i, pg_sleep(0.15)::text AS s FROM generate_series(1, 9) i',
    );
    await withSnapshot(source, async (snapshot) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect((await readCsv(snapshot, 'public', 'slow')).rows).toBe(9);
    });
  });

  it('sees one moment, and is not emptied by a TRUNCATE', async () => {
    await server.query('CREATE TABLE moment AS SELECT generate_series(1, 10) AS i');
    await withSnapshot(source, async (snapshot) => {
      expect(Math.abs(snapshot.takenAt.getTime() - Date.now())).toBeLessThan(10_000);
      await server.query('INSERT INTO moment VALUES (11)');
      const reader = await snapshot.object({ schema: 'public', name: 'moment' });
      const truncated = server.query("SET lock_timeout = '200ms'; TRUNCATE moment");
      await expect(truncated).rejects.toThrow(/lock timeout/);
      expect(reader.columns).toEqual(['i']);
      expect((await readCsv(snapshot, 'public', 'moment')).rows).toBe(10);
    });
    expect((await load('moment')).rows).toBe(11);
  });

  it('refuses bytes that are no UTF-8 in a database without an encoding', async () => {
    await server.createDatabase('ascii', { encoding: 'SQL_ASCII' });
    const database = 'ascii';
    await server.query("CREATE TABLE fine AS SELECT E'\\xc3\\xa9' AS t", { database });
    await server.query("CREATE TABLE broken AS SELECT convert_from('\\xe9', 'SQL_ASCII') AS t", { database });
    const url = server.url.replace(/\/test$/, '/ascii');
    await using ascii = await openPostgres({ url, password: server.password, signal: never() });
    expect(ascii.database).toBe('ascii');
    await withSnapshot(ascii, async (snapshot) => {
      const error = await failure(readCsv(snapshot, 'public', 'broken'), 'SOURCE_UNREADABLE');
      expect(error.message).toContain('public.broken holds text that cannot be written as UTF-8');
      expect((await readCsv(snapshot, 'public', 'fine')).fields).toEqual([['é']]);
    });
  });

  it('converts what a database of another encoding holds', async () => {
    await server.createDatabase('latin', { encoding: 'LATIN1' });
    await server.query("CREATE TABLE t AS SELECT U&'caf\\00e9' AS t", { database: 'latin' });
    const url = server.url.replace(/\/test$/, '/latin');
    await using latin = await openPostgres({ url, password: server.password, signal: never() });
    const { fields } = await withSnapshot(latin, (snapshot) => readCsv(snapshot, 'public', 't'));
    expect(fields).toEqual([['café']]);
  });
});
