/** Walks docs/types.md: what it promises is what real databases give. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { openFiles } from '../../src/main/sources/files/open.ts';
import { openMysql } from '../../src/main/sources/mysql/open.ts';
import { openPostgres } from '../../src/main/sources/postgres/open.ts';
import { openSqlite } from '../../src/main/sources/sqlite.ts';
import { missingForMariadb, startMariadb } from '../support/mariadb.ts';
import { findPostgres, startPostgres } from '../support/postgres.ts';
import { never, readAllRows, readCsv, withSnapshot } from '../support/source-reading.ts';
import { readStrictCsv } from '../support/strict-csv.ts';

interface Promised {
  readonly type: string;
  readonly example: string;
  /** The field as it stands in the file, quotes included; '' for NULL. */
  readonly field: string;
}

const page = readFileSync(new URL('../../docs/types.md', import.meta.url), 'utf8');

function promisesOf(heading: string): Promised[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  // the formatter pads the cells and writes *nothing* as _nothing_
  const rows = [...section.matchAll(/^\| `([^`]+)` +\| `([^`]+)` +\| (?:`([^`]+)`|[*_]nothing[*_]) +\|$/gm)];
  const lines = section.split('\n').filter((line) => line.startsWith('| ')).length - 2;
  expect(rows).toHaveLength(lines); // no row is passed over
  return rows.map(([, type = '', example = '', field = '']) => ({ type, example, field }));
}

const readField = (field: string) => readStrictCsv(Buffer.from(`x,${field}\n`))[0]?.[1];

describe('docs/types.md', () => {
  it.skipIf(findPostgres() === null)('PostgreSQL: needs PostgreSQL', async () => {
    const promises = promisesOf('PostgreSQL');
    expect(promises.length).toBeGreaterThan(40);
    const server = await startPostgres({ tls: false });
    try {
      const columns = promises.map(({ example }, index) => `${example} AS c${index}`);
      await server.query(`CREATE TABLE page AS SELECT ${columns.join(', ')}`);
      await using source = await openPostgres({
        url: server.url,
        password: server.password,
        signal: never(),
      });
      const [object] = await source.objects(never());
      expect(object?.columns.map(({ type }) => type)).toEqual(promises.map(({ type }) => type));
      const { bytes, fields } = await withSnapshot(source, (snapshot) => readCsv(snapshot, 'public', 'page'));
      expect(fields[0]).toEqual(promises.map(({ field }) => readField(field)));
      expect(bytes.toString()).toBe(`${promises.map(({ field }) => field).join(',')}\n`);
    } finally {
      await server.stop();
    }
  });

  it.skipIf(missingForMariadb !== '')(`MariaDB: needs ${missingForMariadb || 'MariaDB'}`, async () => {
    const promises = promisesOf('MySQL and MariaDB');
    expect(promises.length).toBeGreaterThan(25);
    await using server = await startMariadb();
    const columns = promises.map(
      ({ type }, index) => `c${index} ${type} ${type === 'timestamp' ? 'NULL' : ''}`,
    );
    await server.query(`SET sql_mode = ''; SET time_zone = '+05:30';
      CREATE TABLE page (${columns.join(', ')}) CHARSET utf8mb4;
      INSERT INTO page VALUES (${promises.map(({ example }) => example).join(', ')})`);
    await using source = await openMysql({ url: server.url, password: server.password, signal: never() });
    const { bytes } = await withSnapshot(source, (snapshot) => readCsv(snapshot, null, 'page'));
    expect(bytes.toString()).toBe(`${promises.map(({ field }) => field).join(',')}\n`);
  });

  it('SQLite', async () => {
    const promises = promisesOf('SQLite');
    expect(promises.length).toBeGreaterThan(10);
    const dir = mkdtempSync(join(tmpdir(), 'sluice-types-'));
    try {
      const path = join(dir, 'page.db');
      const db = new DatabaseSync(path);
      db.exec('CREATE TABLE page (v, type)');
      for (const { example } of promises) db.exec(`INSERT INTO page SELECT ${example}, typeof(${example})`);
      db.close();
      await using source = await openSqlite({ path });
      const rows = await withSnapshot(source, async (snapshot) =>
        readAllRows(await snapshot.object({ schema: null, name: 'page' })),
      );
      expect(rows).toEqual(promises.map(({ type, field }) => [readField(field), type]));
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('Parquet, written by DuckDB itself', async () => {
    const promises = promisesOf('Parquet');
    expect(promises.length).toBeGreaterThan(20);
    const folder = mkdtempSync(join(tmpdir(), 'sluice-types-'));
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    try {
      const columns = promises.map(({ example }, at) => `${example} AS c${at}`).join(', ');
      const path = join(folder, 'types.parquet');
      await connection.run(`COPY (SELECT ${columns}) TO '${path}' (FORMAT parquet)`);
      await using source = await openFiles({ path, options: {}, signal: never() });
      const { fields } = await withSnapshot(source, (snapshot) => readCsv(snapshot, null, 'types'));
      expect(fields[0]).toEqual(promises.map(({ field }) => readField(field)));
    } finally {
      connection.closeSync();
      instance.closeSync();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
