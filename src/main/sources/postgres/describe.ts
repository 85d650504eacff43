/** The columns of a PostgreSQL object, with what the catalogue says of them and what they become. */
import type { ColumnDetail, CsvForm } from '../../../shared/browse.ts';
import type { ObjectName } from '../../../shared/model.ts';
import type { Session } from './session.ts';

/** A domain is what it stands on; `kind` is e for an enum. */
const lookup = `
SELECT (
  SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
      'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'nullable', NOT a.attnotnull,
      'base', b.oid::int8, 'kind', b.typtype,
      'primary', EXISTS (SELECT FROM pg_catalog.pg_index i
        WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)),
      'unique', EXISTS (SELECT FROM pg_catalog.pg_index i
        WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
          AND i.indnatts = 1 AND i.indkey[0] = a.attnum)
    ) ORDER BY a.attnum)
  FROM pg_catalog.pg_attribute a
  JOIN LATERAL (
    WITH RECURSIVE base AS (
      SELECT t.oid, t.typtype, t.typbasetype FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid
      UNION ALL
      SELECT t.oid, t.typtype, t.typbasetype FROM base JOIN pg_catalog.pg_type t ON t.oid = base.typbasetype
    )
    SELECT oid, typtype FROM base WHERE typbasetype = 0
  ) b ON true
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
)::text AS columns
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`;

interface Described {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly base: number;
  readonly kind: string;
  readonly primary: boolean;
  readonly unique: boolean;
}

/** OIDs of built-in types never change. */
const forms: ReadonlyMap<number, CsvForm> = new Map<number, CsvForm>([
  [16, 'boolean'],
  ...[20, 21, 23, 26].map((oid) => [oid, 'integer'] as const), // int8, int2, int4, oid
  ...[1700, 790].map((oid) => [oid, 'decimal'] as const), // numeric; money is written as one
  ...[700, 701].map((oid) => [oid, 'float'] as const),
  ...[18, 19, 25, 1042, 1043, 2950].map((oid) => [oid, 'text'] as const), // "char", name, text, char, varchar, uuid
  [17, 'binary'],
  [1082, 'date'],
  [1083, 'time'],
  [1114, 'timestamp'],
  [1184, 'instant'],
  ...[114, 3802].map((oid) => [oid, 'json'] as const), // json, jsonb
  ...[1560, 1562].map((oid) => [oid, 'bits'] as const), // bit, varbit
]);

/** Null where there is no object of this name. Errors are pg's own. */
export async function describeColumns(
  session: Session,
  { schema, name }: ObjectName,
): Promise<readonly ColumnDetail[] | null> {
  if (schema === null) return null;
  const [row] = await session.query(lookup, [schema, name]);
  if (row === undefined) return null;
  const columns = JSON.parse(row.columns ?? '[]') as readonly Described[];
  return columns.map(({ base, kind, primary, unique, ...column }) => ({
    ...{ name: column.name, type: column.type, nullable: column.nullable },
    key: primary ? 'primary' : unique ? 'unique' : null,
    csv: forms.get(base) ?? (kind === 'e' ? 'text' : 'native'),
  }));
}
