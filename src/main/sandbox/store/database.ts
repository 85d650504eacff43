/** The index of a store: what is in it, kept in SQLite, open in one process at a time. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '../../../shared/errors.ts';
import { hiddenFolder } from './paths.ts';

/** Written into the file; another number is refused instead of misread. */
const schemaVersion = 2;

/**
 * Keys are blobs: compared byte by byte, as S3 sorts them, and free to hold any character. `pending` holds the
 * intent of a rename that the index does not know about yet.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, created INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS bucket_settings (
    bucket TEXT NOT NULL REFERENCES buckets (name) ON DELETE CASCADE, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (bucket, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key BLOB NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (bucket, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS versions (
    id INTEGER PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, version TEXT NOT NULL, record TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS versions_of_key ON versions (bucket, key, version);
  CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, started INTEGER NOT NULL, record TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS uploads_of_bucket ON uploads (bucket);
  CREATE TABLE IF NOT EXISTS parts (
    upload TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE, number INTEGER NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (upload, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS pending (
    id INTEGER PRIMARY KEY, temporary TEXT NOT NULL, record TEXT NOT NULL, upload TEXT
  ) STRICT;
`;

const sqliteBusy = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;
}

function prepare(database: DatabaseSync): void {
  // The lock is the system's: it goes when the process dies, however it dies.
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.exec('BEGIN EXCLUSIVE; COMMIT');
  const version = database.prepare('PRAGMA user_version').get()?.user_version;
  if (version !== 0 && version !== schemaVersion) {
    throw new SluiceError(
      'DATA_FOLDER_UNUSABLE',
      `The sandbox folder was written by another version of Sluice (index version ${version}, not ${schemaVersion})`,
      { fix: 'Use another folder for the sandbox, or remove this one.' },
    );
  }
  database.exec(schema);
  database.exec(`PRAGMA user_version = ${schemaVersion}`);
}

/**
 * Opens the index of the store in `root`, making both when absent.
 * @throws SluiceError IN_USE when another sandbox has it open; DATA_FOLDER_UNUSABLE when it cannot be used
 */
export function openDatabase(root: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(join(root, hiddenFolder), { recursive: true });
    database = new DatabaseSync(join(root, hiddenFolder, 'index.db'), { timeout: 0 });
    prepare(database);
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof SluiceError) throw cause;
    if (isBusy(cause)) {
      throw new SluiceError('IN_USE', `Another sandbox is running on the folder ${root}`, {
        cause,
        fix: 'Stop the other sandbox, or choose another folder.',
      });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError('DATA_FOLDER_UNUSABLE', `The sandbox cannot use the folder ${root}: ${reason}`, {
      cause,
      fix: 'Check that the folder exists and that you may write to it, or choose another one.',
    });
  }
}

/** Runs `work` in one transaction. */
export function transaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    // A full disk may have rolled it back already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
