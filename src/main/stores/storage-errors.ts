/** Errors of the file system and of SQLite under the data folder, turned into the two codes that a user can act on. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { SluiceError } from '../../shared/errors.ts';

/** SQLite's primary result codes that need words of their own; see https://www.sqlite.org/rescode.html. */
const sqlite = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
} as const;

/** Below this many free bytes, an I/O error that names no cause is put down to the full disk. */
const nearlyFullBytes = 64 * 1024;

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'there is a folder of that name',
  EEXIST: 'there is a file of that name',
  ENOENT: 'there is no such file or folder',
  EMFILE: 'too many open files',
  EIO: 'the disk reports an input/output error',
};

/** `code` of a Node error, e.g. `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** SQLite's primary result code, when `error` comes from node:sqlite. */
function sqliteCodeOf(error: unknown): number | undefined {
  if (errnoOf(error) !== 'ERR_SQLITE_ERROR') return undefined;
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

/** True when somebody else holds the database file. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCodeOf(error);
  return code === sqlite.busy || code === sqlite.locked;
}

/** True when the file is not a database, or a damaged one. */
export function isDamaged(error: unknown): boolean {
  const code = sqliteCodeOf(error);
  return code === sqlite.corrupt || code === sqlite.notADatabase;
}

function nearlyFull(path: string): boolean {
  try {
    const disk = statfsSync(dirname(path));
    return disk.bavail * disk.bsize < nearlyFullBytes;
  } catch {
    // Only a help to name the cause of another error, which is reported either way.
    return false;
  }
}

/** SQLite names a full disk only when it fills the database itself, not its shared memory or its journal. */
function isFull(error: unknown, path: string): boolean {
  const errno = errnoOf(error);
  if (errno === 'ENOSPC' || errno === 'EDQUOT') return true;
  const code = sqliteCodeOf(error);
  if (code === sqlite.full) return true;
  return (code === sqlite.io || code === sqlite.cannotOpen) && nearlyFull(path);
}

/** False for faults of our own, which no other folder or disk would mend. */
const isFromStorage = (error: unknown): boolean =>
  sqliteCodeOf(error) !== undefined || /^E[A-Z0-9]+$/.test(errnoOf(error) ?? '');

function reasonOf(error: unknown): string {
  const code = sqliteCodeOf(error);
  if (code === sqlite.busy || code === sqlite.locked) return 'another process has held it for too long';
  if (code === sqlite.corrupt || code === sqlite.notADatabase) return 'the file is damaged';
  if (code === sqlite.readOnly) return 'the file is read-only';
  const known = reasons[errnoOf(error) ?? ''];
  if (known !== undefined) return known;
  return error instanceof Error ? error.message : String(error);
}

/**
 * The SluiceError for a failure under the data folder: DISK_FULL, or DATA_FOLDER_UNUSABLE with the path and the
 * reason, or INTERNAL for a fault of Sluice itself.
 *
 * @param doing what could not be done, as it follows "Cannot", e.g. "save the settings"
 */
export function storageError(error: unknown, path: string, doing: string): SluiceError {
  if (error instanceof SluiceError) return error;
  const options = { cause: error, details: { path } };
  if (isFull(error, path)) {
    return new SluiceError('DISK_FULL', `Cannot ${doing}: the disk that holds ${path} is full`, options);
  }
  if (sqliteCodeOf(error) === sqlite.constraint || !isFromStorage(error)) {
    return new SluiceError('INTERNAL', `Cannot ${doing}: ${reasonOf(error)} in ${path}`, options);
  }
  const message = `Cannot ${doing}: ${path}: ${reasonOf(error)}`;
  return new SluiceError('DATA_FOLDER_UNUSABLE', message, options);
}

/** Runs `act`; whatever it throws becomes a {@link storageError}. */
export function storing<T>(path: string, doing: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw storageError(error, path, doing);
  }
}
