/** How many rows a table of SQLite has, about, without counting them. */
import type { DatabaseSync } from 'node:sqlite';

/**
 * What ANALYZE found, where somebody has run it: the first number of a statistic is the table's rows.
 * @param only the table that is asked about; all of them where it is absent
 */
export function readStatistics(db: DatabaseSync, only?: string): ReadonlyMap<string, number> {
  const estimates = new Map<string, number>();
  if (rowsOf(db, "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").length === 0) return estimates;
  const found =
    only === undefined
      ? rowsOf(db, 'SELECT tbl, stat FROM sqlite_stat1')
      : rowsOf(db, 'SELECT tbl, stat FROM sqlite_stat1 WHERE tbl = ?', only);
  for (const [table, statistic] of found) {
    const rows = Number.parseInt(String(statistic), 10);
    const name = String(table);
    if (rows >= 0) estimates.set(name, Math.max(rows, estimates.get(name) ?? 0));
  }
  return estimates;
}

/** All mean the row's number, unless a column is called so. */
const rowidNames = ['rowid', '_rowid_', 'oid'];

/** Bytes of the smallest row beside those of its columns' types: its length and number, and the length of its header. */
const smallestRow = 3;

/**
 * From the first and the last row number, which takes a few pages whatever the size of the table. Null for a view, a
 * virtual table, one without row numbers, and where the numbers lie so far apart that the file could not hold as many
 * rows: they are no counting then, and a number that is far off is worse than none.
 */
export function estimatedRowsOf(db: DatabaseSync, table: string): number | null {
  try {
    const [kind] = rowsOf(db, "SELECT type, wr FROM pragma_table_list(?) WHERE schema = 'main'", table);
    if (kind?.[0] !== 'table' || Number(kind[1]) !== 0) return null;
    const columns = rowsOf(db, 'SELECT lower(name) FROM pragma_table_xinfo(?)', table).map(([name]) => name);
    const rowid = rowidNames.find((name) => !columns.includes(name));
    if (rowid === undefined) return null;
    const from = `FROM "${table.replaceAll('"', '""')}"`;
    // Apart: together they would read the whole table.
    const [ends] = rowsOf(db, `SELECT (SELECT min(${rowid}) ${from}), (SELECT max(${rowid}) ${from})`);
    const [first, last] = ends ?? [];
    if (typeof first !== 'bigint' || typeof last !== 'bigint') return 0;
    const [[size] = []] = rowsOf(
      db,
      'SELECT page_count * page_size FROM pragma_page_count, pragma_page_size',
    );
    const span = Number(last - first) + 1;
    return span <= Number(size) / (smallestRow + columns.length) ? span : null;
  } catch {
    // A table that cannot be read says so when it is read.
    return null;
  }
}

/** node:sqlite knows rows as objects; the database was opened with arrays. */
const rowsOf = (db: DatabaseSync, sql: string, ...values: string[]): readonly (readonly unknown[])[] =>
  db.prepare(sql).all(...values) as unknown as readonly (readonly unknown[])[];
