/** The rows of a load that did not fit, in a file of their own: who set them aside wants to see them. */
import { isUtf8 } from 'node:buffer';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { SluiceError } from '../../shared/errors.ts';
import type { SetAside } from '../../shared/model.ts';
import type { UnfitRow } from '../sources/source.ts';
import { encodeHeader, encodeRows } from './csv.ts';
import type { ObjectTask } from './object-load.ts';

export type OpenReport = (task: ObjectTask) => SetAsideReport;

/** Disposed of, it lets the file go; what is in it stays. */
export interface SetAsideReport extends Disposable {
  /** @throws SluiceError DATA_FOLDER_UNUSABLE, DISK_FULL */
  readonly add: (row: UnfitRow) => void;
  /** All rows are there; undefined where there were none. */
  readonly finish: () => SetAside | undefined;
}

const columns = ['file', 'line', 'reason', 'row'];
const heldBack = 64 * 1024;

/**
 * The file is made with the first row, for its owner only; one of an earlier reading is replaced.
 * @param path absolute
 */
export function setAsideReport(path: string): SetAsideReport {
  let file: number | undefined;
  let rows = 0;
  let waiting: Buffer[] = [];
  let bytes = 0;

  function write(): void {
    try {
      if (file === undefined) {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        file = openSync(path, 'w', 0o600);
        writeSync(file, encodeHeader(columns));
      }
      for (const some of waiting) {
        for (let from = 0; from < some.length; ) from += writeSync(file, some, from);
      }
    } catch (error) {
      throw unwritable(path, error);
    }
    waiting = [];
    bytes = 0;
  }

  return {
    add: ({ file: source, line, reason, bytes: row }) => {
      const text = isUtf8(row) ? row.toString() : `\\x${row.toString('hex')}`;
      const encoded = encodeRows([[source, String(line), reason, text]]);
      waiting.push(encoded);
      rows += 1;
      bytes += encoded.length;
      if (bytes >= heldBack) write();
    },
    finish: () => {
      if (rows === 0) return undefined;
      if (waiting.length > 0) write();
      return { rows, report: path };
    },
    [Symbol.dispose]: () => {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

function unwritable(path: string, error: unknown): SluiceError {
  const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
  const full = reason === 'ENOSPC' || reason === 'EDQUOT';
  return new SluiceError(
    full ? 'DISK_FULL' : 'DATA_FOLDER_UNUSABLE',
    `The report of rows that were set aside cannot be written to ${path}`,
    { details: { path, reason }, cause: error },
  );
}
