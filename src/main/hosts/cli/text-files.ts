/** Files that a command reads or writes whole; what the system says becomes an error that names the file. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type ErrorCode, SluiceError } from '../../../shared/errors.ts';

/**
 * Writes a new file. One that is there already is left alone, and what could not be written whole is removed.
 * @throws SluiceError INPUT_INVALID, NOT_FOUND (the folder), DISK_FULL
 */
export function writeNewFile(path: string, text: string): void {
  let begun = false;
  try {
    writeFileSync(path, '', { flag: 'wx' });
    begun = true;
    writeFileSync(path, text);
  } catch (error) {
    if (begun) rmSync(path, { force: true });
    throw fileError(error, `The file ${path} cannot be written`, {
      EEXIST: ['INPUT_INVALID', 'it exists already', 'Name another file, or remove that one first.'],
      ENOENT: ['NOT_FOUND', 'its folder does not exist', 'Make the folder first, or name another one.'],
    });
  }
}

/**
 * The text of a file.
 * @param limit the largest size in bytes
 * @throws SluiceError INPUT_INVALID, NOT_FOUND
 */
export function readTextFile(path: string, limit: number): string {
  try {
    // Of a pipe or a device the size says nothing.
    const { size } = statSync(path);
    if (size <= limit) {
      const bytes = readFileSync(path);
      if (bytes.length <= limit)
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    }
  } catch (error) {
    throw fileError(error, `The file ${path} cannot be read`, {
      ENOENT: ['NOT_FOUND', 'it does not exist', 'Check the path.'],
      EISDIR: ['INPUT_INVALID', 'it is a folder', 'Name a file.'],
      ERR_ENCODING_INVALID_ENCODED_DATA: ['INPUT_INVALID', 'it is not UTF-8 text', 'Name another file.'],
    });
  }
  throw new SluiceError('INPUT_INVALID', `The file ${path} is larger than ${limit / 1024 / 1024} MiB`, {
    fix: 'Name another file.',
  });
}

type Known = Readonly<Record<string, readonly [code: ErrorCode, why: string, fix: string]>>;

const everywhere: Known = {
  EACCES: ['INPUT_INVALID', 'you may not', 'Name another file, or change its permissions.'],
  EPERM: ['INPUT_INVALID', 'you may not', 'Name another file, or change its permissions.'],
  ENOSPC: ['DISK_FULL', 'the disk is full', 'Free some space, or name a file on another disk.'],
};

function fileError(error: unknown, what: string, known: Known): SluiceError {
  const { code = '' } = error as NodeJS.ErrnoException;
  const [family, why, fix] = known[code] ??
    everywhere[code] ?? ['INPUT_INVALID', code === '' ? String(error) : code, 'Name another file.'];
  return new SluiceError(family, `${what}: ${why}`, { fix, cause: error });
}
