/** Finds text whose bytes are not what the encoding of the database says. */
import { isUtf8 } from 'node:buffer';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { cancelled } from './errors.ts';

export interface TextSearch {
  readonly db: DatabaseSync;
  /** Both quoted. */
  readonly table: string;
  readonly column: string;
  readonly signal: AbortSignal;
}

const valuesPerTurn = 1_000;

/**
 * The number (from 1) of the first text value that is not valid in the encoding of the database; null where
 * all are.
 * @throws SluiceError CANCELLED
 */
export async function findInvalidText({ db, table, column, signal }: TextSearch): Promise<number | null> {
  const [encoding] = db.prepare('PRAGMA encoding').get() as unknown as readonly [string];
  const isValid = encoding === 'UTF-8' ? isUtf8 : utf16Check(encoding);
  const sql = `SELECT CAST(${column} AS BLOB) FROM ${table} WHERE typeof(${column}) = 'text'`;
  const values = db.prepare(sql).iterate() as unknown as Iterable<readonly [Uint8Array]>;
  let number = 0;
  for (const [bytes] of values) {
    number += 1;
    if (!isValid(bytes)) return number;
    if (number % valuesPerTurn === 0) {
      await nextTurn();
      if (signal.aborted) throw cancelled();
    }
  }
  return null;
}

/** `encoding` is UTF-16le or UTF-16be. */
function utf16Check(encoding: string): (bytes: Uint8Array) => boolean {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return (bytes) => {
    try {
      decoder.decode(bytes);
      return true;
    } catch {
      return false;
    }
  };
}
