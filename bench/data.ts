/** The table that is loaded: ten columns of mixed types, the same on every machine. */
import type { TestPostgres } from '../tests/support/postgres.ts';

/**
 * Some 215 bytes of CSV a row that gzip -6 makes about two and a half times smaller: half of it is words and
 * numbers that repeat, half is not. No random(): a row depends on its number alone.
 */
const columns = `
  i AS id,
  'Customer ' || (i * 7919 % 100000) AS customer,
  'user' || i || '@' || (ARRAY['example.com', 'example.org', 'mail.example.net'])[1 + i % 3] AS email,
  (i * 2654435761 % 10000000 / 100.0)::numeric(12, 2) AS amount,
  CASE WHEN i % 17 = 0 THEN NULL ELSE i % 3 = 0 END AS active,
  timestamptz '2020-01-01 00:00:00+00' + i * interval '37.123457 seconds' AS placed_at,
  date '2020-01-01' + (i % 1800)::integer AS due,
  md5(i::text)::uuid AS token,
  (i * 2654435761 % 4294967296) / 97.0::double precision AS ratio,
  CASE
    WHEN i % 11 = 0 THEN NULL
    WHEN i % 13 = 0 THEN ''
    WHEN i % 50 = 0 THEN 'said "call me", then' || chr(10) || 'hung up'
    ELSE (ARRAY['urgent', 'gift wrapped', 'leave at the door', 'call first'])[1 + i * 31 % 4] || ', ' ||
      (ARRAY['paid by card', 'paid in cash', 'on account'])[1 + i * 17 % 3] || ', ' ||
      'parcel ' || substr(md5('p' || i), 1, 12)
  END AS note`;

/** The name of the table with that many rows. */
export const tableOf = (rows: number): string => `bench_${rows}`;

/** Makes a table, unless it is there; some seconds for a million rows. */
export async function makeTable(server: TestPostgres, rows: number): Promise<void> {
  const table = tableOf(rows);
  const [found] = await server.query(`SELECT to_regclass('${table}') AS name`);
  if (found?.name != null) return;
  await server.query(
    `CREATE UNLOGGED TABLE ${table} AS SELECT ${columns} FROM generate_series(1, ${rows}::bigint) AS i`,
  );
  // Else the first reader would write the rows again, to say that they are visible.
  await server.query(`VACUUM (FREEZE, ANALYZE) ${table}`);
}

export interface RowSums {
  readonly rows: number;
  /** The sum of a 64-bit hash of every row: two tables with the same rows, in any order, have the same. */
  readonly sum: string;
}

/** What a table holds. */
export async function sumsOf(server: TestPostgres, table: string): Promise<RowSums> {
  const [row] = await server.query(
    `SELECT count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)), 0) AS sum FROM ${table} AS t`,
  );
  return { rows: Number(row?.rows), sum: row?.sum ?? '' };
}

/**
 * Reads gzipped CSV files back into a table of the same types, and sums it up. The database parses, so what
 * differs only in spelling (t and true) is equal, and what differs in value is not.
 * @param files absolute paths that the server's own account may read
 */
export async function sumsOfFiles(
  server: TestPostgres,
  like: string,
  files: readonly string[],
): Promise<RowSums> {
  await server.query(`DROP TABLE IF EXISTS back; CREATE UNLOGGED TABLE back (LIKE ${like})`);
  for (const file of files) {
    await server.query(`COPY back FROM PROGRAM 'gzip -dc ${file}' WITH (FORMAT csv, HEADER)`);
  }
  const sums = await sumsOf(server, 'back');
  await server.query('DROP TABLE back');
  return sums;
}
