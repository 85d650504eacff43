/** What CopyObject and UploadPartCopy read: the object that a header names. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Permission } from '../calls.ts';
import type { AwsRequest } from '../http/request.ts';
import { invalidArgument, ServiceError } from '../http/service-error.ts';
import { startChecksum } from '../payload/checksum.ts';
import type { ObjectRecord, StoredChecksum } from '../store/records.ts';
import type { TemporaryFile } from '../store/temporary-file.ts';
import { checkReadConditions, noSuchKey } from './conditions.ts';
import { bucketArn, type S3Request } from './context.ts';
import { permitDecrypt } from './encryption.ts';
import { findVersion, versioningOf, versionOf } from './versioning.ts';

export const copySource = 'x-amz-copy-source';

export interface Source {
  readonly bucket: string;
  readonly key: string;
  readonly version: string | undefined;
}

/** @throws ServiceError InvalidArgument */
export function sourceOf(request: AwsRequest): Source {
  const text = request.header(copySource) ?? '';
  const [path = '', version] = text.split('?versionId=');
  let decoded: string;
  try {
    decoded = decodeURIComponent(path).replace(/^\//, '');
  } catch {
    throw invalidArgument('Invalid copy source encoding', copySource, text);
  }
  const slash = decoded.indexOf('/');
  if (slash < 1 || slash === decoded.length - 1) {
    throw invalidArgument(
      'Invalid copy source object key. The source key should not be empty',
      copySource,
      text,
    );
  }
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1), version };
}

export function readPermission(request: AwsRequest): readonly Permission[] {
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

export interface Opened {
  readonly object: ObjectRecord;
  readonly path: string;
}

/** @throws ServiceError NoSuchBucket, NoSuchKey, PreconditionFailed */
export function openSource(call: S3Request, source: Source): Opened {
  const { store } = call.context;
  if (!store.objects.hasBucket(source.bucket)) {
    throw new ServiceError(404, 'NoSuchBucket', 'The specified bucket does not exist', {
      elements: { BucketName: source.bucket },
    });
  }
  const read = readOf(call, source);
  const found = findVersion(read);
  if (found === undefined || 'marker' in found) {
    // As with a read: who may not list is not told either.
    call.permit({ action: 's3:ListBucket', resource: bucketArn(source.bucket) });
    throw noSuchKey(source.key);
  }
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

export interface Copied {
  readonly size: number;
  readonly md5: string;
  readonly checksum: string | undefined;
}

export async function copyBytes(
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

export const sourceVersion = (
  { context }: S3Request,
  { bucket }: Source,
  object: ObjectRecord,
): Record<string, string> =>
  versioningOf(context.store, bucket) === undefined
    ? {}
    : { 'x-amz-copy-source-version-id': versionOf(object) };

export const sourceConditions = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'].map(
  (name) => `x-amz-copy-source-${name}`,
);
