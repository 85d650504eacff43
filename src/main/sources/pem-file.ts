/** Certificates and keys that a connection setting names. */
import { readFile } from 'node:fs/promises';
import { SluiceError } from '../../shared/errors.ts';

/** @throws SluiceError INPUT_INVALID that names the setting and the file */
export const readPem = (path: string, parameter: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadablePem(path, parameter, error);
  });

export const unreadablePem = (path: string, parameter: string, error: unknown): SluiceError =>
  new SluiceError('INPUT_INVALID', `${parameter}: the file ${path} cannot be read`, {
    details: { parameter, path, reason: (error as NodeJS.ErrnoException).code ?? null },
    cause: error,
    fix: 'Check the path and the rights of the file.',
  });
