/** One consistent view of a PostgreSQL database. */
import { SluiceError } from '../../../shared/errors.ts';
import { displayName, type ObjectName } from '../../../shared/model.ts';
import { singleColumnWarning } from '../dialect.ts';
import { cancellable } from '../interruptible.ts';
import type { CsvChunk, ObjectReader, Snapshot } from '../source.ts';
import { claim, freeTurn, leave, leftTurn, type Turn } from '../turn.ts';
import { findRelation, type Relation, selectOf } from './catalogue.ts';
import { readError } from './errors.ts';
import { fewer, openFollowers } from './followers.ts';
import { inSavepoint, LockNotGiven, type Reading, readRows } from './read-rows.ts';
import type { Session } from './session.ts';
import { connectionDetails } from './settings.ts';

/**
 * What every value and the whole job depend on, whatever the server, the database or the role has set.
 * Settings that a server does not know yet are left out.
 */
const sessionSettings: Readonly<Record<string, string>> = {
  row_security: 'off', // an error instead of rows that are missing without a word
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  extra_float_digits: '3', // every server's shortest exact form
  bytea_output: 'hex',
  xmloption: 'content',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  synchronize_seqscans: 'off', // an unchanged table comes in the same order, and so is known again
  transaction_timeout: '0',
};

const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** The first query of the transaction takes the snapshot, so it is the one that reads the clock. */
const takeSnapshot = `
SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::text AS at, count(
    pg_catalog.set_config(s.name, v.value, true)) AS settings
FROM pg_catalog.json_each_text($1) AS v(name, value)
JOIN pg_catalog.pg_settings s ON lower(s.name) = lower(v.name)`;

export interface SnapshotOptions {
  readonly signal: AbortSignal;
  /** Objects that are to be read at the same time. */
  readonly readers: number;
  /** Opens a further connection. */
  readonly connect: (signal: AbortSignal) => Promise<Session>;
  /** Gets every session back when the snapshot is let go. */
  readonly release: (session: Session) => Promise<void>;
  /** Other settings than those of a load, e.g. a time limit. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresSnapshot extends Snapshot {
  /** @param first only that many rows; all of them where it is absent */
  object(name: ObjectName, first?: number): Promise<ObjectReader>;
}

/** A connection of the snapshot, and who uses it. */
interface Reader {
  readonly session: Session;
  readonly turn: Turn;
}

/**
 * Begins the transaction on `leader`, and joins as many others to it as are asked for and can be had.
 * @throws SluiceError SOURCE_LOST, SOURCE_DENIED, CANCELLED
 */
export async function openSnapshot(leader: Session, options: SnapshotOptions): Promise<PostgresSnapshot> {
  const { signal, readers, release } = options;
  const { settings } = leader;
  const started = await cancellable(leader, signal, () =>
    beginLeader(leader, readers > 1, options.settings),
  ).catch((error: unknown) => {
    throw readError(error, settings, null);
  });
  const { sessions, warnings } =
    started.exported === undefined
      ? { sessions: [], warnings: started.problem === undefined ? [] : [fewer(1, started.problem)] }
      : await openFollowers(started.exported, {
          ...{ ...options, count: readers - 1, begin },
          prepare: setUp,
        });
  const first: Reader = { session: leader, turn: freeTurn() };
  const all = [first, ...sessions.map((session) => ({ session, turn: freeTurn() }))];
  return {
    takenAt: started.takenAt,
    readers: all.length,
    warnings,
    object: async (name, rows) => {
      claim(first.turn);
      try {
        return await openObject(all, first, name, rows);
      } catch (error) {
        throw readError(error, settings, displayName(name));
      } finally {
        leave(first.turn);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(all.map(({ session }) => release(session)));
    },
  };
}

const setUp = (session: Session, changed: Readonly<Record<string, string>> = {}) =>
  session.query(takeSnapshot, [JSON.stringify({ ...sessionSettings, ...changed })]);

interface Started {
  readonly takenAt: Date;
  /** The name by which others can join. */
  readonly exported?: string | undefined;
  readonly problem?: unknown;
}

async function beginLeader(
  session: Session,
  shared: boolean,
  changed: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const start = async (): Promise<Date> => {
    await session.query(begin);
    const [row] = await setUp(session, changed);
    return new Date(Math.floor(Number(row?.at)));
  };
  const takenAt = await start();
  if (!shared) return { takenAt };
  try {
    const [row] = await session.query('SELECT pg_catalog.pg_export_snapshot() AS id');
    return { takenAt, exported: row?.id ?? undefined };
  } catch (problem) {
    // It cannot be tried in a savepoint, so the failure has ended the transaction.
    await session.query('ROLLBACK');
    return { takenAt: await start(), problem };
  }
}

async function openObject(
  readers: readonly Reader[],
  first: Reader,
  name: ObjectName,
  rows?: number,
): Promise<ObjectReader> {
  const { session } = first;
  const object = displayName(name);
  const relation = await findRelation(session, name);
  if (relation === null) {
    throw notThere(session, object);
  }
  refuseUnreadable(object, relation);
  const select = selectOf(name, relation.columns);
  // Nothing is read here, but rights are checked and the tables locked against TRUNCATE and ALTER, which would
  // change what an older snapshot sees.
  const locking = `${select} LIMIT 0`;
  await inSavepoint(session, locking);
  const limit = rows === undefined ? '' : ` LIMIT ${rows}`;
  const query = `COPY (${select}${limit}) TO STDOUT (FORMAT csv, ENCODING 'UTF8')`;
  return {
    columns: relation.columns.map((column) => column.name),
    query,
    warnings: warningsOf(relation),
    estimatedRows: relation.estimatedRows,
    read: (signal) => ({
      format: 'csv',
      chunks: readOnAny(readers, first, { object, query, signal, locking }),
    }),
  };
}

/**
 * Reads on whichever connection is free. A follower that does not get the lock which the leader has leaves the
 * object to the leader: somebody may be waiting for that lock, and would let nobody pass for ever.
 */
async function* readOnAny(
  readers: readonly Reader[],
  first: Reader,
  reading: Omit<Reading, 'turn'>,
): AsyncGenerator<CsvChunk, void, void> {
  const free = readers.find(({ session, turn }) => session.alive && !turn.busy) ?? first;
  if (free !== first) {
    try {
      yield* readRows(free.session, { ...reading, turn: free.turn });
      return;
    } catch (error) {
      if (!(error instanceof LockNotGiven)) throw error;
    }
  }
  const { locking: _, ...alone } = reading;
  // Claimed in the same breath as it is found free.
  while (first.turn.busy) await leftTurn(first.turn);
  yield* readRows(first.session, { ...alone, turn: first.turn });
}

export const notThere = ({ database, settings }: Session, object: string): SluiceError =>
  new SluiceError('OBJECT_NOT_FOUND', `There is no table or view ${object} in "${database}"`, {
    details: { ...connectionDetails(settings), object },
  });

function refuseUnreadable(object: string, relation: Relation): void {
  if (!relation.populated) {
    throw new SluiceError('SOURCE_UNREADABLE', `The materialized view ${object} has never been filled`, {
      details: { object },
      fix: 'Run REFRESH MATERIALIZED VIEW for it, or leave it out.',
    });
  }
  if (relation.columns.length === 0) {
    throw new SluiceError('SOURCE_UNREADABLE', `${object} has no columns, so there is nothing to write`, {
      details: { object },
      fix: 'Leave it out, or add a column to it.',
    });
  }
}

function warningsOf({ columns, children }: Relation): readonly string[] {
  const [first] = columns;
  const blank = columns.length === 1 && first?.nullable === true ? [singleColumnWarning(first.name)] : [];
  const inherited =
    children === 0 ? [] : [`the rows of ${children} inherited table(s) are included, as in a SELECT`];
  return [...blank, ...inherited];
}
