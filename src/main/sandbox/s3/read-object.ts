/** GetObject and HeadObject. */
import { closeSync, createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Answer } from '../http/answer.ts';
import { ServiceError } from '../http/service-error.ts';
import type { ObjectRecord } from '../store/object-store.ts';
import { checkReadConditions, noSuchKey } from './conditions.ts';
import { bucketArn, type Operation, type S3Request } from './context.ts';
import { answerHeadersOf } from './object-headers.ts';

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

/** Status, headers and part of the answer for an object. */
function describe({ request }: S3Request, object: ObjectRecord) {
  const notModified = checkReadConditions(request, object);
  const range = notModified === undefined ? parseRange(request.header('range'), object.size) : undefined;
  const whole = range === undefined;
  // S3 keeps no checksum of a part of an object.
  const withChecksum = whole && request.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  const headers = answerHeadersOf(object, withChecksum);
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

function headObject(call: S3Request): Answer {
  const object = call.context.store.objects.find(call.bucket, call.key);
  if (object === undefined) throw missing(call);
  const { status, headers, length } = describe(call, object);
  return { status, headers: status === 304 ? headers : { ...headers, 'content-length': String(length) } };
}

function getObject(call: S3Request): Answer {
  const opened = call.context.store.objects.open(call.bucket, call.key);
  if (opened === undefined) throw missing(call);
  const { object, descriptor } = opened;
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
  parameters: [],
  headers: [...conditions, 'x-amz-checksum-mode'],
  body: 'text',
} as const;

export const readOperations: readonly Operation[] = [
  { ...common, name: 'GetObject', method: 'GET', run: getObject },
  { ...common, name: 'HeadObject', method: 'HEAD', run: headObject },
];
