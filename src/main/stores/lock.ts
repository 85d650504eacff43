/**
 * A lock across processes that the system releases when its holder dies, whatever way it dies.
 *
 * Node has no file locks, so SQLite's are used: an exclusive transaction that is never committed, on a database
 * file that stays empty. They belong to the process (fcntl locks, on Windows LockFileEx), not to a file's content.
 *
 * Never open a lock file by any other way than this module: closing any descriptor of a file drops all POSIX locks
 * that the process has on it. SQLite minds that for its own.
 */
import { accessSync, constants, existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '../../shared/errors.ts';
import { isBusy, storageError } from './storage-errors.ts';

/** A lock that is held. It ends with `release()`, or with the process. */
export interface Lock extends Disposable {
  /** Gives the lock back; a second call does nothing. */
  release(): void;
}

/** A process that only looks ({@link isLocked}) is in the way for a moment: no wait is shorter than this. */
const shortestWaitMs = 200;

/** Without this, a lock whose holder forgot the `Lock` would be released by the garbage collector. */
const held = new Set<DatabaseSync>();

function release(database: DatabaseSync): void {
  if (held.delete(database)) database.close();
}

/**
 * Takes the lock, or gives up after `waitMs` (milliseconds; at least 0.2 s are waited) with `undefined`. The wait
 * blocks the event loop. A process that holds the lock cannot take it a second time.
 *
 * @throws SluiceError DATA_FOLDER_UNUSABLE, DISK_FULL when the file cannot be made or opened
 */
export function acquireLock(path: string, options: { readonly waitMs: number }): Lock | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: Math.max(options.waitMs, shortestWaitMs) });
    // Where the file may only be read, SQLite would take a shared lock and call it exclusive.
    accessSync(path, constants.W_OK);
    // No journal file beside the lock: it would stay behind a killed process, and nothing is ever written.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (isBusy(error)) return undefined;
    throw storageError(error, path, 'take a lock');
  }
  const taken = database;
  held.add(taken);
  return { release: () => release(taken), [Symbol.dispose]: () => release(taken) };
}

/**
 * True while some process, this one included, holds the lock. Looking makes no file.
 *
 * @throws SluiceError DATA_FOLDER_UNUSABLE when the file cannot be read
 */
export function isLocked(path: string): boolean {
  if (!existsSync(path)) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    // Removed by its holder since we looked: a finished job tidies up.
    if (!existsSync(path)) return false;
    throw storageError(error, path, 'look at a lock');
  } finally {
    database?.close();
  }
}

/**
 * Runs `act` while the lock is held.
 *
 * @param doing what needs the lock, as it follows "Cannot", e.g. "save the settings"
 * @throws SluiceError DATA_FOLDER_UNUSABLE when another process does not give the lock back in `waitMs`
 */
export function withLock<T>(path: string, waitMs: number, doing: string, act: () => T): T {
  const lock = acquireLock(path, { waitMs });
  if (lock === undefined) {
    const seconds = Math.round(waitMs / 1000);
    throw new SluiceError(
      'DATA_FOLDER_UNUSABLE',
      `Cannot ${doing}: another process has held ${path} for more than ${seconds} seconds`,
      { fix: 'End the Sluice process that hangs, then try again.', details: { path } },
    );
  }
  try {
    return act();
  } finally {
    lock.release();
  }
}
