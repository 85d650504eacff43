/** Reads files back and compares them with what a receipt says. */

import { pipeline } from 'node:stream/promises';
import { crc32, createGunzip } from 'node:zlib';
import { type ErrorCode, familyOf, SluiceError } from '../../shared/errors.ts';
import type { LoadedFile, Verification } from '../../shared/model.ts';
import type { Bucket } from '../access/bucket.ts';
import { rowCounter } from './csv.ts';
import { base64Crc } from './part-file.ts';

export type VerifiedFile = Verification['files'][number];

export interface Watch {
  readonly signal: AbortSignal;
  /** Called with the bytes that have come, as they come. */
  readonly onBytes?: (count: number) => void;
}

/** What of a file a receipt holds, whatever is in it. */
type Sealed = Pick<LoadedFile, 'key' | 'bytes' | 'checksum'>;

/**
 * Compares size, checksum, rows and bytes of CSV of one part file. What is wrong with the file is a verdict.
 * @throws SluiceError CANCELLED, and where the file could not be looked at at all: of the family `access`,
 *   or one of {@link outOfReach}
 */
export async function verifyFile(bucket: Bucket, file: LoadedFile, watch: Watch): Promise<VerifiedFile> {
  const counter = rowCounter();
  let csvBytes = 0;
  const count = async (csv: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of csv) {
      csvBytes += chunk.length;
      counter.push(chunk);
    }
  };
  const checked = await verifySealed(bucket, file, watch, async (compressed) => {
    await pipeline(compressed, createGunzip(), count, { signal: watch.signal });
  });
  const rows = counter.records === 0 ? null : counter.records - 1;
  if (checked.cause !== undefined) return { ...checked, rows };
  if (rows !== file.rows) {
    return failed({ ...checked, rows }, `The file holds ${rows ?? 0} rows; the receipt says ${file.rows}`);
  }
  if (file.csvBytes !== undefined && csvBytes !== file.csvBytes) {
    const cause = `The file holds ${csvBytes} bytes of CSV; the receipt says ${file.csvBytes}`;
    return failed({ ...checked, rows }, cause);
  }
  return { ...checked, rows };
}

/** Compares size and checksum of a file without rows, such as a manifest. Throws as {@link verifyFile} does. */
export const verifyBytes = (bucket: Bucket, file: Sealed, watch: Watch): Promise<VerifiedFile> =>
  verifySealed(bucket, file, watch, async (bytes) => {
    for await (const _ of bytes);
  });

const failed = (checked: VerifiedFile, cause: string): VerifiedFile => ({
  ...checked,
  verdict: 'failed',
  cause,
});

async function verifySealed(
  bucket: Bucket,
  file: Sealed,
  { signal, onBytes }: Watch,
  consume: (bytes: AsyncIterable<Buffer>) => Promise<void>,
): Promise<VerifiedFile> {
  let bytes = 0;
  let crc = 0;
  const counted = async function* (body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      bytes += chunk.length;
      crc = crc32(chunk, crc);
      onBytes?.(chunk.length);
      yield chunk;
    }
  };
  const said = (): VerifiedFile => ({ key: file.key, verdict: 'passed', rows: null, bytes });
  try {
    await consume(counted(await bucket.get(file.key, signal)));
  } catch (error) {
    if (signal.aborted) throw new SluiceError('CANCELLED', 'The check was cancelled', { cause: error });
    if (error instanceof SluiceError && saysNothing(error)) throw error;
    return failed(said(), error instanceof Error ? error.message : String(error));
  }
  const checksum = `crc32:${base64Crc(crc)}`;
  if (bytes !== file.bytes) {
    return failed(said(), `The file has ${bytes} bytes; the receipt says ${file.bytes}`);
  }
  if (checksum !== file.checksum) {
    return failed(said(), `The file has the checksum ${checksum}, not ${file.checksum}`);
  }
  return said();
}

const saysNothing = ({ code }: SluiceError): boolean => familyOf(code) === 'access' || outOfReach.has(code);

const outOfReach: ReadonlySet<ErrorCode> = new Set([
  'DESTINATION_UNREACHABLE',
  'CERTIFICATE_UNTRUSTED',
  'PROXY_FAILED',
  'THROTTLED',
  'KMS_KEY_UNUSABLE',
  'BUCKET_NOT_FOUND',
  'BUCKET_WRONG_REGION',
]);
