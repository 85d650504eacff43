/** CompleteMultipartUpload: the parts become one object, or nothing changes. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Answer, xmlAnswer } from '../http/answer.ts';
import type { AwsRequest } from '../http/request.ts';
import { badDigest, internalError, invalidRequest } from '../http/service-error.ts';
import { element, xmlDocument } from '../http/xml.ts';
import {
  checksumHeader,
  checksumOfHeader,
  defaultChecksum,
  isChecksumValue,
  startChecksum,
} from '../payload/checksum.ts';
import type { ObjectRecord, StoredChecksum } from '../store/records.ts';
import type { TemporaryFile } from '../store/temporary-file.ts';
import type { PartRecord, UploadRecord } from '../store/upload-store.ts';
import { checkWriteConditions } from './conditions.ts';
import { type Operation, quoted, type S3Request, s3Namespace } from './context.ts';
import { encryptionAnswer, permitDecrypt } from './encryption.ts';
import { chooseParts } from './listed-parts.ts';
import { uploadOf } from './multipart.ts';
import { propertiesOf } from './properties.ts';
import { publishVersion } from './versioning.ts';

/** Bytes copied at a time while the parts are put together. */
const copyChunk = 1024 ** 2;

/** `md5 of the parts' MD5s`-`number of parts`. */
function multipartEtag(parts: readonly PartRecord[]): string {
  const hash = createHash('md5');
  for (const part of parts) hash.update(Buffer.from(part.etag, 'hex'));
  return `${hash.digest('hex')}-${parts.length}`;
}

/** What an upload that named no checksum gets is one of the whole. */
const planOf = ({ checksum }: UploadRecord): NonNullable<UploadRecord['checksum']> =>
  checksum ?? { algorithm: defaultChecksum, type: 'FULL_OBJECT' };

/** The bytes of the object, and in base64 the checksum of the whole if the upload has one. */
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
  const { algorithm, type } = planOf(upload);
  const whole = type === 'FULL_OBJECT' ? startChecksum(algorithm) : undefined;
  const [only, second] = parts;
  // One part is the whole already: its file is moved instead of copied.
  const single = only !== undefined && second === undefined ? only : undefined;
  if (single?.checksum?.algorithm === algorithm) {
    const { value } = single.checksum;
    return { path: uploads.fileOfPart(upload.id, single), whole: whole === undefined ? undefined : value };
  }
  for (const part of parts) {
    let size = 0;
    const source = createReadStream(uploads.fileOfPart(upload.id, part), {
      highWaterMark: copyChunk,
      signal: call.context.closing,
    });
    for await (const chunk of source as AsyncIterable<Buffer>) {
      whole?.update(chunk);
      size += chunk.length;
      if (single === undefined) await file.write(chunk);
    }
    // Somebody tampered with the folder; better no object than a wrong one.
    if (size !== part.size) throw internalError();
  }
  await file.close();
  return {
    path: single === undefined ? file.path : uploads.fileOfPart(upload.id, single),
    whole: whole?.digest().toString('base64'),
  };
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
  checksum: StoredChecksum | undefined,
  size: number,
  parts: number,
): void {
  const claimedSize = request.header('x-amz-mp-object-size');
  if (claimedSize !== undefined && claimedSize !== String(size)) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${claimedSize} does not match what was computed: ${size}`,
    );
  }
  const type = request.header('x-amz-checksum-type')?.toUpperCase();
  if (type !== undefined && type !== checksum?.type) {
    throw invalidRequest(
      `The upload was created using the ${checksum?.type ?? 'null'} checksum mode. The complete request must use the same checksum mode.`,
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
    // A composite one may leave out how many parts it is made of.
    if (checksum.value !== value && checksum.value !== `${value}-${parts}`) {
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
  const checksum = value === undefined ? undefined : { ...planOf(upload), value };
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  checkClaims(request, checksum, size, parts.length);
  const etag = multipartEtag(parts);
  // No await from here on. The parts may have been sent again, or the upload aborted or completed.
  uploadOf(call);
  const now = new Map(uploads.parts(upload.id).map((part) => [part.number, part.file]));
  if (parts.some((part) => now.get(part.number) !== part.file)) throw internalError();
  checkWriteConditions(request, objects.find(bucket, key));
  const record: ObjectRecord = {
    ...propertiesOf(upload),
    ...{ bucket, key, size, etag, modified: context.now().getTime() },
    parts: parts.map((part) => part.size),
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
    ...encryptionAnswer(upload.encryption),
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
