/** ListObjectsV2, and ListObjects as it was before. */
import { type Answer, xmlAnswer } from '../http/answer.ts';
import type { AwsRequest } from '../http/request.ts';
import { invalidArgument } from '../http/service-error.ts';
import { element, wrap, xmlDocument } from '../http/xml.ts';
import { encodeStrict } from '../sigv4/signature.ts';
import type { ObjectRecord } from '../store/records.ts';
import { isoSeconds, type Operation, quoted, type S3Request, s3Namespace } from './context.ts';
import { after, afterAll, walk } from './listing.ts';

/** The most entries of any page of S3. */
export const maxPage = 1000;

/** A count from the query. @throws ServiceError InvalidArgument */
export function countParameter(request: AwsRequest, name: string): number {
  const text = request.parameters.get(name);
  if (text === undefined || text === '') return maxPage;
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2 ** 31 - 1) {
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
  }
  return Math.min(Number(text), maxPage);
}

/** How keys stand in the answer: as they are, or percent-encoded. @throws ServiceError InvalidArgument */
export function keyEncoder(request: AwsRequest): (key: string) => string {
  const type = request.parameters.get('encoding-type');
  if (type === undefined || type === '') return (key) => key;
  if (type !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', type);
  return (key) => key.split('/').map(encodeStrict).join('/');
}

/** Opaque to clients: where the next page begins. */
const writeToken = (lower: Buffer): string => `1${lower.toString('base64url')}`;

function readToken(token: string): Buffer {
  const lower = Buffer.from(token.slice(1), 'base64url');
  if (writeToken(lower) === token) return lower;
  throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
}

function startOf(request: AwsRequest): Buffer {
  const token = request.parameters.get('continuation-token');
  if (token !== undefined) return readToken(token);
  const startAfter = request.parameters.get('start-after') ?? '';
  return startAfter === '' ? Buffer.alloc(0) : after(Buffer.from(startAfter));
}

function contents(object: ObjectRecord, encode: (key: string) => string, owner: string): string {
  return wrap(
    'Contents',
    element('Key', encode(object.key)),
    element('LastModified', isoSeconds(object.modified)),
    element('ETag', quoted(object.etag)),
    element('ChecksumAlgorithm', object.checksum?.algorithm),
    element('ChecksumType', object.checksum?.type),
    element('Size', object.size),
    owner,
    element('StorageClass', object.storageClass ?? 'STANDARD'),
  );
}

function listObjects({ context, request, bucket }: S3Request): Answer {
  const parameter = (name: string): string => request.parameters.get(name) ?? '';
  const encode = keyEncoder(request);
  const limit = countParameter(request, 'max-keys');
  const [prefix, delimiter] = [parameter('prefix'), parameter('delimiter')];
  const options = { prefix, delimiter, lower: startOf(request), max: limit };
  const { objects } = context.store;
  const page =
    limit === 0
      ? { objects: [], prefixes: [], next: undefined }
      : walk((lower, rows) => objects.scan(bucket, lower, rows), options);
  const owner = parameter('fetch-owner') === 'true' ? wrap('Owner', element('ID', context.account.id)) : '';
  const optional = (name: string, value: string | undefined): string =>
    element(name, value === '' ? undefined : value);
  return xmlAnswer(
    xmlDocument(
      'ListBucketResult',
      s3Namespace,
      [
        element('Name', bucket),
        element('Prefix', encode(prefix)),
        optional('Delimiter', encode(delimiter)),
        optional('StartAfter', encode(parameter('start-after'))),
        element('ContinuationToken', request.parameters.get('continuation-token')),
        element('NextContinuationToken', page.next === undefined ? undefined : writeToken(page.next)),
        element('KeyCount', page.objects.length + page.prefixes.length),
        element('MaxKeys', limit),
        optional('EncodingType', parameter('encoding-type')),
        element('IsTruncated', page.next !== undefined),
        ...page.objects.map((object) => contents(object, encode, owner)),
        ...page.prefixes.map((folded) => wrap('CommonPrefixes', element('Prefix', encode(folded)))),
      ].join(''),
    ),
  );
}

function listObjectsV1({ context, request, bucket }: S3Request): Answer {
  const parameter = (name: string): string => request.parameters.get(name) ?? '';
  const encode = keyEncoder(request);
  const limit = countParameter(request, 'max-keys');
  const [prefix, delimiter, marker] = [parameter('prefix'), parameter('delimiter'), parameter('marker')];
  const { objects } = context.store;
  const lower = marker === '' ? Buffer.alloc(0) : startAfterMarker(marker, prefix, delimiter);
  const page =
    limit === 0
      ? { objects: [], prefixes: [], next: undefined }
      : walk((from, rows) => objects.scan(bucket, from, rows), { prefix, delimiter, lower, max: limit });
  const last = [page.objects.at(-1)?.key ?? '', page.prefixes.at(-1) ?? '']
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .at(-1);
  const owner = wrap('Owner', element('ID', context.account.id));
  return xmlAnswer(
    xmlDocument(
      'ListBucketResult',
      s3Namespace,
      [
        element('Name', bucket),
        element('Prefix', encode(prefix)),
        element('Marker', encode(marker)),
        // Only with a delimiter; else the last key is the next marker.
        element('NextMarker', page.next !== undefined && delimiter !== '' ? encode(last ?? '') : undefined),
        element('MaxKeys', limit),
        element('Delimiter', delimiter === '' ? undefined : encode(delimiter)),
        element('EncodingType', parameter('encoding-type') || undefined),
        element('IsTruncated', page.next !== undefined),
        ...page.objects.map((object) => contents(object, encode, owner)),
        ...page.prefixes.map((folded) => wrap('CommonPrefixes', element('Prefix', encode(folded)))),
      ].join(''),
    ),
  );
}

/** A marker that is a common prefix stands for everything in it. */
function startAfterMarker(marker: string, prefix: string, delimiter: string): Buffer {
  const isFolded =
    delimiter !== '' && marker.startsWith(prefix) && marker.indexOf(delimiter, prefix.length) !== -1;
  if (!isFolded) return after(Buffer.from(marker));
  const end = marker.indexOf(delimiter, prefix.length) + delimiter.length;
  return end === marker.length ? afterAll(Buffer.from(marker)) : after(Buffer.from(marker));
}

export const listOperations: readonly Operation[] = [
  {
    name: 'ListObjectsV2',
    action: 's3:ListBucket',
    level: 'bucket',
    method: 'GET',
    when: ['list-type=2'],
    parameters: [
      'prefix',
      'delimiter',
      'start-after',
      'max-keys',
      'continuation-token',
      'encoding-type',
      'fetch-owner',
    ],
    headers: [],
    body: 'text',
    run: listObjects,
  },
  {
    name: 'ListObjects',
    action: 's3:ListBucket',
    level: 'bucket',
    method: 'GET',
    when: [],
    parameters: ['prefix', 'delimiter', 'marker', 'max-keys', 'encoding-type'],
    headers: ['x-amz-request-payer'],
    body: 'text',
    run: listObjectsV1,
  },
];
