/** SQLite's result codes in Sluice's words. */
import { type ErrorCode, SluiceError } from '../../../shared/errors.ts';

/** Primary result codes: https://www.sqlite.org/rescode.html */
const busy = 5;
const locked = 6;
const corrupt = 11;
const cannotOpen = 14;
const notADatabase = 26;
const readOnlyFamily = 8;
const denied = 23;
const permission = 3;

interface Verdict {
  readonly code: ErrorCode;
  readonly why: string;
  readonly fix?: string;
}

const verdicts: ReadonlyMap<number, Verdict> = new Map([
  [
    busy,
    {
      code: 'SOURCE_UNREADABLE',
      why: 'another program holds it locked',
      fix: 'Close the program that writes to it, or wait until it is done, and try again.',
    },
  ],
  [
    corrupt,
    {
      code: 'SOURCE_UNREADABLE',
      why: 'the file is damaged',
      fix: 'Restore it from a backup, or recover it with "sqlite3 FILE .recover".',
    },
  ],
  [
    notADatabase,
    {
      code: 'SOURCE_UNREADABLE',
      why: 'it is not an SQLite database, or it is encrypted',
      fix: 'Check the path; an encrypted database has to be exported first.',
    },
  ],
  [
    cannotOpen,
    {
      code: 'SOURCE_UNREADABLE',
      why: 'SQLite cannot open it; in WAL mode it needs to write its -shm file beside it',
      fix: 'Check the rights of the file and of its folder, or copy the database to a folder of your own.',
    },
  ],
  [permission, { code: 'SOURCE_DENIED', why: 'this account may not read it' }],
  [denied, { code: 'SOURCE_DENIED', why: 'access is denied' }],
]);

function primaryCode(error: unknown): number | null {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === 'number' ? code & 0xff : null;
}

/** True while somebody else holds a lock that a read has to wait for. */
export function isBusy(error: unknown): boolean {
  const code = primaryCode(error);
  return code === busy || code === locked;
}

export const cancelled = (): SluiceError =>
  new SluiceError('CANCELLED', 'Cancelled while reading the source');

/** Classifies what node:sqlite raised. `object` is how the object is shown. */
export function sqliteError(error: unknown, file: string, object?: string): SluiceError {
  if (error instanceof SluiceError) return error;
  const code = primaryCode(error);
  const text = error instanceof Error ? error.message : String(error);
  const verdict = code === null ? undefined : verdicts.get(code === readOnlyFamily ? cannotOpen : code);
  const subject = object === undefined ? file : `${object} in ${file}`;
  return new SluiceError(
    verdict?.code ?? 'SOURCE_UNREADABLE',
    `${subject} cannot be read: ${verdict?.why ?? text}`,
    {
      details: { path: file, ...(object === undefined ? {} : { object }), reason: code, sqlite: text },
      cause: error,
      ...(verdict?.fix === undefined ? {} : { fix: verdict.fix }),
    },
  );
}
