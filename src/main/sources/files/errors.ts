/** What reading files raises, in Sluice's words. */
import { SluiceError } from '../../../shared/errors.ts';
import { codeOf, messageOf } from '../raised.ts';

/** The job would have mixed two states of the file. */
export const changedWhileRead = (path: string): SluiceError =>
  new SluiceError('SOURCE_CHANGED', `${path} was changed while it was being read`, { details: { path } });

/** Classifies what the file system, zlib and the decoders raise. */
export function fileError(error: unknown, path: string, compression = 'none'): SluiceError {
  if (error instanceof SluiceError) return error;
  const reason = codeOf(error);
  const details = { path, reason };
  const told = { details, cause: error };
  if (reason === 'ENOENT' || reason === 'ENOTDIR') {
    return new SluiceError('SOURCE_NOT_FOUND', `There is no file ${path}`, told);
  }
  if (reason === 'EACCES' || reason === 'EPERM') {
    return new SluiceError('SOURCE_DENIED', `${path} may not be read by this account`, {
      ...told,
      fix: 'Give this account the right to read the file and to enter its folder.',
    });
  }
  if (/^(Z_|ZSTD_|ERR_ZSTD)/.test(reason)) {
    return new SluiceError(
      'SOURCE_UNREADABLE',
      `${path} is ${reason === 'Z_BUF_ERROR' ? 'cut off' : 'damaged'}: its ${compression} data cannot be read to the end (${messageOf(error)})`,
      { ...told, fix: 'Copy or download the file again, then repeat the load.' },
    );
  }
  if (reason === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new SluiceError('SOURCE_UNREADABLE', `${path} holds bytes that its encoding does not have`, {
      ...told,
      fix: 'Name the encoding that the file was written in, with --encoding or in the form of the source.',
    });
  }
  return new SluiceError('SOURCE_UNREADABLE', `${path} cannot be read: ${messageOf(error)}`, told);
}
