/** The objects of a source as rows that open to their columns. Pure. */
import { displayName, type SourceObject } from '../../../shared/model.ts';

export interface ObjectRow {
  /** Unique in the table. */
  readonly id: string;
  readonly name: string;
  /** Of the object, or the type of a column. */
  readonly kind: string;
  /** null where the engine has no estimate; absent for a column. */
  readonly rows?: number | null;
  readonly columns: readonly ObjectRow[];
}

export const rowsOf = (objects: readonly SourceObject[]): readonly ObjectRow[] =>
  objects.map((object, index) => ({
    id: String(index),
    name: displayName(object),
    kind: object.kind,
    rows: object.estimatedRows,
    columns: object.columns.map(({ name, type }, place) => ({
      id: `${index}/${place}`,
      name,
      kind: type,
      columns: [],
    })),
  }));

/** Objects whose name, or the name of one of whose columns, holds the text; case does not matter. */
export function matching(rows: readonly ObjectRow[], text: string): readonly ObjectRow[] {
  const sought = text.trim().toLowerCase();
  if (sought === '') return rows;
  const has = ({ name }: ObjectRow): boolean => name.toLowerCase().includes(sought);
  return rows.filter((row) => has(row) || row.columns.some(has));
}
