/** CopyObject and UploadPartCopy. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Permission } from '../calls.ts';
import { type Answer, xmlAnswer } from '../http/answer.ts';
import type { AwsRequest } from '../http/request.ts';
import { invalidArgument, invalidRequest, ServiceError } from '../http/service-error.ts';
import { element, xmlDocument } from '../http/xml.ts';
import { checksumOfName, startChecksum } from '../payload/checksum.ts';
import type { ObjectRecord, StoredChecksum } from '../store/object-store.ts';
import type { TemporaryFile } from '../store/temporary-file.ts';
import { checkReadConditions, checkWriteConditions, noSuchKey } from './conditions.ts';
import { bucketArn, isoSeconds, type Operation, quoted, type S3Request, s3Namespace } from './context.ts';
import { encryptionAnswer, encryptionFor, hasMd5Etag, permitDecrypt } from './encryption.ts';
import { lockFor } from './lock.ts';
import { partNumberOf, uploadOf } from './multipart.ts';
import { objectHeadersOf, propertyHeaders } from './object-headers.ts';
import { tagsFor } from './tagging.ts';
import { findVersion, publishVersion, versioningOf, versionOf } from './versioning.ts';

const header = 'x-amz-copy-source';
const maxCopyBytes = 5 * 1024 ** 3;

interface Source {
  readonly bucket: string;
  readonly key: string;
  readonly version: string | undefined;
}

/** @throws ServiceError InvalidArgument */
function sourceOf(request: AwsRequest): Source {
  const text = request.header(header) ?? '';
  const [path = '', version] = text.split('?versionId=');
  let decoded: string;
  try {
    decoded = decodeURIComponent(path).replace(/^\//, '');
  } catch {
    throw invalidArgument('Invalid copy source encoding', header, text);
  }
  const slash = decoded.indexOf('/');
  if (slash < 1 || slash === decoded.length - 1) {
    throw invalidArgument('Invalid copy source object key. The source key should not be empty', header, text);
  }
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1), version };
}

function also(request: AwsRequest): readonly Permission[] {
  const { bucket, key, version } = sourceOf(request);
  const action = version === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  return [{ action, resource: `${bucketArn(bucket)}/${key}` }];
}

/** The request for the source, as if it were read: its conditions are `x-amz-copy-source-if-…`. */
function readOf(call: S3Request, source: Source): S3Request {
  const { request } = call;
  const parameters = new Map(source.version === undefined ? [] : [['versionId', source.version]]);
  const asked = (name: string): string | undefined =>
    name.startsWith('if-') ? request.header(`x-amz-copy-source-${name}`) : request.header(name);
  return { ...call, ...source, request: { ...request, parameters, header: asked } };
}

interface Opened {
  readonly object: ObjectRecord;
  readonly path: string;
}

/** @throws ServiceError NoSuchBucket, NoSuchKey, PreconditionFailed */
function open(call: S3Request, source: Source): Opened {
  const { store } = call.context;
  if (!store.objects.hasBucket(source.bucket)) {
    throw new ServiceError(404, 'NoSuchBucket', 'The specified bucket does not exist', {
      elements: { BucketName: source.bucket },
    });
  }
  const read = readOf(call, source);
  const found = findVersion(read);
  if (found === undefined || 'marker' in found) throw noSuchKey(source.key);
  permitDecrypt(call, found.object);
  if (checkReadConditions(read.request, found.object) === 304) {
    throw new ServiceError(
      412,
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
    );
  }
  const { object, kept } = found;
  const path =
    kept === undefined ? store.objects.fileOf(source.bucket, source.key) : store.versions.fileOf(kept);
  if (path === undefined) throw noSuchKey(source.key);
  return { object, path };
}

interface Copied {
  readonly size: number;
  readonly md5: string;
  readonly checksum: string | undefined;
}

async function copyBytes(
  call: S3Request,
  path: string,
  range: { readonly start: number; readonly end: number } | undefined,
  algorithm: StoredChecksum['algorithm'] | undefined,
  file: TemporaryFile,
): Promise<Copied> {
  const md5 = createHash('md5');
  const checksum = algorithm === undefined ? undefined : startChecksum(algorithm);
  let size = 0;
  const stream = createReadStream(path, { ...range, signal: call.context.closing });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    md5.update(chunk);
    checksum?.update(chunk);
    size += chunk.length;
    await file.write(chunk);
  }
  await file.close();
  return { size, md5: md5.digest('hex'), checksum: checksum?.digest().toString('base64') };
}

function directive(request: AwsRequest, name: string): 'COPY' | 'REPLACE' {
  const value = request.header(name) ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value;
  throw invalidArgument(`Unknown ${name.slice('x-amz-'.length)}.`, name, value);
}

async function copyObject(call: S3Request): Promise<Answer> {
  const { context, request, bucket, key } = call;
  const { store } = context;
  const source = sourceOf(request);
  const { object, path } = open(call, source);
  if (object.size > maxCopyBytes) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${maxCopyBytes}`,
    );
  }
  const metadata = directive(request, 'x-amz-metadata-directive');
  const tagging = directive(request, 'x-amz-tagging-directive');
  const ontoItself = source.bucket === bucket && source.key === key && source.version === undefined;
  if (ontoItself && metadata === 'COPY' && request.header('x-amz-server-side-encryption') === undefined) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const encryption = encryptionFor(call);
  const lock = lockFor(request, store, bucket, context.now());
  const algorithm =
    checksumOfName(request.header('x-amz-checksum-algorithm') ?? '') ?? object.checksum?.algorithm;
  await using file = await store.temporaryFile();
  const copied = await copyBytes(call, path, undefined, algorithm, file);
  checkWriteConditions(request, store.objects.find(bucket, key));
  const tags = tagging === 'REPLACE' ? tagsFor(request) : (object.tags ?? []);
  const modified = context.now().getTime();
  const etag = hasMd5Etag(encryption) ? copied.md5 : randomBytes(16).toString('hex');
  const record: ObjectRecord = {
    ...(metadata === 'REPLACE'
      ? objectHeadersOf(request)
      : { headers: object.headers, metadata: object.metadata }),
    ...{ bucket, key, size: copied.size, etag, modified, encryption },
    ...(algorithm === undefined || copied.checksum === undefined
      ? {}
      : { checksum: { algorithm, type: 'FULL_OBJECT', value: copied.checksum } }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(lock === undefined ? {} : { lock }),
  };
  const version = publishVersion(store, record, file.path);
  const content = [
    element('LastModified', isoSeconds(modified)),
    element('ETag', quoted(etag)),
    ...(record.checksum === undefined
      ? []
      : [
          element(`Checksum${record.checksum.algorithm}`, record.checksum.value),
          element('ChecksumType', 'FULL_OBJECT'),
        ]),
  ];
  return xmlAnswer(xmlDocument('CopyObjectResult', s3Namespace, content.join('')), {
    ...version,
    ...encryptionAnswer(encryption),
    ...sourceVersion(call, source, object),
  });
}

const sourceVersion = (
  { context }: S3Request,
  { bucket }: Source,
  object: ObjectRecord,
): Record<string, string> =>
  versioningOf(context.store, bucket) === undefined
    ? {}
    : { 'x-amz-copy-source-version-id': versionOf(object) };

/** `bytes=first-last`, both ends given and inside the object. */
function copyRange(request: AwsRequest, size: number): { start: number; end: number } | undefined {
  const text = request.header('x-amz-copy-source-range');
  if (text === undefined) return undefined;
  const [, first = '', last = ''] = /^bytes=(\d+)-(\d+)$/.exec(text) ?? [];
  if (first === '' || Number(last) < Number(first)) {
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
      text,
    );
  }
  if (Number(last) >= size) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      'x-amz-copy-source-range',
      text,
    );
  }
  return { start: Number(first), end: Number(last) };
}

async function uploadPartCopy(call: S3Request): Promise<Answer> {
  const { context, request } = call;
  const number = partNumberOf(request);
  const { checksum: plan } = uploadOf(call);
  const source = sourceOf(request);
  const { object, path } = open(call, source);
  const range = copyRange(request, object.size);
  await using file = await context.store.temporaryFile();
  const copied = await copyBytes(call, path, range, plan?.algorithm, file);
  // Looked up again: it may have been aborted in the meantime.
  const upload = uploadOf(call);
  const modified = context.now().getTime();
  const part = { number, size: copied.size, etag: copied.md5, modified };
  const checksum =
    plan === undefined || copied.checksum === undefined
      ? undefined
      : { algorithm: plan.algorithm, value: copied.checksum };
  context.store.uploads.putPart(upload.id, checksum === undefined ? part : { ...part, checksum }, file.path);
  const content = [
    element('LastModified', isoSeconds(modified)),
    element('ETag', quoted(copied.md5)),
    checksum === undefined ? '' : element(`Checksum${checksum.algorithm}`, checksum.value),
  ];
  return xmlAnswer(
    xmlDocument('CopyPartResult', s3Namespace, content.join('')),
    sourceVersion(call, source, object),
  );
}

const conditions = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'].map(
  (name) => `x-amz-copy-source-${name}`,
);

const common = { action: 's3:PutObject', level: 'object', method: 'PUT', body: 'text', also } as const;

/** Told from PutObject and UploadPart by the header. */
export const copyOperations: readonly Operation[] = [
  {
    ...common,
    name: 'CopyObject',
    when: [],
    withHeader: header,
    parameters: [],
    headers: [
      ...[header, ...conditions, ...propertyHeaders, 'if-match', 'if-none-match'],
      ...['x-amz-metadata-directive', 'x-amz-tagging-directive', 'x-amz-checksum-algorithm'],
      'x-amz-source-expected-bucket-owner',
    ],
    run: copyObject,
  },
  {
    ...common,
    name: 'UploadPartCopy',
    when: ['partNumber', 'uploadId'],
    withHeader: header,
    parameters: [],
    headers: [header, ...conditions, 'x-amz-copy-source-range', 'x-amz-source-expected-bucket-owner'],
    run: uploadPartCopy,
  },
];
