/** The tables and views of an SQLite file. */
import type { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '../../../shared/errors.ts';
import { type Column, displayName, type ObjectName, type SourceObject } from '../../../shared/model.ts';
import { singleColumnWarning } from '../dialect.ts';
import type { ObjectReader } from '../source.ts';
import { estimatedRowsOf, readStatistics } from './row-estimate.ts';
import { readRows } from './read-rows.ts';

interface SqliteColumn extends Column {
  readonly nullable: boolean;
  /** Its place in the primary key, from 1; 0 where it is not in it. */
  readonly keyPlace: number;
}

/** Shadow tables hold the insides of a virtual table, sqlite_* tables those of SQLite. */
const loadable = `
WHERE schema = 'main' AND type IN ('table', 'view', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`;
const listing = `SELECT name, type FROM pragma_table_list ${loadable} ORDER BY name COLLATE BINARY`;
/** One of them, in whatever case: a job of many objects would else read the whole list for each. */
const one = `SELECT name FROM pragma_table_list(?) ${loadable}`;

/** Milliseconds for the estimates of a listing: a file on a slow network is listed without those that take longer. */
const estimatesMs = 500;

/** In PRAGMA table_xinfo: 0 is ordinary, 2 and 3 are generated; 1 is a virtual table's own and no data. */
const hiddenColumn = 1n;

export function listObjects(db: DatabaseSync): readonly SourceObject[] {
  const statistics = readStatistics(db);
  const until = performance.now() + estimatesMs;
  return pairs(db, listing).map(([name, type]) => ({
    schema: null,
    name,
    kind: type === 'view' ? 'view' : 'table',
    estimatedRows:
      statistics.get(name) ??
      (type === 'table' && performance.now() < until ? estimatedRowsOf(db, name) : null),
    columns: columnsForListing(db, name),
  }));
}

/** node:sqlite knows rows as objects; `returnArrays` makes them arrays. */
export const rowsOf = (db: DatabaseSync, sql: string, ...values: string[]): readonly (readonly unknown[])[] =>
  db.prepare(sql).all(...values) as unknown as readonly (readonly unknown[])[];

const pairs = (db: DatabaseSync, sql: string): readonly (readonly [string, string])[] =>
  rowsOf(db, sql).map(([first, second]) => [String(first), String(second)]);

/**
 * A view whose table is gone, or a virtual table whose module is missing, has no columns to tell. It stays
 * in the list: reading it gives the reason, and the rest of the file can be loaded.
 */
function columnsForListing(db: DatabaseSync, name: string): Column[] {
  try {
    return columnsOf(db, name).map(({ name: column, type }) => ({ name: column, type }));
  } catch {
    return [];
  }
}

export function columnsOf(db: DatabaseSync, name: string): readonly SqliteColumn[] {
  return rowsOf(db, 'SELECT name, type, "notnull", hidden, pk FROM pragma_table_xinfo(?)', name)
    .filter(([, , , hidden]) => hidden !== hiddenColumn)
    .map(([column, type, notNull, , keyPlace]) => ({
      name: String(column),
      // a column without a declared type holds whatever was put in
      type: type === '' || type === null ? 'any' : String(type),
      nullable: notNull === 0n,
      keyPlace: Number(keyPlace),
    }));
}

/**
 * @param first only that many rows; all of them where it is absent
 * @throws SluiceError OBJECT_NOT_FOUND, and SQLite's own errors
 */
export function openObject(db: DatabaseSync, object: ObjectName, file: string, first?: number): ObjectReader {
  refuseUnknown(db, object, file);
  const columns = columnsOf(db, object.name);
  const table = quote(object.name);
  const names = columns.map((column) => quote(column.name));
  const limit = first === undefined ? '' : ` LIMIT ${first}`;
  const query = `SELECT ${names.join(', ')} FROM ${table}${limit}`;
  db.prepare(query); // a broken view fails here, before anything is written
  const [only] = columns;
  // what is looked through for damaged text is what is read
  const from = first === undefined ? table : `(SELECT * FROM ${table}${limit})`;
  return {
    columns: columns.map((column) => column.name),
    query,
    warnings: columns.length === 1 && only?.nullable === true ? [singleColumnWarning(only.name)] : [],
    estimatedRows: readStatistics(db, object.name).get(object.name) ?? estimatedRowsOf(db, object.name),
    read: (signal) => ({
      format: 'rows',
      batches: readRows({ db, file, object: object.name, table: from, columns: names, query, signal }),
    }),
  };
}

/** @throws SluiceError OBJECT_NOT_FOUND */
export function refuseUnknown(db: DatabaseSync, object: ObjectName, file: string): void {
  const known = object.schema === null && rowsOf(db, one, object.name).some(([name]) => name === object.name);
  if (known) return;
  throw new SluiceError('OBJECT_NOT_FOUND', `There is no table or view ${displayName(object)} in ${file}`, {
    details: { path: file, object: displayName(object) },
  });
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
