/** What the catalogue of PostgreSQL says about the objects that can be loaded. */
import pg from 'pg';
import type { Column, ObjectName, SourceObject } from '../../../shared/model.ts';
import type { Session } from './session.ts';

const kinds = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
} as const satisfies Record<string, SourceObject['kind']>;

type RelationKind = keyof typeof kinds;

const isRelationKind = (text: string | null | undefined): text is RelationKind =>
  text !== null && text !== undefined && Object.hasOwn(kinds, text);

/**
 * Schemas that begin with pg_ are the server's own (the catalogue, TOAST, temporary tables). A partition
 * is read through its table; a child of plain inheritance is a table of its own, but its rows are also
 * those of its parent, so they count there as well.
 */
const listing = `
WITH RECURSIVE descendants(root, child) AS (
  SELECT inhparent, inhrelid FROM pg_catalog.pg_inherits
  UNION
  SELECT d.root, i.inhrelid FROM descendants d JOIN pg_catalog.pg_inherits i ON i.inhparent = d.child
), below AS (
  SELECT d.root, sum(c.reltuples::float8) AS rows
  FROM descendants d JOIN pg_catalog.pg_class c ON c.oid = d.child
  WHERE c.relkind <> 'p' AND c.reltuples >= 0
  GROUP BY d.root
)
SELECT n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
  CASE
    WHEN c.relkind IN ('v', 'f') AND c.reltuples <= 0 THEN NULL
    WHEN c.relkind = 'p' THEN b.rows
    WHEN c.reltuples < 0 THEN NULL
    ELSE c.reltuples::float8 + coalesce(b.rows, 0)
  END::numeric AS rows,
  (SELECT pg_catalog.json_agg(
       pg_catalog.json_build_array(a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
   FROM pg_catalog.pg_attribute a
   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)::text AS columns
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN below b ON b.root = c.oid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

/**
 * Everything that can be loaded, in one query. Objects that the user may see but not read are listed too:
 * an object left out without a word would be missed by nobody until it is needed.
 */
export async function listObjects(session: Session): Promise<readonly SourceObject[]> {
  const rows = await session.query(listing);
  return rows.map((row) => ({
    schema: row.schema ?? '',
    name: row.name ?? '',
    kind: isRelationKind(row.kind) ? kinds[row.kind] : 'table',
    estimatedRows: row.rows === null || row.rows === undefined ? null : Math.round(Number(row.rows)),
    columns: parseColumns(row.columns),
  }));
}

function parseColumns(json: string | null | undefined): Column[] {
  const pairs = JSON.parse(json ?? '[]') as readonly (readonly [string, string])[];
  return pairs.map(([name, type]) => ({ name, type }));
}

export interface RelationColumn {
  readonly name: string;
  readonly nullable: boolean;
  /** OID of the type, or of what a domain stands on. */
  readonly baseType: number;
}

export interface Relation {
  readonly kind: SourceObject['kind'];
  /** False for a materialized view that was never filled. */
  readonly populated: boolean;
  /** Tables whose rows are also read, by plain inheritance. */
  readonly children: number;
  /** By the server's statistics; null where there are none. */
  readonly estimatedRows: number | null;
  readonly columns: readonly RelationColumn[];
}

const lookup = `
SELECT c.relkind::text AS kind, c.relispopulated::text AS populated,
  (SELECT count(*) FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid AND c.relkind = 'r') AS children,
  CASE WHEN c.reltuples > 0 THEN c.reltuples::int8 END AS rows,
  (SELECT pg_catalog.json_agg(pg_catalog.json_build_array(a.attname, NOT a.attnotnull, (
       WITH RECURSIVE base(type, below) AS (
         SELECT t.oid, t.typbasetype FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid
         UNION ALL
         SELECT t.oid, t.typbasetype FROM base JOIN pg_catalog.pg_type t ON t.oid = base.below
       )
       SELECT type::int8 FROM base WHERE below = 0
     )) ORDER BY a.attnum)
   FROM pg_catalog.pg_attribute a
   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)::text AS columns
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`;

/** One object, whatever the user may do with it; null where there is none of this name. */
export async function findRelation(session: Session, object: ObjectName): Promise<Relation | null> {
  if (object.schema === null) return null;
  const [row] = await session.query(lookup, [object.schema, object.name]);
  if (row === undefined) return null;
  const columns = JSON.parse(row.columns ?? '[]') as readonly (readonly [string, boolean, number])[];
  return {
    kind: isRelationKind(row.kind) ? kinds[row.kind] : 'table',
    populated: row.populated === 'true',
    children: Number(row.children),
    estimatedRows: row.rows === null || row.rows === undefined ? null : Number(row.rows),
    columns: columns.map(([name, nullable, baseType]) => ({ name, nullable, baseType })),
  };
}

/** OIDs of built-in types never change. */
const castTo: ReadonlyMap<number, string> = new Map([
  [16, 'text'], // boolean: t and f would be PostgreSQL's own, true and false are everybody's
  [790, 'numeric'], // money: its text follows the server's locale, its amount does not
]);

/** The SELECT that stands for the object, in the dialect of the part files. */
export function selectOf(object: ObjectName, columns: readonly RelationColumn[]): string {
  const list = columns.map(({ name, baseType }) => {
    const quoted = pg.escapeIdentifier(name);
    const type = castTo.get(baseType);
    return type === undefined ? quoted : `${quoted}::pg_catalog.${type}`;
  });
  const schema = object.schema === null ? '' : `${pg.escapeIdentifier(object.schema)}.`;
  return `SELECT ${list.join(', ')} FROM ${schema}${pg.escapeIdentifier(object.name)}`;
}
