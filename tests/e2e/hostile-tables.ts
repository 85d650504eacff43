/** Names and values that lesser tools stumble over. */
import pg from 'pg';
import type { TestMariadb } from '../support/mariadb.ts';
import type { TestPostgres } from '../support/postgres.ts';

/** Texts without NUL, which no PostgreSQL text holds. */
export const hostileTexts: readonly string[] = [
  ...['', ' ', '"', '""', ',', '\n', '\r', '\r\n', '\t', '\\', '\\N', '\\.', 'NULL', 'null', "'", '$1'],
  ...['a\n\\.\nb', '${YEAR}', '=1+1', '\uFEFFbom', '\uFFFD', '\u0001\u007F', '\u202Eevil'],
  ...['שלום עולם', '👩‍👩‍👧‍👦 🏴‍☠️', 'é', 'e\u0301', 'x'.repeat(70_000), '";DROP TABLE texts;--'],
];

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
  'tab\there',
];

/** Fills the database `test`; the schemas `a` and `a_b` hold the pair whose directories collide. */
export async function createHostileTables(server: TestPostgres): Promise<void> {
  await server.query('CREATE TABLE texts (id int PRIMARY KEY, t text, u text)');
  for (const [id, text] of [...hostileTexts, null].entries()) {
    await server.query('INSERT INTO texts VALUES ($1, $2, $2)', { values: [id, text] });
  }
  await server.query(`
    CREATE TYPE mood AS ENUM ('sad', 'so "so"'); CREATE TYPE pair AS (a int, b text, ok boolean);
    CREATE DOMAIN yes AS boolean;
    CREATE TABLE types (i8 bigint, n numeric, f4 real, f8 double precision, b boolean, d yes, c char(5), by bytea,
      da date, t time, ts timestamp, tz timestamptz, iv interval, u uuid, j json, jb jsonb, ia int[], ta text[][],
      m mood, p pair, r int4range, ip inet, o int GENERATED ALWAYS AS (2) STORED);
    INSERT INTO types VALUES
      (9223372036854775807, ${'1234567890'.repeat(6)}.50, 0.1, 1e15, true, false, 'ab', '\\x00ff', '0044-03-15 BC',
       '24:00', 'infinity', '2024-03-31 01:30:00.5+02', '1 year -3 days 04:05:06.789',
       'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"b" :  1, "b":2}', '{"b": 1, "a": [1.50, null]}', '{1,NULL,3}',
       '{{"a,b","c\\"d"},{"","NULL"}}', 'so "so"', '(1,"x,y",t)', '[1,5)', '10.0.0.0/8'),
      (-9223372036854775808, 'NaN', 'NaN', '-Infinity', false, NULL, '', '', '5874897-12-31', '00:00:00.000001',
       '294276-12-31 23:59:59.999999', '4714-11-24 00:00:00+00 BC', '-1 mon', NULL, 'null', '"\\u00e9"', '{}', NULL,
       'sad', '(,,)', 'empty', '::1'),
      (0, '-0.00000000000000000001', 1e-05, 5e-324, NULL, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    CREATE TABLE parted (k int, v text) PARTITION BY LIST (k);
    CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
    CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
    INSERT INTO parted VALUES (1, 'a'), (2, NULL), (3, '');
    CREATE VIEW seen AS SELECT v, k > 1 AS big FROM parted;
    CREATE MATERIALIZED VIEW kept AS SELECT k, v FROM parted;
    CREATE TABLE many AS SELECT i, md5(i::text) AS h, CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'x,"y"' END AS s
      FROM generate_series(1, 60000) i;
    CREATE SCHEMA "we""ird /schema";
    CREATE SCHEMA a; CREATE SCHEMA a_b;
    CREATE TABLE a_b.c AS SELECT 'from a_b.c'::text AS t; CREATE TABLE a.b_c AS SELECT 'from a.b_c'::text AS t`);
  for (const name of names) {
    const table = `"we""ird /schema".${pg.escapeIdentifier(name)}`;
    await server.query(`CREATE TABLE ${table} (${pg.escapeIdentifier(name)} text, "order" boolean)`);
    await server.query(`INSERT INTO ${table} VALUES ($1, true), (NULL, NULL), ('', false)`, {
      values: [name],
    });
  }
}

/** Names that MySQL allows; it knows no characters beyond the first plane in one. */
export const mysqlNames: readonly string[] = [
  ...['Mixed Case', 'quo"te', 'sla/sh', 'back\\slash', '${YEAR}', 'select', "it's", 'ünï ☃', 'a.b', 'tick`s'],
];

/** Fills the database `test` of a MariaDB server. */
export async function createHostileMysql(server: TestMariadb): Promise<void> {
  const value = (text: string | null): string =>
    text === null ? 'NULL' : `CONVERT(X'${Buffer.from(text).toString('hex')}' USING utf8mb4)`;
  const texts = [...hostileTexts, null].map((text, id) => `(${id}, ${value(text)}, ${value(text)})`);
  await server.query(`
    CREATE TABLE texts (id int PRIMARY KEY, t longtext, u longtext) CHARSET utf8mb4;
    INSERT INTO texts VALUES ${texts.join(', ')};
    CREATE TABLE many AS SELECT seq AS i, MD5(seq) AS h, ELT(seq % 3 + 1, NULL, 'NULL', 'x,"y"') AS s FROM seq_1_to_60000;
    CREATE TABLE parted (k int, v varchar(9)) PARTITION BY LIST (k) (PARTITION one VALUES IN (1), PARTITION rest DEFAULT);
    INSERT INTO parted VALUES (1, 'a'), (2, NULL), (3, '');
    CREATE VIEW seen AS SELECT v, k > 1 AS big FROM parted`);
  for (const name of mysqlNames) {
    const quoted = `\`${name.replaceAll('`', '``')}\``;
    await server.query(`CREATE TABLE ${quoted} (${quoted} varchar(20), \`order\` bigint unsigned) CHARSET utf8mb4;
      INSERT INTO ${quoted} VALUES (${value(name)}, 18446744073709551615), (NULL, NULL), ('', 0)`);
  }
}
