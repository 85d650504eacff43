/** SQLite as a source: a file, read by node:sqlite, never written to. */
import { access, constants, stat } from 'node:fs/promises';
import { parse, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../shared/errors.ts';
import { displayName } from '../../shared/model.ts';
import { takeRows } from './first-rows.ts';
import type { OpenSource, Snapshot } from './source.ts';
import { listObjects, openObject } from './sqlite/catalogue.ts';
import { describeColumns } from './sqlite/describe.ts';
import { cancelled, isBusy, sqliteError } from './sqlite/errors.ts';

export interface SqliteOptions {
  readonly path: string;
  readonly signal?: AbortSignal;
  /** How long another program may hold the file before reading it is given up: milliseconds, 5,000 if absent. */
  readonly busyTimeout?: number;
}

const defaultBusyTimeout = 5_000;
const busyPause = 50;

/**
 * Opens a database file. The file name without its last extension is the name of the database.
 * @throws SluiceError SOURCE_NOT_FOUND, SOURCE_DENIED, SOURCE_UNREADABLE, CANCELLED
 */
export async function openSqlite({
  path,
  signal,
  busyTimeout = defaultBusyTimeout,
}: SqliteOptions): Promise<OpenSource> {
  const file = resolve(path);
  await refuseMissing(file);
  const until = signal ?? new AbortController().signal;
  const open = new Set<DatabaseSync>();

  const connect = async (abort: AbortSignal): Promise<DatabaseSync> => {
    const db = openFile(file);
    open.add(db);
    try {
      await beginReading(db, busyTimeout, abort);
      return db;
    } catch (error) {
      close(db);
      throw sqliteError(error, file);
    }
  };
  const close = (db: DatabaseSync): void => {
    if (open.delete(db)) db.close();
  };

  // one look tells a database from any other file
  const probe = await connect(until);
  const version = String(probe.prepare('SELECT sqlite_version()').get()?.[0]);
  close(probe);

  return {
    database: parse(file).name,
    version: `SQLite ${version}`,
    objects: async (abort) => {
      const db = await connect(abort);
      try {
        return listObjects(db);
      } catch (error) {
        throw sqliteError(error, file);
      } finally {
        close(db);
      }
    },
    columns: async (name, abort) => {
      const db = await connect(abort);
      try {
        return describeColumns(db, name, file);
      } catch (error) {
        throw sqliteError(error, file, displayName(name));
      } finally {
        close(db);
      }
    },
    // node:sqlite cannot be stopped: whoever must not wait for a slow view calls this in a process that may be ended
    firstRows: async (name, { rows, signal: abort }) => {
      const db = await connect(abort);
      try {
        return await takeRows(openObject(db, name, file, rows + 1), rows, abort);
      } catch (error) {
        throw sqliteError(error, file, displayName(name));
      } finally {
        close(db);
      }
    },
    snapshot: async (abort): Promise<Snapshot> => {
      const db = await connect(abort);
      return {
        takenAt: new Date(),
        readers: 1,
        warnings: [],
        object: async (name) => {
          try {
            return openObject(db, name, file);
          } catch (error) {
            throw sqliteError(error, file, displayName(name));
          }
        },
        [Symbol.asyncDispose]: async () => close(db),
      };
    },
    [Symbol.asyncDispose]: async () => {
      for (const db of [...open]) close(db);
    },
  };
}

/** node:sqlite reports a missing file and one that it may not open in the same words. */
async function refuseMissing(file: string): Promise<void> {
  try {
    const info = await stat(file);
    if (info.isFile()) {
      // never open and close it here: that would drop every lock that SQLite has on it in this process
      await access(file, constants.R_OK);
      return;
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    const denied = code === 'EACCES' || code === 'EPERM';
    throw new SluiceError(
      denied ? 'SOURCE_DENIED' : 'SOURCE_NOT_FOUND',
      denied ? `The file ${file} may not be read by this account` : `There is no file ${file}`,
      {
        details: { path: file, reason: code },
        cause: error,
        ...(denied ? { fix: 'Give this account the right to read the file and to enter its folder.' } : {}),
      },
    );
  }
  throw new SluiceError('SOURCE_UNREADABLE', `${file} is not a file`, {
    details: { path: file },
    fix: 'Name the database file itself.',
  });
}

function openFile(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, {
      readOnly: true,
      readBigInts: true,
      returnArrays: true,
      // old views may hold "text" in double quotes, which sqlite3 itself still takes; our own names always
      // come from the catalogue of the same snapshot, so none of them can turn into text
      enableDoubleQuotedStringLiterals: true,
    });
  } catch (error) {
    throw sqliteError(error, file);
  }
}

/**
 * Begins the transaction and reads once, which is what fixes the snapshot. SQLite's own busy timeout would
 * stop the whole process while it waits, so the waiting is done here.
 */
async function beginReading(db: DatabaseSync, busyTimeout: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + busyTimeout;
  for (;;) {
    if (signal.aborted) throw cancelled();
    try {
      if (!db.isTransaction) db.exec('BEGIN');
      db.prepare('SELECT count(*) FROM sqlite_schema').get();
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    }
    await sleep(busyPause);
  }
}
