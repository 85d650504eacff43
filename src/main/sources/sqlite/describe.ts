/** The columns of an SQLite object, with what their declarations say. */
import type { DatabaseSync } from 'node:sqlite';
import type { ColumnDetail } from '../../../shared/browse.ts';
import type { ObjectName } from '../../../shared/model.ts';
import { columnsOf, refuseUnknown, rowsOf } from './catalogue.ts';

/** @throws SluiceError OBJECT_NOT_FOUND, and SQLite's own errors, e.g. of a view whose table is gone */
export function describeColumns(db: DatabaseSync, object: ObjectName, file: string): readonly ColumnDetail[] {
  refuseUnknown(db, object, file);
  const columns = columnsOf(db, object.name);
  const unique = uniqueColumns(db, object.name);
  const keyColumns = columns.filter(({ keyPlace }) => keyPlace > 0);
  return columns.map(({ name, type, nullable, keyPlace }) => {
    // such a column is the number of the row, and never NULL whatever else other keys may be
    const isRowId = keyPlace > 0 && keyColumns.length === 1 && type.toUpperCase() === 'INTEGER';
    return {
      ...{ name, type, nullable: nullable && !isRowId },
      key: keyPlace > 0 ? 'primary' : unique.has(name) ? 'unique' : null,
      // a value is written by what it is, not by what its column is declared as
      csv: 'value',
    };
  });
}

/** Columns whose values a whole index of their own keeps apart. */
function uniqueColumns(db: DatabaseSync, table: string): ReadonlySet<string> {
  const sql = `
    SELECT min(i.name) FROM pragma_index_list(?) l, pragma_index_info(l.name) i
    WHERE l."unique" = 1 AND l.partial = 0 GROUP BY l.name HAVING count(*) = 1`;
  return new Set(rowsOf(db, sql, table).flatMap(([name]) => (name === null ? [] : [String(name)])));
}
