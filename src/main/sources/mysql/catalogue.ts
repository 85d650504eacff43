/** What information_schema says about the objects that can be loaded. */
import type { Column, SourceObject } from '../../../shared/model.ts';
import type { Session } from './session.ts';

/**
 * A string for any sql_mode: what a backslash means in quotes, and what double quotes are, is a setting.
 * Hexadecimal digits are always the same.
 */
const literal = (text: string): string =>
  text === '' ? "''" : `CONVERT(0x${Buffer.from(text, 'utf8').toString('hex')} USING utf8mb4)`;

export const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** Sequences and temporary tables are no data of the database. */
const tableTypes = "('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')";

interface Table {
  readonly name: string;
  readonly kind: SourceObject['kind'];
  /** Null for a view. */
  readonly engine: string | null;
  readonly estimatedRows: number | null;
  /** When its definition was written, in whole seconds since 1970 by the server's clock; null where it is not kept. */
  readonly definedAt: number | null;
}

/**
 * Everything that can be loaded. Objects that the user may see but not read are listed too: an object left out
 * without a word would be missed by nobody until it is needed. Row counts are InnoDB's own estimates.
 */
export async function listObjects(session: Session): Promise<readonly SourceObject[]> {
  const columns = Map.groupBy(await columnsOf(session, null), ({ table }) => table);
  const tables = await tablesOf(session, null);
  return tables
    .map(({ name, kind, estimatedRows }) => ({
      ...{ schema: null, name, kind, estimatedRows },
      columns: (columns.get(name) ?? []).map((column): Column => ({ name: column.name, type: column.type })),
    }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

export interface TableColumn {
  readonly table: string;
  readonly name: string;
  /** As it was declared, e.g. `int(10) unsigned`. */
  readonly type: string;
  /** The type alone, e.g. `int`. */
  readonly dataType: string;
  readonly nullable: boolean;
  /** Null where the column holds no text. */
  readonly charset: string | null;
  /** Digits of a number or a BIT. */
  readonly precision: number | null;
  /** `PRI`, `UNI`, `MUL` or ''; see SHOW COLUMNS. */
  readonly key: string;
}

export interface Relation extends Table {
  readonly columns: readonly TableColumn[];
  /** Engines of tables of the database that keep no snapshots: of this one, or of those a view may read. */
  readonly outsideSnapshot: readonly string[];
}

/** Null where there is no object of exactly this name. */
export const kindOf = async (session: Session, name: string): Promise<SourceObject['kind'] | null> =>
  (await tablesOf(session, name))[0]?.kind ?? null;

/** One object; null where there is none of exactly this name, or none of its columns may be seen. */
export async function findRelation(session: Session, name: string): Promise<Relation | null> {
  const [table] = await tablesOf(session, name);
  if (table === undefined) return null;
  const columns = await columnsOf(session, name);
  return { ...table, columns, outsideSnapshot: await enginesOutside(session, table) };
}

/**
 * information_schema compares names without regard to case, also where they differ by nothing else; so what it
 * finds is compared once more.
 */
async function tablesOf(session: Session, name: string | null): Promise<readonly Table[]> {
  const rows = await session.query(
    `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS, CREATE_OPTIONS,
            UNIX_TIMESTAMP(CREATE_TIME)
     FROM information_schema.TABLES
     WHERE TABLE_TYPE IN ${tableTypes} AND ${ofTable(session, name)}`,
  );
  return rows
    .filter((row) => row[0] === session.database && (name === null || row[1] === name))
    .map(([, table, type, engine, estimate, options, defined]) => ({
      name: table ?? '',
      kind: kindIn(type ?? '', options ?? ''),
      engine: engine ?? null,
      estimatedRows: type === 'VIEW' || !estimate ? null : Number(estimate),
      definedAt: defined ? Number(defined) : null,
    }));
}

function kindIn(type: string, options: string): SourceObject['kind'] {
  if (type === 'VIEW') return 'view';
  return /\bpartitioned\b/i.test(options) ? 'partitioned table' : 'table';
}

export async function columnsOf(session: Session, table: string | null): Promise<readonly TableColumn[]> {
  const rows = await session.query(
    `SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, IS_NULLABLE, CHARACTER_SET_NAME,
            NUMERIC_PRECISION, COLUMN_KEY
     FROM information_schema.COLUMNS WHERE ${ofTable(session, table)}
     ORDER BY TABLE_NAME, ORDINAL_POSITION`,
  );
  return rows
    .filter((row) => row[0] === session.database && (table === null || row[1] === table))
    .map(([, of, name, type, dataType, nullable, charset, precision, key]) => ({
      table: of ?? '',
      name: name ?? '',
      type: type ?? '',
      dataType: (dataType ?? '').toLowerCase(),
      nullable: nullable !== 'NO',
      charset: charset ?? null,
      precision: precision ? Number(precision) : null,
      key: key ?? '',
    }));
}

const ofTable = ({ database }: Session, table: string | null): string =>
  `TABLE_SCHEMA = ${literal(database)}${table === null ? '' : ` AND TABLE_NAME = ${literal(table)}`}`;

async function enginesOutside(session: Session, { engine }: Table): Promise<readonly string[]> {
  const rows = await session.query(
    "SELECT ENGINE FROM information_schema.ENGINES WHERE TRANSACTIONS = 'YES'",
  );
  const transactional = new Set(rows.map(([name]) => name?.toLowerCase()));
  const isOutside = (name: string | null): name is string =>
    name !== null && !transactional.has(name.toLowerCase());
  if (engine !== null) return isOutside(engine) ? [engine] : [];
  const all = await tablesOf(session, null);
  return [...new Set(all.map((table) => table.engine).filter(isOutside))].sort();
}
