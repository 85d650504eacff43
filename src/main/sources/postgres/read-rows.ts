/** Reads one object in a snapshot, and leaves the snapshot usable whatever happens. */
import { isUtf8 } from 'node:buffer';
import { cancelled } from '../raised.ts';
import type { CsvChunk } from '../source.ts';
import { claim, leave, type Turn } from '../turn.ts';
import { CopyOut } from './copy-out.ts';
import { notUtf8, readError } from './errors.ts';
import type { Session } from './session.ts';

/** Nothing was read: somebody else stands before the lock. */
export class LockNotGiven extends Error {
  override readonly name = 'LockNotGiven';
}

const lockNotAvailable = '55P03';

const savepoint = 'SAVEPOINT sluice';
const release = 'RELEASE SAVEPOINT sluice';
const rollBack = 'ROLLBACK TO SAVEPOINT sluice';

/**
 * A statement whose failure does not end the transaction; in one round trip, since a job may have thousands of
 * objects. Locks that it took stay when it succeeds.
 */
export async function inSavepoint(session: Session, statement: string): Promise<void> {
  try {
    await session.query(`${savepoint}; ${statement}; ${release}`);
  } catch (error) {
    await rollBackQuietly(session);
    throw error;
  }
}

/**
 * The failure that led here is being reported; if the connection is lost as well, its next use says so. A
 * second try, for a cancel request that came late and met the first.
 */
async function rollBackQuietly(session: Session): Promise<void> {
  for (let attempt = 0; attempt < 2 && session.alive; attempt += 1) {
    const done = await session.query(rollBack).then(
      () => true,
      () => false,
    );
    if (done) return;
  }
}

export interface Reading {
  /** How the object is shown. */
  readonly object: string;
  readonly query: string;
  readonly signal: AbortSignal;
  readonly turn: Turn;
  /** A statement that takes the locks of the query, to be tried first. */
  readonly locking?: string;
}

/**
 * The rows as the server writes them. Whoever stops early, by the signal or by leaving the loop, stops the
 * server too and has the connection back in about a second.
 * @throws LockNotGiven before the first row, where `locking` does not get its locks; and SluiceError
 */
export async function* readRows(session: Session, reading: Reading): AsyncGenerator<CsvChunk, void, void> {
  const { object, query, signal, turn, locking } = reading;
  if (signal.aborted) throw cancelled();
  claim(turn);
  const copy = new CopyOut(query);
  let starting: Promise<unknown> = Promise.resolve();
  let stopped: Promise<void> | null = null;
  const stop = (): void => {
    copy.abandon(cancelled());
    stopped ??= session.interrupt(Promise.allSettled([starting, copy.settled]));
  };
  // at once, not at the next chunk: the reader may be waiting for something else
  signal.addEventListener('abort', stop, { once: true });
  let complete = false;
  try {
    starting = session.query(locking === undefined ? savepoint : `${savepoint}; ${locking}`);
    await starting;
    if (signal.aborted) throw cancelled();
    session.client.query(copy);
    for (let chunk = await copy.next(); chunk !== null; chunk = await copy.next()) {
      // current servers check this themselves; one that does not, or a pooler, is not believed
      if (session.unknownEncoding && !isUtf8(chunk.bytes)) throw notUtf8(object);
      yield chunk;
    }
    await session.query(release);
    complete = true;
  } catch (error) {
    if (signal.aborted) throw cancelled();
    const locked = locking !== undefined && (error as { code?: unknown }).code === lockNotAvailable;
    throw locked ? new LockNotGiven() : readError(error, session.settings, object);
  } finally {
    signal.removeEventListener('abort', stop);
    if (!complete) {
      if (copy.running) stop();
      await stopped;
      await rollBackQuietly(session);
    }
    leave(turn);
  }
}
