/** What a part file says about where it comes from; nobody else's object says the same. */
import type { FileHeaders } from '../access/bucket.ts';

type Metadata = Readonly<Record<string, string>>;

export const fileMetadata = (jobId: string, ordinal: number, seq: number): Metadata => ({
  'sluice-job': jobId,
  'sluice-file': `${ordinal}/${seq}`,
});

/** What a manifest says about itself. */
export const manifestMetadata = (jobId: string): Metadata => ({
  'sluice-job': jobId,
  'sluice-file': 'manifest',
});

export const fileHeaders = (jobId: string, ordinal: number, seq: number): FileHeaders => ({
  contentType: 'application/gzip',
  metadata: fileMetadata(jobId, ordinal, seq),
});

/** True for an object that says what we would have said. */
export const isOurs = (found: Metadata, ours: Metadata): boolean =>
  Object.entries(ours).every(([name, value]) => found[name] === value);

/** How a receipt writes a checksum: base64 of the CRC-32 of the gzip file behind its name. */
export const checksumText = (crc32: string): string => `crc32:${crc32}`;

export const crcOfChecksum = (checksum: string): string => checksum.replace(/^crc32:/, '');
