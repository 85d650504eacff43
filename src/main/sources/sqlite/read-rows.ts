/** Rows of an SQLite object in the words of the dialect, a batch at a time. */
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SluiceError } from '../../../shared/errors.ts';
import { blobText, floatText } from '../dialect.ts';
import type { Field, Row } from '../source.ts';
import { cancelled, sqliteError } from './errors.ts';
import { findInvalidText } from './invalid-text.ts';

/** A batch ends at whichever comes first; the sizes keep one batch to some milliseconds and about 1 MiB. */
const batchRows = 1_000;
const batchCharacters = 1024 * 1024;

export interface SqliteReading {
  readonly db: DatabaseSync;
  readonly file: string;
  readonly object: string;
  /** Quoted, as it stands in the query. */
  readonly table: string;
  /** Quoted, in the order of the query. */
  readonly columns: readonly string[];
  readonly query: string;
  readonly signal: AbortSignal;
}

/** What node:sqlite gives for SQLite's five storage classes. */
type SqliteValue = null | bigint | number | string | Uint8Array;

const replacement = '\uFFFD';

/**
 * Reads the object in the order of the file. Values are written by what they are, not by what the column
 * is declared as. Between batches the event loop has its turn, and the signal is looked at.
 * @throws SluiceError SOURCE_UNREADABLE, CANCELLED
 */
export async function* readRows(reading: SqliteReading): AsyncGenerator<readonly Row[], void, void> {
  const { db, file, object, query, signal } = reading;
  if (signal.aborted) throw cancelled();
  const suspects = new Set<number>();
  const cleared = new Set<number>();
  try {
    const rows = db.prepare(query).iterate() as unknown as Iterable<readonly SqliteValue[]>;
    const cursor = rows[Symbol.iterator]();
    for (;;) {
      const batch = takeBatch(cursor, suspects);
      for (const column of suspects) {
        if (!cleared.has(column)) await clear(reading, column);
        cleared.add(column);
      }
      if (batch.length > 0) yield batch;
      if (batch.length === 0) return;
      await nextTurn();
      if (signal.aborted) throw cancelled();
    }
  } catch (error) {
    throw sqliteError(error, file, object);
  }
}

/** `suspects` gets the columns whose text may have been damaged by reading it. */
function takeBatch(cursor: Iterator<readonly SqliteValue[]>, suspects: Set<number>): Row[] {
  const batch: Row[] = [];
  let characters = 0;
  while (batch.length < batchRows && characters < batchCharacters) {
    const next = cursor.next();
    if (next.done === true) break;
    const row = new Array<Field>(next.value.length);
    for (let index = 0; index < row.length; index += 1) {
      const value = next.value[index] ?? null;
      const field = fieldText(value);
      if (typeof value === 'string' && value.includes(replacement)) suspects.add(index);
      if (field !== null) characters += field.length;
      row[index] = field;
    }
    batch.push(row);
  }
  return batch;
}

function fieldText(value: SqliteValue): Field {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'bigint') return value.toString();
  return typeof value === 'number' ? floatText(value) : blobText(value);
}

/**
 * node:sqlite turns bytes that are no text into U+FFFD without a word, but U+FFFD may also be what was
 * stored. So the first one in a column has the whole column looked at, once, as bytes.
 */
async function clear(reading: SqliteReading, index: number): Promise<void> {
  const column = reading.columns[index] ?? '';
  const row = await findInvalidText({ ...reading, column });
  if (row === null) return;
  throw new SluiceError(
    'SOURCE_UNREADABLE',
    `The column ${column} of ${reading.object} holds text that is not valid Unicode (text value ${row} of the column)`,
    {
      details: { path: reading.file, object: reading.object, column },
      fix: `Mend the text, or load a view that reads it as bytes: CAST(${column} AS BLOB).`,
    },
  );
}
