/** Reads one object in a snapshot, and leaves the snapshot usable whatever happens. */
import { isUtf8 } from 'node:buffer';
import { SluiceError } from '../../../shared/errors.ts';
import { cancellable } from '../interruptible.ts';
import { cancelled } from '../raised.ts';
import type { CsvChunk } from '../source.ts';
import { claim, leave, type Turn } from '../turn.ts';
import { quote, type TableColumn } from './catalogue.ts';
import { readingOf } from './columns.ts';
import { invalidText, readError } from './errors.ts';
import { hasReplacedText, invalidColumn } from './invalid-text.ts';
import { RowQuery } from './row-query.ts';
import type { Session } from './session.ts';

/** Milliseconds for the server to stop where only the rest of an object is not wanted: the snapshot goes on. */
const leavingPatience = 3_000;

export interface Reading {
  readonly object: string;
  readonly columns: readonly TableColumn[];
  /** Only that many rows; all of them where it is absent. */
  readonly first?: number | undefined;
  readonly signal: AbortSignal;
  readonly turn: Turn;
}

/** The SELECT that stands for the object, in the dialect of the part files. */
export function selectOf(object: string, columns: readonly TableColumn[], first?: number): string {
  const list = columns.map((column) => readingOf(column, () => undefined).expression);
  const limit = first === undefined ? '' : ` LIMIT ${first}`;
  return `SELECT ${list.join(', ')} FROM ${quote(object)}${limit}`;
}

/**
 * The rows as the server sends them. Whoever stops early, by the signal or by leaving the loop, stops the server
 * too and has the connection back in about a second.
 */
export async function* readRows(session: Session, reading: Reading): AsyncGenerator<CsvChunk, void, void> {
  const { object, columns, first, signal, turn } = reading;
  if (signal.aborted) throw cancelled();
  claim(turn);
  const suspects = new Set<TableColumn>();
  const encoders = columns.map((column) => readingOf(column, () => suspects.add(column)).encoder);
  const rows = new RowQuery(session.connection, selectOf(object, columns, first), encoders);
  let stopped: Promise<void> | null = null;
  const stop = (): void => {
    rows.abandon(cancelled());
    stopped ??= session.interrupt(rows.settled, signal.aborted ? undefined : leavingPatience);
  };
  // at once, not at the next chunk: the reader may be waiting for something else
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (let chunk = await rows.next(); chunk !== null; chunk = await rows.next()) {
      if (!isUtf8(chunk.bytes)) throw notUtf8(object, columns[invalidColumn(chunk.bytes)]);
      yield chunk;
    }
    signal.removeEventListener('abort', stop);
    for (const column of suspects) {
      const replaced = await cancellable(session, signal, () =>
        hasReplacedText(session, object, column.name, first),
      );
      if (replaced) throw notConvertible(object, column);
    }
  } catch (error) {
    throw signal.aborted ? cancelled() : readError(error, session.settings, object);
  } finally {
    signal.removeEventListener('abort', stop);
    if (rows.running) stop();
    await stopped;
    leave(turn);
  }
}

const bytesOf = ({ name }: TableColumn): string => `CAST(${quote(name)} AS BINARY)`;

const notUtf8 = (object: string, column: TableColumn | undefined): SluiceError =>
  column === undefined
    ? new SluiceError('SOURCE_UNREADABLE', `${object} holds text that is not valid UTF-8`)
    : invalidText({
        object,
        column: column.name,
        asBytes: bytesOf(column),
        why: 'text that is not valid UTF-8',
      });

/** The server would send question marks for it and say nothing. */
const notConvertible = (object: string, column: TableColumn): SluiceError =>
  invalidText({
    ...{ object, column: column.name, asBytes: bytesOf(column) },
    why: `text that cannot be converted from ${column.charset} to UTF-8`,
  });
