/** The list of parts in CompleteMultipartUpload, against the parts that are there. */
import { invalidRequest, malformedXml, ServiceError } from '../http/service-error.ts';
import { childText, type XmlElement } from '../http/xml.ts';
import { checksumAlgorithms } from '../payload/checksum.ts';
import type { PartRecord, UploadRecord } from '../store/upload-store.ts';
import { parseDocument } from './body.ts';
import { maxPartNumber } from './multipart.ts';

/** 5 MiB: the least size of every part but the last. */
const minPartBytes = 5 * 1024 ** 2;

/** A part as the client lists it. */
interface ListedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksums: ReadonlyMap<string, string>;
}

function readPart(part: XmlElement): ListedPart {
  const number = Number(childText(part, 'PartNumber')?.trim() ?? Number.NaN);
  const etag = childText(part, 'ETag')
    ?.trim()
    .replace(/^"(.*)"$/, '$1');
  if (!Number.isInteger(number) || number < 1 || number > maxPartNumber || etag === undefined) {
    throw malformedXml();
  }
  const checksums = new Map<string, string>();
  for (const algorithm of checksumAlgorithms) {
    const value = childText(part, `Checksum${algorithm}`)?.trim();
    if (value !== undefined) checksums.set(algorithm, value);
  }
  return { number, etag, checksums };
}

/** @throws ServiceError MalformedXML, InvalidPartOrder */
function readParts(text: string): readonly ListedPart[] {
  const root = parseDocument(text, 'CompleteMultipartUpload');
  if (root.children.length === 0 || root.children.some((child) => child.name !== 'Part'))
    throw malformedXml();
  const parts = root.children.map(readPart);
  for (const [index, part] of parts.entries()) {
    if (part.number > (parts[index - 1]?.number ?? 0)) continue;
    throw new ServiceError(
      400,
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
    );
  }
  return parts;
}

const invalidPart = (upload: UploadRecord, listed: ListedPart): ServiceError =>
  new ServiceError(
    400,
    'InvalidPart',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { elements: { UploadId: upload.id, PartNumber: String(listed.number), ETag: listed.etag } },
  );

/** The stored part that the client means. @throws ServiceError InvalidPart, InvalidRequest */
function matchPart(upload: UploadRecord, listed: ListedPart, stored: PartRecord | undefined): PartRecord {
  if (stored === undefined || stored.etag !== listed.etag) throw invalidPart(upload, listed);
  for (const [algorithm, value] of listed.checksums) {
    if (stored.checksum?.algorithm !== algorithm || stored.checksum.value !== value) {
      throw invalidPart(upload, listed);
    }
  }
  if (upload.checksum?.type === 'COMPOSITE' && !listed.checksums.has(upload.checksum.algorithm)) {
    throw invalidRequest(
      `The upload was created using a ${upload.checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${listed.number} in the request.`,
    );
  }
  return stored;
}

/** @throws ServiceError EntityTooSmall */
function checkSizes(parts: readonly PartRecord[]): void {
  const small = parts.slice(0, -1).find((part) => part.size < minPartBytes);
  if (small === undefined) return;
  throw new ServiceError(
    400,
    'EntityTooSmall',
    'Your proposed upload is smaller than the minimum allowed size',
    {
      elements: {
        ETag: small.etag,
        MinSizeAllowed: String(minPartBytes),
        PartNumber: String(small.number),
        ProposedSize: String(small.size),
      },
    },
  );
}

/**
 * The stored parts that the client lists.
 * @throws ServiceError MalformedXML, InvalidPartOrder, InvalidPart, InvalidRequest, EntityTooSmall
 */
export function chooseParts(
  upload: UploadRecord,
  text: string,
  all: readonly PartRecord[],
): readonly PartRecord[] {
  const stored = new Map(all.map((part) => [part.number, part]));
  const chosen = readParts(text).map((listed) => matchPart(upload, listed, stored.get(listed.number)));
  checkSizes(chosen);
  return chosen;
}
