/** CompleteMultipartUpload: the parts become one object, or nothing changes. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Answer, xmlAnswer } from '../http/answer.ts';
import type { AwsRequest } from '../http/request.ts';
import {
  badDigest,
  internalError,
  invalidRequest,
  malformedXml,
  ServiceError,
} from '../http/service-error.ts';
import { childText, element, type XmlElement, xmlDocument } from '../http/xml.ts';
import {
  checksumAlgorithms,
  checksumHeader,
  checksumOfHeader,
  isChecksumValue,
  startChecksum,
} from '../payload/checksum.ts';
import type { ObjectRecord, StoredChecksum } from '../store/object-store.ts';
import type { TemporaryFile } from '../store/temporary-file.ts';
import type { PartRecord, UploadRecord } from '../store/upload-store.ts';
import { parseDocument } from './body.ts';
import { checkWriteConditions } from './conditions.ts';
import { type Operation, quoted, type S3Request, s3Namespace } from './context.ts';
import { encryptionAnswer, permitDecrypt } from './encryption.ts';
import { maxPartNumber, uploadOf } from './multipart.ts';
import { publishVersion } from './versioning.ts';

/** 5 MiB: the least size of every part but the last. */
const minPartBytes = 5 * 1024 ** 2;

/** Bytes copied at a time while the parts are put together. */
const copyChunk = 1024 ** 2;

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

function chooseParts(upload: UploadRecord, text: string, all: readonly PartRecord[]): readonly PartRecord[] {
  const stored = new Map(all.map((part) => [part.number, part]));
  const chosen = readParts(text).map((listed) => matchPart(upload, listed, stored.get(listed.number)));
  checkSizes(chosen);
  return chosen;
}

/** `md5 of the parts' MD5s`-`number of parts`. */
function multipartEtag(parts: readonly PartRecord[]): string {
  const hash = createHash('md5');
  for (const part of parts) hash.update(Buffer.from(part.etag, 'hex'));
  return `${hash.digest('hex')}-${parts.length}`;
}

/** The bytes of the object, and the checksum of the whole in base64 if the upload has one. */
interface Assembled {
  readonly path: string;
  readonly whole: string | undefined;
}

async function assemble(
  call: S3Request,
  upload: UploadRecord,
  parts: readonly PartRecord[],
  file: TemporaryFile,
): Promise<Assembled> {
  const { uploads } = call.context.store;
  const algorithm = upload.checksum?.type === 'FULL_OBJECT' ? upload.checksum.algorithm : undefined;
  const [only, second] = parts;
  if (only !== undefined && second === undefined) {
    // One part is the whole already: its file is moved instead of copied.
    return {
      path: uploads.fileOfPart(upload.id, only),
      whole: algorithm === undefined ? undefined : only.checksum?.value,
    };
  }
  const whole = algorithm === undefined ? undefined : startChecksum(algorithm);
  for (const part of parts) {
    let size = 0;
    const source = createReadStream(uploads.fileOfPart(upload.id, part), {
      highWaterMark: copyChunk,
      signal: call.context.closing,
    });
    for await (const chunk of source as AsyncIterable<Buffer>) {
      whole?.update(chunk);
      size += chunk.length;
      await file.write(chunk);
    }
    // Somebody tampered with the folder; better no object than a wrong one.
    if (size !== part.size) throw internalError();
  }
  await file.close();
  return { path: file.path, whole: whole?.digest().toString('base64') };
}

function composite(upload: UploadRecord, parts: readonly PartRecord[]): string | undefined {
  if (upload.checksum?.type !== 'COMPOSITE') return undefined;
  const running = startChecksum(upload.checksum.algorithm);
  for (const part of parts) running.update(Buffer.from(part.checksum?.value ?? '', 'base64'));
  return `${running.digest().toString('base64')}-${parts.length}`;
}

/** What the client says that the object must be. @throws ServiceError InvalidRequest, BadDigest */
function checkClaims(
  request: AwsRequest,
  upload: UploadRecord,
  checksum: StoredChecksum | undefined,
  size: number,
): void {
  const claimedSize = request.header('x-amz-mp-object-size');
  if (claimedSize !== undefined && claimedSize !== String(size)) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${claimedSize} does not match what was computed: ${size}`,
    );
  }
  const type = request.header('x-amz-checksum-type')?.toUpperCase();
  if (type !== undefined && type !== upload.checksum?.type) {
    throw invalidRequest(
      `The upload was created using the ${upload.checksum?.type ?? 'null'} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  for (const name of request.headers.keys()) {
    const algorithm = checksumOfHeader(name);
    if (algorithm === undefined) continue;
    const value = request.header(name) ?? '';
    if (!isChecksumValue(algorithm, value.replace(/-\d+$/, ''))) {
      throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
    }
    if (checksum?.algorithm !== algorithm) {
      throw invalidRequest(
        `Checksum Type mismatch occurred, expected checksum Type: ${checksum?.algorithm.toLowerCase() ?? 'null'}, actual checksum Type: ${algorithm.toLowerCase()}`,
      );
    }
    if (checksum.value !== value) {
      throw badDigest(`The ${algorithm} you specified did not match the calculated checksum.`);
    }
  }
}

async function completeMultipartUpload(call: S3Request): Promise<Answer> {
  const { context, request, bucket, key } = call;
  const { objects, uploads } = context.store;
  const upload = uploadOf(call);
  permitDecrypt(call, upload);
  const parts = chooseParts(upload, call.text, uploads.parts(upload.id));
  // Once before the long work and, since the world goes on meanwhile, once after it.
  checkWriteConditions(request, objects.find(bucket, key));
  await using file = await context.store.temporaryFile();
  const { path, whole } = await assemble(call, upload, parts, file).catch((error: unknown) => {
    // Aborted or completed by somebody else while its parts were being read: that is NoSuchUpload.
    uploadOf(call);
    throw error;
  });
  const value = whole ?? composite(upload, parts);
  const checksum =
    upload.checksum === undefined || value === undefined ? undefined : { ...upload.checksum, value };
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  checkClaims(request, upload, checksum, size);
  const etag = multipartEtag(parts);
  // No await from here on. The parts may have been sent again, or the upload aborted or completed.
  uploadOf(call);
  const now = new Map(uploads.parts(upload.id).map((part) => [part.number, part.file]));
  if (parts.some((part) => now.get(part.number) !== part.file)) throw internalError();
  checkWriteConditions(request, objects.find(bucket, key));
  const { headers, metadata, encryption, tags, lock } = upload;
  const record: ObjectRecord = {
    ...{ bucket, key, headers, metadata, size, etag, modified: context.now().getTime() },
    parts: parts.map((part) => part.size),
    ...(encryption === undefined ? {} : { encryption }),
    ...(tags === undefined ? {} : { tags }),
    ...(lock === undefined ? {} : { lock }),
    ...(checksum === undefined ? {} : { checksum }),
  };
  const version = publishVersion(context.store, record, path, upload.id);
  uploads.removeFolder(upload.id);
  const content = [
    element('Location', `http://${request.header('host') ?? ''}/${bucket}/${encodeURI(key)}`),
    element('Bucket', bucket),
    element('Key', key),
    element('ETag', quoted(etag)),
    checksum === undefined ? '' : element(`Checksum${checksum.algorithm}`, checksum.value),
    element('ChecksumType', checksum?.type),
  ];
  return xmlAnswer(xmlDocument('CompleteMultipartUploadResult', s3Namespace, content.join('')), {
    ...version,
    ...encryptionAnswer(encryption),
  });
}

export const completeOperations: readonly Operation[] = [
  {
    name: 'CompleteMultipartUpload',
    action: 's3:PutObject',
    level: 'object',
    method: 'POST',
    when: ['uploadId'],
    parameters: [],
    headers: ['if-match', 'if-none-match', 'x-amz-checksum-type', 'x-amz-mp-object-size'],
    body: 'text',
    receive: { foreignChecksum: true },
    run: completeMultipartUpload,
  },
];
