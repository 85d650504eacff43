/** What of a source stands in the tree: schemas, below them tables and views, below those columns. Pure. */
import type { Column, ObjectName, SourceObject } from '../../../shared/model.ts';

/** Two names that look alike when joined by a dot stay apart. */
export const keyOf = ({ schema, name }: ObjectName): string => JSON.stringify([schema, name]);

interface RowBase {
  readonly id: string;
  readonly name: string;
  /** From 1. */
  readonly level: number;
  /** Among its siblings, from 1. */
  readonly position: number;
  readonly siblings: number;
  /** Undefined where there is nothing below it. */
  readonly expanded: boolean | undefined;
}

export type TreeRow = RowBase &
  (
    | { readonly kind: 'schema'; readonly objects: readonly SourceObject[] }
    | { readonly kind: 'object'; readonly object: SourceObject }
    | { readonly kind: 'column'; readonly column: Column }
  );

export interface TreeSearch {
  /** What is looked for; '' for everything. Case does not matter. */
  readonly text: string;
  /** Also by the names of columns; objects are found by their own otherwise. */
  readonly columns: boolean;
}

/** An object with everything that is looked through, made once for many searches. */
interface Entry {
  readonly object: SourceObject;
  readonly id: string;
  /** With and without the schema, as both are typed. */
  readonly name: string;
  readonly columnNames: readonly string[];
}

export type TreeIndex = readonly Entry[];

export const indexOf = (objects: readonly SourceObject[]): TreeIndex =>
  objects.map((object) => ({
    object,
    id: keyOf(object),
    name: `${object.schema === null ? '' : `${object.schema}.`}${object.name}`.toLowerCase(),
    columnNames: object.columns.map(({ name }) => name.toLowerCase()),
  }));

interface Hit extends Entry {
  /** The places of the columns that were found; null where the object itself was, and all of them are shown. */
  readonly places: readonly number[] | null;
}

export interface Tree {
  readonly rows: readonly TreeRow[];
  /** The objects that were found, whether their rows are open or not. */
  readonly found: readonly SourceObject[];
}

/** So few schemas stand open by themselves; among many one is looked for by name. */
const fewSchemas = 3;

/** @param toggled ids of rows that are open where they would be closed, or the other way round */
export function treeOf(index: TreeIndex, search: TreeSearch, toggled: ReadonlySet<string>): Tree {
  const text = search.text.trim().toLowerCase();
  const hits = hitsOf(index, text, search.columns);
  const schemas = Map.groupBy(hits, ({ object }) => object.schema);
  const open = schemas.size <= fewSchemas || text !== '';
  const rows: TreeRow[] = [];
  let position = 0;
  for (const [schema, theirs] of schemas) {
    position += 1;
    if (schema === null) {
      addObjects(rows, theirs, 1, toggled);
      continue;
    }
    const id = JSON.stringify([schema]);
    const expanded = open !== toggled.has(id);
    rows.push({
      ...{ kind: 'schema', id, name: schema, level: 1, position, siblings: schemas.size, expanded },
      objects: theirs.map(({ object }) => object),
    });
    if (expanded) addObjects(rows, theirs, 2, toggled);
  }
  return { rows, found: hits.map(({ object }) => object) };
}

function hitsOf(index: TreeIndex, text: string, byColumn: boolean): readonly Hit[] {
  const hits: Hit[] = [];
  for (const entry of index) {
    if (text === '' || entry.name.includes(text)) {
      hits.push({ ...entry, places: null });
      continue;
    }
    if (!byColumn) continue;
    const places = entry.columnNames.flatMap((name, place) => (name.includes(text) ? [place] : []));
    if (places.length > 0) hits.push({ ...entry, places });
  }
  return hits;
}

function addObjects(
  rows: TreeRow[],
  hits: readonly Hit[],
  level: number,
  toggled: ReadonlySet<string>,
): void {
  for (const [at, { object, id, places }] of hits.entries()) {
    const { columns } = object;
    // what was found below it is shown at once
    const expanded = columns.length === 0 ? undefined : (places !== null) !== toggled.has(id);
    rows.push({
      ...{ kind: 'object', id, name: object.name, level, position: at + 1, siblings: hits.length },
      ...{ expanded, object },
    });
    if (expanded !== true) continue;
    const shown = places ?? columns.keys().toArray();
    for (const [position, place] of shown.entries()) {
      const column = columns[place];
      if (column === undefined) continue;
      rows.push({
        ...{ kind: 'column', id: `${id}#${place}`, name: column.name, level: level + 1, column },
        ...{ position: position + 1, siblings: shown.length, expanded: undefined },
      });
    }
  }
}

/** Where a key leads in the tree; undefined where it means nothing there. */
export type Move = { readonly to: number } | { readonly toggle: string } | undefined;

/** @param page rows that are seen at once */
export function moveOf(key: string, rows: readonly TreeRow[], at: number, page: number): Move {
  const row = rows[at];
  const last = rows.length - 1;
  if (row === undefined) return undefined;
  switch (key) {
    case 'ArrowDown':
      return { to: Math.min(last, at + 1) };
    case 'ArrowUp':
      return { to: Math.max(0, at - 1) };
    case 'PageDown':
      return { to: Math.min(last, at + page) };
    case 'PageUp':
      return { to: Math.max(0, at - page) };
    case 'Home':
      return { to: 0 };
    case 'End':
      return { to: last };
    case 'ArrowRight':
      if (row.expanded === false) return { toggle: row.id };
      return row.expanded === true ? { to: at + 1 } : undefined;
    case 'ArrowLeft':
      if (row.expanded === true) return { toggle: row.id };
      return row.level === 1 ? undefined : { to: parentOf(rows, at) };
    default:
      return undefined;
  }
}

function parentOf(rows: readonly TreeRow[], at: number): number {
  const level = rows[at]?.level ?? 1;
  let parent = at;
  while (parent > 0 && (rows[parent]?.level ?? 1) >= level) parent -= 1;
  return parent;
}

/** The next row, from the one after `at` and around, whose name begins with what was typed; undefined for none. */
export function typedTo(rows: readonly TreeRow[], at: number, typed: string): number | undefined {
  const sought = typed.toLowerCase();
  // a second letter may still mean the row that the first one led to
  const first = typed.length === 1 ? 1 : 0;
  for (let step = first; step < rows.length + first; step += 1) {
    const place = (at + step) % rows.length;
    if (rows[place]?.name.toLowerCase().startsWith(sought) === true) return place;
  }
  return undefined;
}
