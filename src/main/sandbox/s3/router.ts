/** From method, path and query to one operation; whatever is not understood is refused, never ignored. */
import type { AwsRequest } from '../http/request.ts';
import { methodNotAllowed, notImplemented, ServiceError } from '../http/service-error.ts';
import { checksumOfHeader } from '../payload/checksum.ts';
import { bucketPolicyOperations } from './bucket-policy.ts';
import { bucketOperations } from './buckets.ts';
import { completeOperations } from './complete-upload.ts';
import type { Operation } from './context.ts';
import { copyOperations } from './copy-object.ts';
import { copyPartOperations } from './copy-part.ts';
import { encryptionOperations } from './encryption.ts';
import { keptSettingOperations } from './kept-settings.ts';
import { listOperations } from './list-objects.ts';
import { listUploadOperations } from './list-uploads.ts';
import { listVersionsOperations } from './list-versions.ts';
import { lockOperations } from './lock-operations.ts';
import { multipartOperations } from './multipart.ts';
import { readOperations } from './read-object.ts';
import { taggingOperations } from './tagging.ts';
import { versioningOperations } from './versioning.ts';
import { writeOperations } from './write-object.ts';

const operations: readonly Operation[] = [
  ...bucketOperations,
  ...bucketPolicyOperations,
  ...versioningOperations,
  ...lockOperations,
  ...encryptionOperations,
  ...keptSettingOperations,
  ...taggingOperations,
  ...listVersionsOperations,
  ...listOperations,
  ...readOperations,
  ...writeOperations,
  ...copyOperations,
  ...copyPartOperations,
  ...multipartOperations,
  ...completeOperations,
  ...listUploadOperations,
];

export interface Target {
  readonly bucket: string;
  readonly key: string;
}

/** Understood in every operation: the signature, the transfer, and the SDK's remarks about itself. */
const commonHeaders = new Set([
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-expected-bucket-owner',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token',
  'x-amz-trailer',
  'x-amz-user-agent',
]);

/** The headers outside `x-amz-` that change what an operation does. */
const meaningful = new Set([
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'range',
]);

const signatureParameter =
  /^(x-id|X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token|Content-Sha256|User-Agent))$/;

/** Bucket and key, from the path or, where the host is `bucket.127.0.0.1` or `bucket.localhost`, from both. */
export function targetOf(request: AwsRequest): Target {
  const host = (request.header('host') ?? '').replace(/:\d+$/, '');
  const virtual = /^(.+)\.(?:127\.0\.0\.1|localhost)$/.exec(host)?.[1];
  const rest = request.path.slice(1);
  if (virtual !== undefined) return { bucket: virtual, key: rest };
  const slash = rest.indexOf('/');
  if (slash === -1) return { bucket: rest, key: '' };
  return { bucket: rest.slice(0, slash), key: rest.slice(slash + 1) };
}

function applies(operation: Operation, request: AwsRequest): boolean {
  if (operation.withHeader !== undefined && request.header(operation.withHeader) === undefined) return false;
  return operation.when.every((condition) => {
    const [name = '', value] = condition.split('=');
    const sent = request.parameters.get(name);
    return sent !== undefined && (value === undefined || sent === value);
  });
}

const conditionsOf = ({ when, withHeader }: Operation): number =>
  when.length + (withHeader === undefined ? 0 : 1);

function checkParameters(operation: Operation, request: AwsRequest): void {
  const known = [...operation.parameters, ...operation.when.map((condition) => condition.split('=')[0])];
  for (const name of request.parameters.keys()) {
    if (!known.includes(name) && !signatureParameter.test(name)) throw notImplemented(name);
  }
}

/** Buckets made today have ACLs disabled; this one value stays allowed, since it changes nothing. */
function checkAcl(value: string | undefined): void {
  if (value === undefined || value === 'bucket-owner-full-control') return;
  throw new ServiceError(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
}

function checkHeaders(operation: Operation, request: AwsRequest): void {
  for (const name of request.headers.keys()) {
    if (!name.startsWith('x-amz-') && !meaningful.has(name)) continue;
    const known =
      commonHeaders.has(name) ||
      operation.headers.includes(name) ||
      checksumOfHeader(name) !== undefined ||
      (name.startsWith('x-amz-meta-') && operation.headers.includes('x-amz-meta-*'));
    if (!known) throw notImplemented(name);
  }
  checkAcl(request.header('x-amz-acl'));
}

/** @throws ServiceError MethodNotAllowed, NotImplemented, AccessControlListNotSupported */
export function routeOf(request: AwsRequest, { bucket, key }: Target): Operation {
  const level = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
  const candidates = operations.filter(
    (operation) => operation.level === level && operation.method === request.method,
  );
  // The one with the most conditions first: UploadPart before PutObject.
  const [operation] = candidates
    .filter((candidate) => applies(candidate, request))
    .sort((a, b) => conditionsOf(b) - conditionsOf(a));
  if (operation !== undefined) {
    checkParameters(operation, request);
    checkHeaders(operation, request);
    return operation;
  }
  const named = [...request.parameters.keys()].find((name) => !signatureParameter.test(name));
  if (named !== undefined) throw notImplemented(named);
  if (['GET', 'DELETE'].includes(request.method)) throw notImplemented(`${request.method} of a ${level}`);
  throw methodNotAllowed();
}
