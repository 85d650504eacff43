/** The headers that an object keeps, on their way in and out. */
import type { AwsRequest } from '../http/request.ts';
import { ServiceError } from '../http/service-error.ts';
import { checksumHeader } from '../payload/checksum.ts';
import type { ObjectHeaders, ObjectRecord } from '../store/records.ts';
import { quoted } from './context.ts';

const kept = [
  'content-type',
  'content-encoding',
  'content-language',
  'content-disposition',
  'cache-control',
  'expires',
] as const;

/** Everything that a new object can be given beside its bytes. */
export const propertyHeaders = [
  ...['x-amz-meta-*', 'x-amz-acl', 'x-amz-tagging'],
  ...['x-amz-server-side-encryption', 'x-amz-server-side-encryption-aws-kms-key-id'],
  ...['x-amz-server-side-encryption-bucket-key-enabled', 'x-amz-object-lock-mode'],
  ...['x-amz-object-lock-retain-until-date', 'x-amz-object-lock-legal-hold', 'x-amz-request-payer'],
  'x-amz-storage-class',
] as const;

const metadataPrefix = 'x-amz-meta-';

/** Bytes of names and values together. */
const maxMetadataBytes = 2048;

/** `aws-chunked` describes the transfer and is no property of the object. */
function objectEncoding(value: string): string | undefined {
  const encodings = value.split(',').map((encoding) => encoding.trim());
  return (
    encodings.filter((encoding) => encoding !== '' && encoding !== 'aws-chunked').join(', ') || undefined
  );
}

/** @throws ServiceError MetadataTooLarge */
export function objectHeadersOf(request: AwsRequest): ObjectHeaders {
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of kept) {
    const sent = request.header(name);
    const value = name === 'content-encoding' && sent !== undefined ? objectEncoding(sent) : sent;
    if (value !== undefined) headers[name] = value;
  }
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const [name, values] of request.headers) {
    if (!name.startsWith(metadataPrefix)) continue;
    const value = values.join(',');
    metadata[name.slice(metadataPrefix.length)] = value;
    size += name.length - metadataPrefix.length + Buffer.byteLength(value);
  }
  if (size > maxMetadataBytes) {
    throw new ServiceError(
      400,
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      { elements: { Size: String(size), MaxSizeAllowed: String(maxMetadataBytes) } },
    );
  }
  return { headers, metadata };
}

const storageClasses = [
  ...['STANDARD', 'REDUCED_REDUNDANCY', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING'],
  ...['GLACIER', 'DEEP_ARCHIVE', 'GLACIER_IR'],
];

/** The storage class of a new object, where it is another than the usual. @throws ServiceError InvalidStorageClass */
export function storageClassOf(request: AwsRequest): { storageClass?: string } {
  const storageClass = request.header('x-amz-storage-class') ?? 'STANDARD';
  if (!storageClasses.includes(storageClass)) {
    throw new ServiceError(400, 'InvalidStorageClass', 'The storage class you specified is not valid', {
      elements: { StorageClassRequested: storageClass },
    });
  }
  return storageClass === 'STANDARD' ? {} : { storageClass };
}

/** `response-content-type` and its kin: the answer carries this instead of what the object keeps. */
export const overrides = [
  ...['response-content-type', 'response-content-language', 'response-expires'],
  ...['response-cache-control', 'response-content-disposition', 'response-content-encoding'],
] as const;

export function overridesOf(request: AwsRequest): Record<string, string> {
  return Object.fromEntries(
    overrides.flatMap((name) => {
      const value = request.parameters.get(name);
      return value === undefined ? [] : [[name.slice('response-'.length), value] as const];
    }),
  );
}

/** What GetObject and HeadObject answer, without the length. */
export function answerHeadersOf(object: ObjectRecord, withChecksum: boolean): Record<string, string> {
  const headers: Record<string, string> = {
    ...object.headers,
    'accept-ranges': 'bytes',
    etag: quoted(object.etag),
    'last-modified': new Date(object.modified).toUTCString(),
  };
  if (object.storageClass !== undefined) headers['x-amz-storage-class'] = object.storageClass;
  for (const [name, value] of Object.entries(object.metadata)) headers[metadataPrefix + name] = value;
  if (withChecksum && object.checksum !== undefined) {
    headers[checksumHeader(object.checksum.algorithm)] = object.checksum.value;
    headers['x-amz-checksum-type'] = object.checksum.type;
  }
  return headers;
}
