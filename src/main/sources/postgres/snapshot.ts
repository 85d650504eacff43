/** One consistent view of a PostgreSQL database. */
import { SluiceError } from '../../../shared/errors.ts';
import { displayName, type ObjectName } from '../../../shared/model.ts';
import { singleColumnWarning } from '../dialect.ts';
import { cancellable } from '../interruptible.ts';
import type { ObjectReader, Snapshot } from '../source.ts';
import { claim, type Turn } from '../turn.ts';
import { findRelation, type Relation, selectOf } from './catalogue.ts';
import { readError } from './errors.ts';
import { inSavepoint, readRows } from './read-rows.ts';
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

/**
 * Begins the transaction. `release` gets the session back when the snapshot is let go.
 * @throws SluiceError SOURCE_LOST, SOURCE_DENIED, CANCELLED
 */
export async function openSnapshot(
  session: Session,
  signal: AbortSignal,
  release: () => Promise<void>,
): Promise<Snapshot> {
  const { settings } = session;
  const takenAt = await cancellable(session, signal, async () => {
    await session.query(begin);
    const [row] = await session.query(takeSnapshot, [JSON.stringify(sessionSettings)]);
    return new Date(Math.floor(Number(row?.at)));
  }).catch((error: unknown) => {
    throw readError(error, settings, null);
  });

  const turn = { busy: false };
  return {
    takenAt,
    readers: 1,
    warnings: [],
    object: async (name) => {
      claim(turn);
      try {
        return await openObject(session, name, turn);
      } catch (error) {
        throw readError(error, settings, displayName(name));
      } finally {
        turn.busy = false;
      }
    },
    [Symbol.asyncDispose]: release,
  };
}

async function openObject(session: Session, name: ObjectName, turn: Turn): Promise<ObjectReader> {
  const object = displayName(name);
  const relation = await findRelation(session, name);
  if (relation === null) {
    throw new SluiceError(
      'OBJECT_NOT_FOUND',
      `There is no table or view ${object} in "${session.database}"`,
      {
        details: { ...connectionDetails(session.settings), object },
      },
    );
  }
  refuseUnreadable(object, relation);
  const select = selectOf(name, relation.columns);
  await inSavepoint(session, async () => {
    // Nothing is read here, but rights are checked and the tables locked against TRUNCATE and ALTER,
    // which would change what an older snapshot sees.
    await session.query(`${select} LIMIT 0`);
  });
  const query = `COPY (${select}) TO STDOUT (FORMAT csv, ENCODING 'UTF8')`;
  return {
    columns: relation.columns.map((column) => column.name),
    query,
    warnings: warningsOf(relation),
    estimatedRows: null,
    read: (signal) => ({ format: 'csv', chunks: readRows(session, { object, query, signal, turn }) }),
  };
}

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
