/** S3's additional checksums: x-amz-checksum-*. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc64Nvme, crc32c } from './crc.ts';

export const checksumAlgorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
/** What S3 computes itself of an object that came without a checksum. */
export const defaultChecksum = 'CRC64NVME';
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** Of the whole object, or of the parts' checksums. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** A running checksum. */
export interface RunningChecksum {
  update(chunk: Uint8Array): void;
  digest(): Buffer;
}

export const checksumBytes: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

/** `x-amz-checksum-crc32`, … */
export const checksumHeader = (algorithm: ChecksumAlgorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;

export const checksumOfHeader = (header: string): ChecksumAlgorithm | undefined =>
  checksumAlgorithms.find((algorithm) => checksumHeader(algorithm) === header.toLowerCase());

export const checksumOfName = (name: string): ChecksumAlgorithm | undefined =>
  checksumAlgorithms.find((algorithm) => algorithm === name.toUpperCase());

function runningCrc(step: (data: Uint8Array, previous: number) => number): RunningChecksum {
  let value = 0;
  return {
    update: (chunk) => {
      value = step(chunk, value);
    },
    digest: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value >>> 0);
      return bytes;
    },
  };
}

export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  if (algorithm === 'CRC32') return runningCrc(crc32);
  if (algorithm === 'CRC32C') return runningCrc(crc32c);
  if (algorithm === 'CRC64NVME') return new Crc64Nvme();
  return createHash(algorithm.toLowerCase());
}

/** True for the base64 of as many bytes as the algorithm has. */
export function isChecksumValue(algorithm: ChecksumAlgorithm, value: string): boolean {
  const bytes = Buffer.from(value, 'base64');
  return bytes.length === checksumBytes[algorithm] && bytes.toString('base64') === value;
}
