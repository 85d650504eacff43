/** What stands in the CSV is exactly what the database holds, however hostile it is. */
import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floatText, floatText4 } from '../../../src/main/sources/dialect.ts';
import { openMysql } from '../../../src/main/sources/mysql/open.ts';
import type { CsvChunk, OpenSource } from '../../../src/main/sources/source.ts';
import { missingForMariadb, startMariadb, type TestMariadb } from '../../support/mariadb.ts';
import { failure, never, readCsv, withSnapshot } from '../../support/source-reading.ts';

const hex = (text: string): string => `X'${Buffer.from(text).toString('hex')}'`;

describe.skipIf(missingForMariadb !== '')(`MySQL values: needs ${missingForMariadb || 'MariaDB'}`, () => {
  let server: TestMariadb;
  let source: OpenSource;

  beforeAll(async () => {
    server = await startMariadb();
    // settings that would change the output, or break a long load, if they were believed
    await server.query(`
      SET GLOBAL time_zone = '+05:30'; SET GLOBAL sql_select_limit = 3; SET GLOBAL sql_auto_is_null = 1;
      SET GLOBAL max_statement_time = 2; SET GLOBAL net_write_timeout = 1; SET GLOBAL wait_timeout = 1;
      SET GLOBAL idle_transaction_timeout = 1; SET GLOBAL completion_type = 2;
      SET GLOBAL sql_mode = 'ANSI_QUOTES,PAD_CHAR_TO_FULL_LENGTH,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT';
      SET GLOBAL init_connect = 'SET NAMES latin1'`);
    source = await openMysql({ url: server.url, password: server.password, signal: never() });
  });
  afterAll(async () => {
    await source[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const load = (name: string) => withSnapshot(source, (snapshot) => readCsv(snapshot, null, name));

  /** One column of one type, filled in the order of `values`, which are SQL. */
  async function stored(type: string, values: readonly string[], options = ''): Promise<(string | null)[]> {
    await server.query(`SET sql_mode = ''; DROP TABLE IF EXISTS one;
      CREATE TABLE one (id int PRIMARY KEY, v ${type}) ${options};
      INSERT INTO one VALUES ${values.map((value, id) => `(${id}, ${value})`).join(', ')}`);
    return (await load('one')).fields.map(([, value]) => value ?? null);
  }

  it('keeps every character of text, NULL beside the empty string, and one-column oddities', async () => {
    const texts = [
      ...['', ' ', '"', '""', ',', '\n', '\r', '\r\n', '\t', '\\', '\\N', '\\.', 'NULL', 'null', "'", '\0'],
      ...[
        'a\n\\.\nb',
        '👩‍👩‍👧‍👦 🏴‍☠️',
        'שלום עולם',
        '\u202Eevil',
        '\uFEFFbom',
        '\uFFFD',
        '${YEAR}',
        'é',
        'e\u0301',
      ],
      ...['x'.repeat(250), 'x'.repeat(251), ',"'.repeat(40_000), 'ü'.repeat(70_000), 'x'.repeat(300_000)],
    ];
    const values = [...texts.map((text) => `CONVERT(${hex(text)} USING utf8mb4)`), 'NULL'];
    await server.query(`CREATE TABLE texts (id int PRIMARY KEY, t longtext, u longtext) CHARSET utf8mb4;
      CREATE TABLE single (t longtext) CHARSET utf8mb4`);
    for (const [id, value] of values.entries()) {
      await server.query(
        `INSERT INTO texts VALUES (${id}, ${value}, ${value}); INSERT INTO single VALUES (${value})`,
      );
    }
    const two = await load('texts');
    expect(two.fields).toEqual([...texts, null].map((text, id) => [String(id), text, text]));
    const one = await load('single');
    expect(one.fields).toEqual([...texts, null].map((text) => [text]));
    expect(one.reader.warnings).toEqual([expect.stringContaining('blank line')]);
    expect(one.bytes.toString()).toContain('\n"\\."\n');
    const foreign = parse(two.bytes, { record_delimiter: '\n' });
    expect(foreign).toEqual(two.fields.map((row) => row.map((field) => field ?? '')));
  });

  it('writes numbers exactly', async () => {
    expect(await stored('bigint unsigned', ['18446744073709551615', '0', 'NULL'])).toEqual([
      ...['18446744073709551615', '0'],
      null,
    ]);
    expect(await stored('bigint', ['-9223372036854775808', '9007199254740993'])).toEqual([
      ...['-9223372036854775808', '9007199254740993'],
    ]);
    const large = `${'12345'.repeat(7)}.${'98765'.repeat(6)}`;
    expect(await stored('decimal(65,30)', [large, `-${large}`, '0', '1.5'])).toEqual([
      ...[large, `-${large}`, `0.${'0'.repeat(30)}`, `1.5${'0'.repeat(29)}`],
    ]);
    expect(await stored('tinyint(1)', ['TRUE', 'FALSE', '-128'])).toEqual(['1', '0', '-128']);
    expect(await stored('int(8) zerofill', ['42'])).toEqual(['00000042']);
    expect(await stored('bit(1)', ["b'1'", "b'0'"])).toEqual(['1', '0']);
    expect(await stored('bit(12)', ["b'101100000001'", '5'])).toEqual(['101100000001', '000000000101']);
    expect(await stored('bit(64)', ['18446744073709551614', '1'])).toEqual([
      ...[`${'1'.repeat(63)}0`, `${'0'.repeat(63)}1`],
    ]);
  });

  it('writes floats in the shortest digits that read back, of either precision', async () => {
    const doubles = [
      ...[0.1, 1 / 3, 1e15, 1e-5, 123456789012345.6, 5e-324, Number.MAX_VALUE, 1e22, 1e23, 2 ** 53, -1.5],
      ...fc
        .sample(fc.double({ noNaN: true, noDefaultInfinity: true }), 2_000)
        .filter((value) => !Object.is(value, -0)),
    ];
    const text = (value: number): string => value.toExponential(17);
    expect(await stored('double', doubles.map(text))).toEqual(doubles.map(floatText));
    const floats = [
      ...[0.1, 16777216, 3.4028234e38, 1e-45, 123456.79, 1e6, 999999.94, 1e-4],
      ...fc.sample(fc.float({ noNaN: true, noDefaultInfinity: true }), 2_000),
    ].map((value) => (value === 0 ? 0 : Math.fround(value)));
    expect(await stored('float', floats.map(text))).toEqual(floats.map(floatText4));
    expect(await stored('double(10,2)', ['1.1', '99999999.99'])).toEqual(['1.1', '99999999.99']);
    expect(await stored('float(7,3)', ['1234.567'])).toEqual([floatText4(Math.fround(1234.567))]);
  });

  it('writes dates and times, with a stated rule for those that are none', async () => {
    expect(await stored('date', ["'2024-11-27'", "'0000-00-00'", "'2024-00-00'", "'9999-12-31'"])).toEqual([
      ...['2024-11-27', '0000-00-00', '2024-00-00', '9999-12-31'],
    ]);
    expect(await stored('datetime(6)', ["'2024-11-27 09:15:00.5'", "'2024-11-27 09:15:00'", '0'])).toEqual([
      ...['2024-11-27 09:15:00.5', '2024-11-27 09:15:00', '0000-00-00 00:00:00'],
    ]);
    expect(await stored('datetime', ["'1000-01-01 00:00:00'"])).toEqual(['1000-01-01 00:00:00']);
    // the session that writes is in the server's time zone, which is five and a half hours before UTC
    expect(
      await stored('timestamp(3) NULL', ["'2024-11-27 09:15:00.120'", "'1970-01-02'", '0', 'NULL']),
    ).toEqual([...['2024-11-27 03:45:00.12+00', '1970-01-01 18:30:00+00', '0000-00-00 00:00:00'], null]);
    expect(
      await stored('time(6)', ["'838:59:59'", "'-838:59:59'", "'-00:00:00.000001'", "'09:15:00.100'"]),
    ).toEqual([...['838:59:59', '-838:59:59', '-00:00:00.000001', '09:15:00.1']]);
    expect(await stored('year', ['2024', '0', '1901'])).toEqual(['2024', '0000', '1901']);
  });

  it('writes binary data, sets, JSON, geometries and the types of MariaDB', async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    expect(await stored('longblob', [`0x${all.toString('hex')}`, "''", 'NULL'])).toEqual([
      ...[`\\x${all.toString('hex')}`, '\\x'],
      null,
    ]);
    expect(await stored('binary(4)', ['0x01'])).toEqual(['\\x01000000']);
    expect(await stored('varbinary(9)', ['0x000A22'])).toEqual(['\\x000a22']);
    expect(await stored('char(5)', ["'ab'", "''", "'a b  '"])).toEqual(['ab', '', 'a b']);
    expect(await stored("enum('a', 'so \"so\"', '')", ['\'so "so"\'', "''", "'a'", '0'])).toEqual([
      ...['so "so"', '', 'a', ''],
    ]);
    expect(await stored("set('x', 'y', 'z')", ["'z,x'", "''"])).toEqual(['x,z', '']);
    const json = '{"b" :  1.50, "b": 12345678901234567890, "a": null}';
    expect(await stored('json', [`'${json}'`, "'null'"])).toEqual([json, 'null']);
    expect(await stored('uuid', ["'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'"])).toEqual([
      'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    ]);
    expect(await stored('inet6', ["'2001:DB8::1'", "'::'"])).toEqual(['2001:db8::1', '::']);
    expect(await stored('inet4', ["'10.0.0.1'"])).toEqual(['10.0.0.1']);
    expect(await stored('point', ['POINT(1.5, -2)', 'ST_GeomFromText("POINT(1.5 -2)", 4326)'])).toEqual([
      '0101000000000000000000F83F00000000000000C0',
      '0101000020E6100000000000000000F83F00000000000000C0',
    ]);
    const shape = 'GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))';
    const [nested] = await stored('geometry', [`ST_GeomFromText('${shape}', 4326)`]);
    const [[wkb]] = (await server.query(`SELECT HEX(ST_AsBinary(ST_GeomFromText('${shape}')))`)) as [
      [string],
    ];
    expect(nested).toBe(`0107000020E6100000${wkb.slice(10)}`);
  });

  it.each([
    ['latin1', 'café €', 'C1: \u0081'],
    ['utf8mb3', 'ünï ☃', 'שלום'],
    ['utf8mb4', '👩‍👩‍👧‍👦', '"q",'],
    ['sjis', 'ソート 表', 'カタカナ?'],
    ['cp932', '①㈱ 表?', '～'],
    ['ujis', '日本語', '?'],
    ['gbk', '汉字?', '漢字'],
    ['big5', '漢字', '?'],
    ['euckr', '한국어', '??'],
    ['ucs2', 'ünï ☃', '?'],
    ['utf16', '👩 ☃', '?'],
    ['utf16le', '👩 ☃', '?'],
    ['utf32', '👩 ☃', '?'],
    ['koi8r', 'привет?', 'мир'],
    ['cp1251', 'привет', 'є'],
    ['hebrew', 'שלום', '?'],
    ['ascii', 'plain?', ''],
  ])('converts %s', async (charset, first, second) => {
    const values = [first, second, ''].map((text) => `CONVERT(${hex(text)} USING utf8mb4)`);
    expect(await stored(`varchar(50) CHARACTER SET ${charset}`, values)).toEqual([first, second, '']);
  });

  it('refuses text that the server would turn into question marks, by the name of the column', async () => {
    // 0x8540 is a gap in Shift JIS; the others are what a program stores that names the wrong character set
    const broken: readonly (readonly [string, string])[] = [
      ['sjis', '0x8540'],
      ['ascii', '0x61e9'],
      ['hebrew', '0xbf'],
      ['ujis', '0xa9a1'],
      ['cp1250', '0x81'],
    ];
    for (const [charset, bytes] of broken) {
      await server.query(`SET sql_mode = ''; DROP TABLE IF EXISTS broken;
        CREATE TABLE broken (id int, fine varchar(9), \`bad "col"\` varchar(20) CHARACTER SET ${charset});
        INSERT INTO broken VALUES (1, '?', '?'), (2, NULL, NULL);
        INSERT INTO broken VALUES (3, '', CAST(${bytes} AS CHAR CHARACTER SET ${charset}))`);
      expect(await server.query('SELECT HEX(`bad "col"`) FROM broken WHERE id = 3')).toEqual([
        [bytes.slice(2).toUpperCase()],
      ]);
      const error = await failure(load('broken'), 'SOURCE_UNREADABLE');
      expect(error.message).toContain(
        `column "bad "col"" of broken holds text that cannot be converted from ${charset}`,
      );
      expect(error.fix).toContain('CAST(`bad "col"` AS BINARY)');
    }
    await server.query(
      `CREATE VIEW as_bytes AS SELECT CAST(\`bad "col"\` AS BINARY) AS b FROM broken WHERE id = 3`,
    );
    expect((await load('as_bytes')).fields).toEqual([['\\x81']]);
  });

  it('refuses bytes that are no UTF-8 by the name of the column', async () => {
    // half of a pair of surrogates is allowed in UCS-2; what a file holds that was put there is not looked at
    await server.query(`SET sql_mode = '';
      CREATE TABLE half (id int, a varchar(9) CHARACTER SET ucs2, b varchar(9));
      INSERT INTO half VALUES (1, CAST(0xd800 AS CHAR CHARACTER SET ucs2), 'ü,"');
      CREATE TABLE bytes (id int, b varbinary(40)) ENGINE=MyISAM; INSERT INTO bytes VALUES (1, 0x61ff);
      CREATE TABLE planted (id int, b varchar(10) CHARACTER SET utf8mb4) ENGINE=MyISAM; FLUSH TABLES`);
    const folder = join(dirname(server.socket), 'data', 'test');
    for (const end of ['MYD', 'MYI'])
      await copyFile(join(folder, `bytes.${end}`), join(folder, `planted.${end}`));
    await server.query('FLUSH TABLES');
    expect(await server.query('SELECT HEX(b) FROM planted')).toEqual([['61FF']]);
    for (const [name, column] of [
      ['half', 'a'],
      ['planted', 'b'],
    ] as const) {
      const error = await failure(load(name), 'SOURCE_UNREADABLE');
      expect(error.message).toContain(`column "${column}" of ${name} holds text that is not valid UTF-8`);
    }
  });

  it('quotes every name', async () => {
    const names = [
      'Mixed Case',
      'quo"te',
      'sla/sh',
      'back\\slash',
      'tick`s',
      '${YEAR}',
      'select',
      "it's",
      'ünï ☃',
      'a.b',
    ];
    for (const name of names) {
      const quoted = `\`${name.replaceAll('`', '``')}\``;
      await server.query(`CREATE TABLE ${quoted} (${quoted} varchar(20) CHARACTER SET utf8mb4, \`order\` int);
        INSERT INTO ${quoted} VALUES (CONVERT(${hex(name)} USING utf8mb4), 1)`);
      const { fields, reader } = await load(name);
      expect(reader.columns).toEqual([name, 'order']);
      expect(fields).toEqual([[name, '1']]);
    }
    const listed = (await source.objects(never())).map(({ name }) => name);
    expect(listed.filter((name) => names.includes(name))).toEqual([...names].sort());
  });

  it('reads every kind of object whole, and generated and invisible columns with it', async () => {
    await server.query(`
      CREATE TABLE parted (k int, v varchar(9)) PARTITION BY LIST (k) (
        PARTITION one VALUES IN (1), PARTITION rest DEFAULT);
      INSERT INTO parted VALUES (1, 'a'), (2, 'b'), (3, NULL);
      CREATE VIEW seen AS SELECT v, k > 1 AS big FROM parted;
      CREATE TABLE columns_of_all (a int, b int AS (a * 2) VIRTUAL, c int AS (a * 3) STORED, d int INVISIBLE DEFAULT 7);
      INSERT INTO columns_of_all (a) VALUES (1);
      CREATE TABLE versioned (a int) WITH SYSTEM VERSIONING; INSERT INTO versioned VALUES (1); UPDATE versioned SET a = 2;
      CREATE TABLE \`case\` (a int); CREATE TABLE \`CASE\` (b int); INSERT INTO \`CASE\` VALUES (5);
      CREATE SEQUENCE counter; CREATE TABLE no_rows (a int);
      CREATE TABLE gone (a int); CREATE VIEW dangling AS SELECT * FROM gone; DROP TABLE gone`);
    const sorted = async (name: string) => (await load(name)).fields.sort();
    expect(await sorted('parted')).toEqual([
      ['1', 'a'],
      ['2', 'b'],
      ['3', null],
    ]);
    expect(await sorted('seen')).toEqual([
      [null, '1'],
      ['a', '0'],
      ['b', '1'],
    ]);
    const all = await load('columns_of_all');
    expect(all.reader.columns).toEqual(['a', 'b', 'c', 'd']);
    expect(all.fields).toEqual([['1', '2', '3', '7']]);
    expect(await sorted('versioned')).toEqual([['2']]);
    expect(await sorted('CASE')).toEqual([['5']]);
    expect((await load('CASE')).reader.columns).toEqual(['b']);
    expect(await sorted('no_rows')).toEqual([]);
    const listed = new Map((await source.objects(never())).map((object) => [object.name, object]));
    expect(listed.get('parted')).toMatchObject({ schema: null, kind: 'partitioned table' });
    expect(listed.get('seen')).toMatchObject({ kind: 'view', estimatedRows: null });
    expect(listed.get('dangling')).toMatchObject({ kind: 'view', columns: [] });
    expect(listed.get('CASE')?.columns).toEqual([{ name: 'b', type: 'int(11)' }]);
    expect(listed.has('counter')).toBe(false);
    await withSnapshot(source, async (snapshot) => {
      await failure(snapshot.object({ schema: null, name: 'absent' }), 'OBJECT_NOT_FOUND');
      await failure(snapshot.object({ schema: 'test', name: 'parted' }), 'OBJECT_NOT_FOUND');
      const dangling = await failure(
        snapshot.object({ schema: null, name: 'dangling' }),
        'SOURCE_UNREADABLE',
      );
      expect(dangling.message).toContain('dangling');
      expect((await readCsv(snapshot, null, 'parted')).rows).toBe(3); // and the snapshot still works
    });
  });

  it('reads 900 columns, fields of megabytes, and rows longer than a packet of the protocol', async () => {
    const columns = Array.from({ length: 900 }, (_, index) => `c${index} tinyint`);
    await server.query(
      `CREATE TABLE wide (${columns.join(', ')}); INSERT INTO wide (c0, c899) VALUES (1, 0)`,
    );
    expect((await load('wide')).fields).toEqual([['1', ...new Array<null>(898).fill(null), '0']]);
    await server.query(`SET GLOBAL max_allowed_packet = 268435456`);
    await server.query(`CREATE TABLE large AS
      SELECT seq AS id, REPEAT(CONCAT(CHAR(64 + seq USING utf8mb4), '"'), 9000000) AS t FROM seq_1_to_2`);
    await using fresh = await openMysql({ url: server.url, password: server.password, signal: never() });
    const chunks = await withSnapshot(fresh, async (snapshot) => {
      const data = (await snapshot.object({ schema: null, name: 'large' })).read(never());
      const all: CsvChunk[] = [];
      if (data.format === 'csv') for await (const chunk of data.chunks) all.push(chunk);
      return all;
    });
    expect(chunks.map(({ rows }) => rows)).toEqual([1, 1]);
    for (const [at, { bytes }] of chunks.entries()) {
      const field = `${String.fromCharCode(65 + at)}""`.repeat(9_000_000);
      expect(bytes.equals(Buffer.from(`${at + 1},"${field}"\n`))).toBe(true);
    }
  });

  it('outlives the time limits that a server sets', async () => {
    await server.query('CREATE VIEW slow AS SELECT seq, SLEEP(0.4) AS s FROM seq_1_to_7');
    await withSnapshot(source, async (snapshot) => {
      await sleep(1_500);
      expect((await readCsv(snapshot, null, 'slow')).rows).toBe(7);
    });
  });

  it('sees one moment, and says where a table has none', async () => {
    await server.query(`CREATE TABLE moment AS SELECT seq AS i FROM seq_1_to_10;
      CREATE TABLE old (i int NOT NULL) ENGINE=MyISAM; INSERT INTO old VALUES (1);
      CREATE TABLE emptied AS SELECT seq AS i FROM seq_1_to_10; CREATE TABLE altered AS SELECT * FROM emptied`);
    await withSnapshot(source, async (snapshot) => {
      expect(Math.abs(snapshot.takenAt.getTime() - Date.now())).toBeLessThan(30_000);
      await sleep(1_100); // the server keeps whole seconds of it
      await server.query(
        'INSERT INTO moment VALUES (11); TRUNCATE emptied; ALTER TABLE altered ADD j int FIRST',
      );
      const { reader, rows } = await readCsv(snapshot, null, 'moment');
      expect(rows).toBe(10);
      expect(reader.warnings.join()).not.toContain('snapshot');
      const truncated = server.query('SET lock_wait_timeout = 1; TRUNCATE moment');
      await expect(truncated).rejects.toThrow(/Lock wait timeout/);
      expect((await readCsv(snapshot, null, 'old')).reader.warnings.join()).toContain(
        'MyISAM has no snapshots',
      );
      for (const name of ['emptied', 'altered']) {
        const changed = await failure(readCsv(snapshot, null, name), 'SOURCE_UNREADABLE');
        expect(changed.message).toContain(`${name} was changed, emptied or replaced after the load began`);
      }
    });
    expect((await load('moment')).rows).toBe(11);
  });
});
