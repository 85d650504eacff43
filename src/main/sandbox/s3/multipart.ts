/** CreateMultipartUpload, UploadPart and AbortMultipartUpload. */
import { type Answer, xmlAnswer } from '../http/answer.ts';
import type { AwsRequest } from '../http/request.ts';
import { invalidArgument, invalidRequest, ServiceError } from '../http/service-error.ts';
import { element, xmlDocument } from '../http/xml.ts';
import { type ChecksumAlgorithm, checksumHeader, checksumOfName } from '../payload/checksum.ts';
import { type Received, receive } from '../payload/receive.ts';
import type { UploadRecord } from '../store/upload-store.ts';
import { type Operation, quoted, type S3Request, s3Namespace } from './context.ts';
import { encryptionAnswer } from './encryption.ts';
import { propertyHeaders } from './object-headers.ts';
import { propertiesFor } from './properties.ts';

export const maxPartNumber = 10_000;

/** Which types an algorithm can have, its default first. Source: AWS's "Checking object integrity". */
const checksumTypes = {
  CRC32: ['COMPOSITE', 'FULL_OBJECT'],
  CRC32C: ['COMPOSITE', 'FULL_OBJECT'],
  CRC64NVME: ['FULL_OBJECT'],
  SHA1: ['COMPOSITE'],
  SHA256: ['COMPOSITE'],
} as const satisfies Record<ChecksumAlgorithm, readonly string[]>;

const noSuchUpload = (id: string): ServiceError =>
  new ServiceError(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { elements: { UploadId: id } },
  );

/** The upload that a request names. @throws ServiceError NoSuchUpload */
export function uploadOf({ context, request, bucket, key }: S3Request): UploadRecord {
  const id = request.parameters.get('uploadId') ?? '';
  const upload = context.store.uploads.find(id);
  if (upload === undefined || upload.bucket !== bucket || upload.key !== key) throw noSuchUpload(id);
  return upload;
}

function checksumPlan(request: AwsRequest): UploadRecord['checksum'] {
  const name = request.header('x-amz-checksum-algorithm');
  const typeName = request.header('x-amz-checksum-type')?.toUpperCase();
  if (name === undefined) {
    if (typeName === undefined) return undefined;
    throw invalidRequest(
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  }
  const algorithm = checksumOfName(name);
  if (algorithm === undefined) {
    throw invalidRequest(
      'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    );
  }
  const possible = checksumTypes[algorithm];
  if (typeName === undefined) return { algorithm, type: possible[0] };
  const type = possible.find((candidate) => candidate === typeName);
  if (type !== undefined) return { algorithm, type };
  if (typeName !== 'COMPOSITE' && typeName !== 'FULL_OBJECT') {
    throw invalidRequest('Value for x-amz-checksum-type header is invalid.');
  }
  throw invalidRequest(
    `The ${typeName} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
}

function createMultipartUpload(call: S3Request): Answer {
  const { context, request, caller, bucket, key } = call;
  const checksum = checksumPlan(request);
  const properties = propertiesFor(call);
  const id = context.store.uploads.create({
    ...properties,
    ...{ bucket, key, started: context.now().getTime(), initiator: caller.arn },
    ...(checksum === undefined ? {} : { checksum }),
  });
  const content = element('Bucket', bucket) + element('Key', key) + element('UploadId', id);
  return xmlAnswer(xmlDocument('InitiateMultipartUploadResult', s3Namespace, content), {
    ...encryptionAnswer(properties.encryption),
    ...(checksum === undefined
      ? {}
      : { 'x-amz-checksum-algorithm': checksum.algorithm, 'x-amz-checksum-type': checksum.type }),
  });
}

/** @throws ServiceError InvalidArgument */
export function partNumberOf(request: AwsRequest): number {
  const text = request.parameters.get('partNumber') ?? '';
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= maxPartNumber) return number;
  throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', text);
}

/** @throws ServiceError InvalidRequest when the part's checksum is not of the upload's kind */
function checkAlgorithm(upload: UploadRecord, received: Received): void {
  if (upload.checksum === undefined) return;
  const { algorithm, type } = upload.checksum;
  if (received.declared === algorithm) return;
  // A checksum of the whole needs none of its parts; a composite one is made of them.
  if (received.declared === undefined && type === 'FULL_OBJECT') return;
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${received.declared?.toLowerCase() ?? 'null'}`,
  );
}

async function uploadPart(call: S3Request): Promise<Answer> {
  const { context, request, signer } = call;
  const number = partNumberOf(request);
  const { checksum: plan } = uploadOf(call);
  await using file = await context.store.temporaryFile();
  const compute = plan === undefined ? [] : [plan.algorithm];
  const received = await receive(request, { signer, compute }, (chunk) => file.write(chunk));
  await file.close();
  // Looked up again: it may have been aborted in the meantime.
  const upload = uploadOf(call);
  checkAlgorithm(upload, received);
  const algorithm = plan?.algorithm ?? received.declared;
  const value = algorithm === undefined ? undefined : received.checksums.get(algorithm);
  const etag = received.md5.toString('hex');
  const part = { number, size: received.size, etag, modified: context.now().getTime() };
  const checksum = algorithm === undefined || value === undefined ? undefined : { algorithm, value };
  context.store.uploads.putPart(upload.id, checksum === undefined ? part : { ...part, checksum }, file.path);
  return {
    status: 200,
    headers: {
      etag: quoted(etag),
      ...(checksum === undefined ? {} : { [checksumHeader(checksum.algorithm)]: checksum.value }),
    },
  };
}

function abortMultipartUpload(call: S3Request): Answer {
  call.context.store.uploads.remove(uploadOf(call).id);
  return { status: 204 };
}

const common = { level: 'object', parameters: [], headers: ['x-amz-request-payer'] } as const;

export const multipartOperations: readonly Operation[] = [
  {
    ...common,
    name: 'CreateMultipartUpload',
    action: 's3:PutObject',
    method: 'POST',
    when: ['uploads'],
    headers: [...propertyHeaders, 'x-amz-checksum-algorithm', 'x-amz-checksum-type'],
    body: 'text',
    run: createMultipartUpload,
  },
  {
    ...common,
    name: 'UploadPart',
    action: 's3:PutObject',
    method: 'PUT',
    when: ['partNumber', 'uploadId'],
    body: 'stream',
    run: uploadPart,
  },
  {
    ...common,
    name: 'AbortMultipartUpload',
    action: 's3:AbortMultipartUpload',
    method: 'DELETE',
    when: ['uploadId'],
    body: 'text',
    run: abortMultipartUpload,
  },
];
