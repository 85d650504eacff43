/** GetObject and HeadObject. */
import { closeSync, constants, createReadStream, fstatSync, openSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { Answer } from '../http/answer.ts';
import type { AwsRequest } from '../http/request.ts';
import { invalidArgument, invalidRequest, methodNotAllowed, ServiceError } from '../http/service-error.ts';
import type { ObjectRecord } from '../store/records.ts';
import type { VersionRecord } from '../store/version-store.ts';
import { checkReadConditions, noSuchKey } from './conditions.ts';
import { bucketArn, type Operation, type S3Request } from './context.ts';
import { encryptionAnswer, permitDecrypt } from './encryption.ts';
import { requesterPays } from './kept-settings.ts';
import { lockAnswer } from './lock.ts';
import { answerHeadersOf, overrides, overridesOf } from './object-headers.ts';
import { tagAnswer } from './tagging.ts';
import { findVersion, versionHeaders, versionOf } from './versioning.ts';

/** Bytes read from the file at a time. */
const readAhead = 256 * 1024;

/** Inclusive positions. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The part of an object that `Range` asks for; undefined, that is the whole, for what is no single byte range.
 * @throws ServiceError InvalidRange
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  // A range that runs backwards is malformed and therefore ignored (RFC 9110, 14.1.1).
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  if (start >= size) {
    throw new ServiceError(416, 'InvalidRange', 'The requested range is not satisfiable', {
      elements: { RangeRequested: header ?? '', ActualObjectSize: String(size) },
      headers: { 'content-range': `bytes */${size}` },
    });
  }
  return { start, end };
}

/** The bytes that a request is about: a range, or one part of what was uploaded in parts. */
function rangeOf(request: AwsRequest, object: ObjectRecord): ByteRange | undefined {
  const text = request.parameters.get('partNumber');
  if (text === undefined) return parseRange(request.header('range'), object.size);
  const number = Number(text);
  const parts = object.parts ?? [object.size];
  const size = parts[number - 1];
  if (request.header('range') !== undefined) {
    throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
  }
  if (!Number.isInteger(number) || number < 1) {
    throw invalidArgument(
      'Part number must be an integer between 1 and 10000, inclusive',
      'partNumber',
      text,
    );
  }
  if (size === undefined) {
    throw new ServiceError(416, 'InvalidPartNumber', 'The requested partnumber is not satisfiable');
  }
  const start = parts.slice(0, number - 1).reduce((sum, part) => sum + part, 0);
  return { start, end: start + size - 1 };
}

/** Status, headers and part of the answer for an object. */
function describe(call: S3Request, object: ObjectRecord) {
  const { request, context } = call;
  const notModified = checkReadConditions(request, object);
  const range = notModified === undefined ? rangeOf(request, object) : undefined;
  const whole = range === undefined;
  // S3 keeps no checksum of a part of an object.
  const withChecksum = whole && request.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  const headers: Record<string, string> = {
    ...answerHeadersOf(object, withChecksum),
    ...versionHeaders(context.store, object),
    ...encryptionAnswer(object.encryption),
    ...lockAnswer(object),
    ...tagAnswer(object),
    ...overridesOf(request),
  };
  if (requesterPays(call) && request.header('x-amz-request-payer') !== undefined) {
    headers['x-amz-request-charged'] = 'requester';
  }
  if (request.parameters.has('partNumber') && object.parts !== undefined) {
    headers['x-amz-mp-parts-count'] = String(object.parts.length);
  }
  if (range !== undefined) headers['content-range'] = `bytes ${range.start}-${range.end}/${object.size}`;
  const length = range === undefined ? object.size : range.end - range.start + 1;
  const status = notModified ?? (whole ? 200 : 206);
  return { status, headers, start: range?.start ?? 0, length };
}

/** Who may not list the bucket is not told either whether a key exists. */
function missing({ permit, bucket, key }: S3Request): ServiceError {
  permit({ action: 's3:ListBucket', resource: bucketArn(bucket) });
  return noSuchKey(key);
}

/** The object that a request names, with its kept version where that is meant. @throws ServiceError */
function objectOf(call: S3Request): { object: ObjectRecord; kept?: VersionRecord | undefined } {
  const found = findVersion(call);
  if (found === undefined) throw missing(call);
  if ('marker' in found) throw hidden(call, found.marker, found.named);
  permitDecrypt(call, found.object);
  return found;
}

/** A delete marker is not there; by its own name it is, but cannot be read. */
function hidden(call: S3Request, marker: VersionRecord, named: boolean): ServiceError {
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': versionOf(marker) };
  const { status, code, message, extras } = named ? methodNotAllowed() : missing(call);
  return new ServiceError(status, code, message, { ...extras, headers });
}

function headObject(call: S3Request): Answer {
  const { status, headers, length } = describe(call, objectOf(call).object);
  return { status, headers: status === 304 ? headers : { ...headers, 'content-length': String(length) } };
}

/** Opens the object or its kept version; the descriptor is the caller's to close. */
function open(call: S3Request): { object: ObjectRecord; descriptor: number } {
  const { objects, versions } = call.context.store;
  const { object, kept } = objectOf(call);
  if (kept !== undefined) {
    const descriptor = openSync(versions.fileOf(kept), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    return { object: { ...object, size: fstatSync(descriptor).size }, descriptor };
  }
  const opened = objects.open(call.bucket, call.key);
  if (opened === undefined) throw missing(call);
  return opened;
}

function getObject(call: S3Request): Answer {
  const { object, descriptor } = open(call);
  try {
    const { status, headers, start, length } = describe(call, object);
    if (status === 304 || length === 0) {
      closeSync(descriptor);
      return status === 304
        ? { status, headers }
        : { status, headers, body: { stream: Readable.from([]), length } };
    }
    const stream = createReadStream('', {
      fd: descriptor,
      start,
      end: start + length - 1,
      highWaterMark: readAhead,
    });
    return { status, headers, body: { stream, length } };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

const conditions = ['range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];

const common = {
  action: 's3:GetObject',
  level: 'object',
  when: [],
  parameters: ['versionId', 'partNumber', ...overrides],
  headers: [...conditions, 'x-amz-checksum-mode', 'x-amz-request-payer'],
  body: 'text',
} as const;

export const readOperations: readonly Operation[] = [
  { ...common, name: 'GetObject', method: 'GET', run: getObject },
  { ...common, name: 'HeadObject', method: 'HEAD', run: headObject },
];
