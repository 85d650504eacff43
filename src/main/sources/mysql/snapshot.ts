/** One consistent view of a MySQL or MariaDB database. */
import { SluiceError } from '../../../shared/errors.ts';
import { displayName, type ObjectName } from '../../../shared/model.ts';
import { singleColumnWarning } from '../dialect.ts';
import { cancellable } from '../interruptible.ts';
import type { ObjectReader, Snapshot } from '../source.ts';
import { claim, freeTurn, leave, type Turn } from '../turn.ts';
import { findRelation, kindOf, quote, type Relation } from './catalogue.ts';
import { changedSince, readError } from './errors.ts';
import { readRows, selectOf } from './read-rows.ts';
import type { Session } from './session.ts';
import { connectionDetails } from './settings.ts';

/** The longest time that every system takes, in seconds: 24 days. */
const longest = '2147483';

/**
 * What every value and the whole job depend on, whatever the server or the user has set. Those that a server
 * does not know are left out.
 */
const sessionSettings: Readonly<Record<string, string>> = {
  time_zone: "'+00:00'",
  sql_big_selects: '1',
  sql_auto_is_null: '0',
  completion_type: '0',
  net_write_timeout: longest, // how long a slow destination may keep the server waiting
  net_read_timeout: longest,
  wait_timeout: longest,
  idle_transaction_timeout: '0',
  idle_readonly_transaction_timeout: '0',
  max_statement_time: '0', // MariaDB's, in seconds
  max_execution_time: '0', // MySQL's, in milliseconds
};

/** CHAR comes without the blanks that fill it up, as everywhere else in MySQL. Other modes a view may rely on. */
const withoutPadding = "sql_mode = REPLACE(@@SESSION.sql_mode, 'PAD_CHAR_TO_FULL_LENGTH', '')";

export interface MysqlSnapshot extends Snapshot {
  /** @param first only that many rows; all of them where it is absent */
  object(name: ObjectName, first?: number): Promise<ObjectReader>;
}

/**
 * Begins the transaction. `release` gets the session back when the snapshot is let go.
 * @param changed other settings than those of a load, e.g. a time limit
 * @throws SluiceError SOURCE_LOST, SOURCE_DENIED, CANCELLED
 */
export async function openSnapshot(
  session: Session,
  signal: AbortSignal,
  release: () => Promise<void>,
  changed: Readonly<Record<string, string>> = {},
): Promise<MysqlSnapshot> {
  const { settings } = session;
  const takenAt = await cancellable(session, signal, async () => {
    await prepare(session, { ...sessionSettings, ...changed });
    // before the snapshot: what was committed by then is in it
    const [row] = await session.query('SELECT UNIX_TIMESTAMP(NOW(6))');
    await session.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await session.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    return new Date(Math.floor(Number(row?.[0]) * 1000));
  }).catch((error: unknown) => {
    throw readError(error, settings, null);
  });

  const turn = freeTurn();
  return {
    takenAt,
    readers: 1,
    warnings: [],
    object: async (name, first) => {
      claim(turn);
      try {
        return await openObject(session, { name, takenAt, turn, first });
      } catch (error) {
        throw readError(error, settings, displayName(name));
      } finally {
        leave(turn);
      }
    },
    [Symbol.asyncDispose]: release,
  };
}

async function prepare(session: Session, settings: Readonly<Record<string, string>>): Promise<void> {
  const names = Object.keys(settings).map((name) => `'${name}'`);
  const known = await session.query(`SHOW SESSION VARIABLES WHERE Variable_name IN (${names.join(', ')})`);
  const list = known.flatMap(([name]) => {
    const value = settings[(name ?? '').toLowerCase()];
    return value === undefined ? [] : [`SESSION ${name} = ${value}`];
  });
  await session.query(`SET ${[...list, `SESSION ${withoutPadding}`].join(', ')}`);
}

interface Opening {
  readonly name: ObjectName;
  readonly takenAt: Date;
  readonly turn: Turn;
  readonly first: number | undefined;
}

async function openObject(session: Session, { name, takenAt, turn, first }: Opening): Promise<ObjectReader> {
  const object = displayName(name);
  const relation = name.schema === null ? await relationOf(session, name.name) : null;
  if (relation === null) {
    throw notThere(session, object);
  }
  // InnoDB refuses most of what was changed by itself, but not columns that were added or dropped instantly
  if (relation.definedAt !== null && relation.definedAt * 1000 > takenAt.getTime()) {
    throw changedSince(object, { ...connectionDetails(session.settings), object });
  }
  const query = selectOf(name.name, relation.columns, first);
  await session.check(query); // rights on columns that * does not show
  return {
    columns: relation.columns.map((column) => column.name),
    query,
    warnings: warningsOf(relation),
    estimatedRows: relation.estimatedRows,
    read: (signal) => ({
      format: 'csv',
      chunks: readRows(session, { object: name.name, columns: relation.columns, first, signal, turn }),
    }),
  };
}

export const notThere = ({ database, settings }: Session, object: string): SluiceError =>
  new SluiceError('OBJECT_NOT_FOUND', `There is no table or view ${object} in "${database}"`, {
    details: { ...connectionDetails(settings), object },
  });

/**
 * The star first: information_schema leaves out columns that the user has no right to, the star fails on them. On
 * a table it also takes the lock that keeps the definition as it is until the snapshot is let go; a view might be
 * worked out for it, and the tables below it would not be locked before that.
 */
async function relationOf(session: Session, name: string): Promise<Relation | null> {
  const star = `SELECT * FROM ${quote(name)}`;
  await session.check(star);
  const kind = await kindOf(session, name);
  if (kind !== null && kind !== 'view') await session.query(`${star} LIMIT 0`);
  return await findRelation(session, name);
}

function warningsOf({ kind, columns, outsideSnapshot }: Relation): readonly string[] {
  const [first] = columns;
  const blank = columns.length === 1 && first?.nullable === true ? [singleColumnWarning(first.name)] : [];
  if (outsideSnapshot.length === 0) return blank;
  const engines = outsideSnapshot.join(', ');
  return [
    ...blank,
    kind === 'view'
      ? `the database has ${engines} tables, which have no snapshots: what this view reads of them is as of the time when it is read`
      : `its engine ${engines} has no snapshots: its rows are as of the time when they are read`,
  ];
}
