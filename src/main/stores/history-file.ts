/** The database file behind the job history: opened, made, checked, and put aside when it is damaged. */
import { closeSync, existsSync, openSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '../../shared/errors.ts';
import { freeCorruptPath } from './corrupt-path.ts';
import { historyVersion, migrationsFrom } from './history-schema.ts';
import { withLock } from './lock.ts';
import { isDamaged, storageError } from './storage-errors.ts';

/** How long a write waits for another process's, in milliseconds. */
const busyTimeoutMs = 5_000;

/** Opening is one process's turn at a time: making the tables and switching to WAL do not bear company. */
const openTurnMs = 10_000;

export interface HistoryFile {
  readonly path: string;
  readonly database: DatabaseSync;
  readonly notices: readonly string[];
}

function versionOf(database: DatabaseSync): number {
  const row = database.prepare('PRAGMA user_version').get();
  return Number(row?.user_version);
}

function newerVersion(path: string, version: number): SluiceError {
  return new SluiceError(
    'DATA_FOLDER_UNUSABLE',
    `The job history in ${path} was written by a newer version of Sluice ` +
      `(format ${version}; this version knows format ${historyVersion})`,
    {
      fix: 'Install the newer version again, or name another data folder with --data-dir.',
      details: { path, version },
    },
  );
}

/** Looked for at the start, since a damaged page met in the middle of a load would be met at the worst time. */
function isSound(database: DatabaseSync): boolean {
  const rows = database.prepare('PRAGMA quick_check(1)').all();
  return rows.length === 1 && rows[0]?.quick_check === 'ok';
}

function prepare(database: DatabaseSync, path: string): void {
  const version = versionOf(database);
  if (version > historyVersion) throw newerVersion(path, version);
  // FULL: the journal's intents must be on the disk before the act that they announce.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  if (version === historyVersion) return;
  const steps = migrationsFrom(version).join('\n');
  database.exec(`BEGIN; ${steps} PRAGMA user_version = ${historyVersion}; COMMIT`);
}

/** The opened database, or `undefined` when the file is damaged. */
function tryOpen(path: string): DatabaseSync | undefined {
  // Names of tables and queries are nobody else's business; SQLite gives its side files the same mode.
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    prepare(database, path);
    if (isSound(database)) return database;
    database.close();
    return undefined;
  } catch (error) {
    database.close();
    if (isDamaged(error)) return undefined;
    throw error;
  }
}

/** The side files go along under the matching names, so that a repair tool finds what was not yet in the database. */
function putAside(path: string): string {
  const aside = freeCorruptPath(path);
  for (const side of ['-wal', '-shm']) {
    if (existsSync(path + side)) renameSync(path + side, aside + side);
  }
  renameSync(path, aside);
  return aside;
}

const damagedNotice = (path: string, aside: string): string =>
  `The job history in ${path} was damaged. It was kept as ${basename(aside)}, and an empty history was started. ` +
  'Jobs that were interrupted before can no longer be resumed or discarded: a lifecycle rule ' +
  'AbortIncompleteMultipartUpload of the bucket removes what they left unfinished.';

/**
 * Opens `history.db` in the folder, made when absent. A damaged file is renamed to `history.corrupt-<time>.db`, with
 * a notice, and an empty one is started.
 *
 * @throws SluiceError DATA_FOLDER_UNUSABLE (also for a file of a newer version), DISK_FULL
 */
export function openHistoryFile(folder: string): HistoryFile {
  const path = join(folder, 'history.db');
  const open = (): HistoryFile => {
    const database = tryOpen(path);
    if (database !== undefined) return { path, database, notices: [] };
    const aside = putAside(path);
    const fresh = tryOpen(path);
    if (fresh === undefined) {
      throw new SluiceError(
        'DATA_FOLDER_UNUSABLE',
        `The new file ${path} is damaged at once: the disk may be failing`,
      );
    }
    return { path, database: fresh, notices: [damagedNotice(path, aside)] };
  };
  try {
    return withLock(join(folder, 'history.lock'), openTurnMs, 'open the job history', open);
  } catch (error) {
    throw storageError(error, path, 'open the job history');
  }
}
