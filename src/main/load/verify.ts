/** Reads files back and compares them with what a receipt says. */

import { pipeline } from 'node:stream/promises';
import { crc32, createGunzip } from 'node:zlib';
import { familyOf, SluiceError } from '../../shared/errors.ts';
import type { LoadedFile, Verification } from '../../shared/model.ts';
import type { Bucket } from '../access/bucket.ts';
import { rowCounter } from './csv.ts';
import { base64Crc } from './part-file.ts';

export type VerifiedFile = Verification['files'][number];

/**
 * Compares size, checksum and rows of one file. What is wrong with the file is a verdict.
 * @throws SluiceError CANCELLED, and where the file could not be looked at at all: of the family `access`,
 *   DESTINATION_UNREACHABLE, BUCKET_NOT_FOUND, BUCKET_WRONG_REGION
 */
export async function verifyFile(
  bucket: Bucket,
  file: LoadedFile,
  signal: AbortSignal,
): Promise<VerifiedFile> {
  const counter = rowCounter();
  let bytes = 0;
  let crc = 0;
  const verdict = (cause?: string): VerifiedFile => ({
    key: file.key,
    verdict: cause === undefined ? 'passed' : 'failed',
    rows: counter.records === 0 ? null : counter.records - 1,
    bytes,
    ...(cause === undefined ? {} : { cause }),
  });
  try {
    const body = await bucket.get(file.key, signal);
    await pipeline(
      async function* () {
        for await (const chunk of body) {
          bytes += chunk.length;
          crc = crc32(chunk, crc);
          yield chunk;
        }
      },
      createGunzip(),
      async (csv) => {
        for await (const chunk of csv) counter.push(chunk);
      },
      { signal },
    );
  } catch (error) {
    if (signal.aborted) throw new SluiceError('CANCELLED', 'The check was cancelled', { cause: error });
    if (error instanceof SluiceError && saysNothing(error)) throw error;
    return verdict(error instanceof Error ? error.message : String(error));
  }
  const checksum = `crc32:${base64Crc(crc)}`;
  if (bytes !== file.bytes) return verdict(`The file has ${bytes} bytes; the receipt says ${file.bytes}`);
  if (checksum !== file.checksum)
    return verdict(`The file has the checksum ${checksum}, not ${file.checksum}`);
  if (counter.records - 1 !== file.rows) {
    return verdict(`The file holds ${counter.records - 1} rows; the receipt says ${file.rows}`);
  }
  return verdict();
}

const saysNothing = ({ code }: SluiceError): boolean =>
  familyOf(code) === 'access' ||
  code === 'DESTINATION_UNREACHABLE' ||
  code === 'BUCKET_NOT_FOUND' ||
  code === 'BUCKET_WRONG_REGION';
