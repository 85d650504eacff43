/** What the command line loads is read back from S3, and is exactly what the database holds. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endLine, objectsDocument, previewDocument } from '../cli/documents.ts';
import { errorOf, type Installation, install } from '../support/cli.ts';
import { type CliTarget, must, startCliAws } from '../support/cli-aws.ts';
import { startCliRgw } from '../support/cli-rgw.ts';
import { missingForMariadb, startMariadb } from '../support/mariadb.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { missingForRgw } from '../support/rgw.ts';
import type { CsvField } from '../support/strict-csv.ts';
import { createHostileMysql, createHostileTables, hostileTexts, mysqlNames } from './hostile-tables.ts';

let cli: Installation;
let aws: CliTarget;

const quoted = pg.escapeIdentifier;
const sorted = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

interface Loaded {
  readonly object: string;
  readonly columns: readonly CsvField[];
  readonly rows: readonly CsvField[][];
}

/** Saves a pipeline, previews and loads it, checks that every key lies under its preview, and reads S3. */
async function loadAndRead(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Loaded[]> {
  const where = ['--destination', 'lake', '--destination-prefix', name, ...args];
  must(await cli.run(['pipeline', 'add', '--name', name, ...where], { env }));
  const preview = () => cli.document(previewDocument, ['preview', name]);
  const before = await preview();
  const known = new Set(await aws.keys());
  const { code, lines, stderr } = await cli.json(['load', name], { env });
  expect({ code, stderr: stderr.replaceAll(/^warning: .*\n/gm, '') }).toEqual({ code: 0, stderr: '' });
  const { jobId, objects } = endLine.parse(lines.at(-1));
  // The job id of a preview is an example, and midnight may have passed since.
  const expected = [before, await preview()].map(({ objects }) =>
    objects.map(({ firstKey }) =>
      firstKey.replace(uuid, jobId).replace(/-[0-9a-f]{8}\.csv\.gz$/, `-${jobId.slice(0, 8)}.csv.gz`),
    ),
  );
  const written = objects.flatMap(({ files }) => files.map(({ key }) => key));
  expect(expected).toContainEqual(written);
  expect((await aws.keys()).filter((key) => !known.has(key))).toEqual(written.toSorted());
  expect(await aws.uploads()).toEqual([]);
  const verified = await cli.json(['jobs', 'verify', jobId], { env });
  expect(verified.lines).toMatchObject([{ result: 'passed' }]);
  return await Promise.all(
    objects.map(async ({ object, rows, files }) => {
      const [columns = [], ...read] = await aws.csv(files[0]?.key ?? '');
      expect(read).toHaveLength(rows);
      return { object, columns, rows: read };
    }),
  );
}

/** Some two dozen loads and readings, on a machine that may be busy. */
const patience = { timeout: 300_000 };

describe('to the sandbox:', patience, () => hostileTables(startCliAws));

describe.skipIf(missingForRgw !== '')(
  missingForRgw === '' ? 'to Ceph RGW:' : `to Ceph RGW: needs ${missingForRgw}`,
  patience,
  () => hostileTables(startCliRgw),
);

function hostileTables(start: (cli: Installation) => Promise<CliTarget>): void {
  beforeAll(async () => {
    cli = install();
    aws = await start(cli);
  });
  afterAll(async () => {
    await aws[Symbol.asyncDispose]();
    cli[Symbol.dispose]();
  });

  describe.skipIf(findPostgres() === null)('PostgreSQL and back: needs PostgreSQL', () => {
    let server: TestPostgres;
    const env = () => ({ ...aws.env, PGPASSWORD: server.password });
    beforeAll(async () => {
      server = await startPostgres({ tls: false });
      await createHostileTables(server);
      must(await cli.run(['source', 'add', '--name', 'pg', '--url', server.url], { env: env() }));
    });
    afterAll(() => server.stop());

    /** The same rows by another way: each column as text, as the server itself writes it. */
    async function held(schema: string, name: string, columns: readonly CsvField[]): Promise<string[]> {
      const list = columns.map((column, at) => {
        const value = quoted(column ?? '');
        // The cast to text trims char(n) and lengthens inet; their own output does not.
        return `CASE WHEN pg_typeof(${value})::text NOT IN ('character', 'inet') THEN ${value}::text
        WHEN num_nulls(${value}) = 0 THEN format('%s', ${value}) END AS "${at}"`;
      });
      const rows =
        await server.query(`SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres';
      SET bytea_output = 'hex'; SET extra_float_digits = 1;
      SELECT ${list.join(', ')} FROM ${quoted(schema)}.${quoted(name)}`);
      return sorted(rows.map((row) => columns.map((_, at) => row[String(at)] ?? null)));
    }

    test('every object of the hostile database arrives exactly, NULL beside the empty string', async () => {
      const { objects } = await cli.document(objectsDocument, ['source', 'objects', 'pg'], { env: env() });
      const hostile = objects.filter(({ schema }) => schema !== 'a' && schema !== 'a_b');
      expect(hostile.length).toBeGreaterThan(12);
      const names = hostile.map(({ schema, name }) => `"${schema}"."${name}"`);
      const loaded = await loadAndRead('hostile', ['--source', 'pg', '--object', ...names], env());
      expect(loaded).toHaveLength(hostile.length);
      for (const [at, { columns, rows }] of loaded.entries()) {
        const { schema, name, columns: described } = hostile[at] ?? { schema: '', name: '', columns: [] };
        expect(columns).toEqual(described.map((column) => column.name));
        expect({ name, rows: sorted(rows) }).toEqual({ name, rows: await held(schema ?? '', name, columns) });
      }
      const texts = loaded.find(({ object }) => object === 'public.texts')?.rows ?? [];
      const inOrder = texts.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, text]) => text);
      expect(inOrder).toEqual([...hostileTexts, null]);
    });

    test('a_b + c and a + b_c collide, and load apart under other prefixes', async () => {
      const both = ['--source', 'pg', '--object', 'a_b.c', 'a.b_c'];
      const shown = errorOf(
        await cli.json(
          [
            'pipeline',
            'add',
            '--name',
            'both',
            '--destination',
            'lake',
            '--destination-prefix',
            'x',
            ...both,
          ],
          { env: env() },
        ),
      );
      expect(shown).toMatchObject({ exit: 2, code: 'PATH_COLLISION' });
      expect(shown.message).toMatch(/a_b\.c.*a\.b_c/);
      const [one] = await loadAndRead('one', ['--source', 'pg', '--object', 'a_b.c'], env());
      const [two] = await loadAndRead('two', ['--source', 'pg', '--object', 'a.b_c'], env());
      expect([one?.rows, two?.rows]).toEqual([[['from a_b.c']], [['from a.b_c']]]);
    });
  });

  test.skipIf(missingForMariadb !== '')(
    `MariaDB and back: needs ${missingForMariadb || 'MariaDB'}`,
    async () => {
      await using server = await startMariadb();
      await createHostileMysql(server);
      const env = { ...aws.env, MYSQL_PWD: server.password };
      must(await cli.run(['source', 'add', '--name', 'my', '--url', server.url], { env }));
      const loaded = await loadAndRead('my', ['--source', 'my', '--all'], env);
      expect(loaded.map(({ object }) => object).sort()).toEqual(
        [...mysqlNames, 'many', 'parted', 'seen', 'texts'].sort(),
      );
      const rowsOf = (name: string) => loaded.find(({ object }) => object === name)?.rows ?? [];
      const texts = rowsOf('texts').toSorted(([a], [b]) => Number(a) - Number(b));
      expect(texts).toEqual([...hostileTexts, null].map((text, id) => [String(id), text, text]));
      const many = await server.query("SELECT i, h, COALESCE(s, '') FROM many ORDER BY i");
      expect(rowsOf('many').map(([i, h, s]) => [i, h, s ?? ''])).toEqual(many);
      expect(rowsOf('many').filter(([, , s]) => s === null)).toHaveLength(20_000);
      expect(sorted(rowsOf('parted'))).toEqual(
        sorted([
          ['1', 'a'],
          ['2', null],
          ['3', ''],
        ]),
      );
      expect(sorted(rowsOf('seen'))).toEqual(
        sorted([
          ['a', '0'],
          [null, '1'],
          ['', '1'],
        ]),
      );
      for (const name of mysqlNames) {
        expect(loaded.find(({ object }) => object === name)?.columns).toEqual([name, 'order']);
        expect(sorted(rowsOf(name))).toEqual(
          sorted([
            [name, '18446744073709551615'],
            [null, null],
            ['', '0'],
          ]),
        );
      }
    },
  );

  test('SQLite and back: every object arrives exactly', async () => {
    const path = join(cli.home, 'hostile ${YEAR} "db".sqlite');
    using database = new DatabaseSync(path);
    database.exec('CREATE TABLE texts (id INTEGER PRIMARY KEY, t TEXT, u TEXT)');
    const insert = database.prepare('INSERT INTO texts VALUES (?, ?, ?)');
    for (const [id, text] of [...hostileTexts, null].entries()) insert.run(id, text, text);
    database.exec(`
    CREATE TABLE "sla/sh ""quoted"" \${DAY}" (id INTEGER PRIMARY KEY, "co""l umn" ANY, whatever);
    INSERT INTO "sla/sh ""quoted"" \${DAY}" VALUES
      (1, 9223372036854775807, x'00ff0a'), (2, -9223372036854775808, x''), (3, 'text in a number', 0.5),
      (4, NULL, ''), (5, 1.25, -0.125), (6, 12345678901234567, 'x');
    CREATE VIEW "v iew" AS SELECT id, upper(t) AS t FROM texts`);
    const env = aws.env;
    must(await cli.run(['source', 'add', '--name', 'lite', '--url', `sqlite:${path}`], { env }));
    const loaded = await loadAndRead('lite', ['--source', 'lite', '--all'], env);
    expect(loaded.map(({ object }) => object)).toEqual(['sla/sh "quoted" ${DAY}', 'texts', 'v iew']);
    for (const { object, columns, rows } of loaded) {
      const list = columns.map((column, at) => {
        const name = quoted(column ?? '');
        return `CASE typeof(${name}) WHEN 'blob' THEN '\\x' || lower(hex(${name})) ELSE CAST(${name} AS TEXT) END AS c${at}`;
      });
      const held = database.prepare(`SELECT ${list.join(', ')} FROM ${quoted(object)}`).all();
      expect(sorted(rows)).toEqual(sorted(held.map((row) => Object.values(row))));
    }
  });
}
