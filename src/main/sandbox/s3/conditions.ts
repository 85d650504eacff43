/** If-Match and its kin. Source: RFC 9110, section 13, and AWS's "Conditional requests". */
import type { AwsRequest } from '../http/request.ts';
import { notImplemented, ServiceError } from '../http/service-error.ts';
import type { ObjectRecord } from '../store/records.ts';

const preconditionFailed = (condition: string): ServiceError =>
  new ServiceError(
    412,
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    { elements: { Condition: condition } },
  );

function names(header: string, etag: string): boolean {
  return header.split(',').some((item) => {
    const wanted = item.trim().replace(/^W\//, '');
    return wanted === '*' || wanted.replace(/^"(.*)"$/, '$1') === etag;
  });
}

/** Whole seconds, as Last-Modified has them; undefined when the date cannot be read and is to be ignored. */
function seconds(header: string | undefined): number | undefined {
  const time = Date.parse(header ?? '');
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}

/**
 * Returns 304 when the client has the object already.
 * @throws ServiceError PreconditionFailed
 */
export function checkReadConditions(request: AwsRequest, object: ObjectRecord): 304 | undefined {
  const modified = Math.floor(object.modified / 1000);
  const ifMatch = request.header('if-match');
  const unmodifiedSince = seconds(request.header('if-unmodified-since'));
  if (ifMatch !== undefined) {
    if (!names(ifMatch, object.etag)) throw preconditionFailed('If-Match');
  } else if (unmodifiedSince !== undefined && modified > unmodifiedSince) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const ifNoneMatch = request.header('if-none-match');
  const modifiedSince = seconds(request.header('if-modified-since'));
  if (ifNoneMatch !== undefined) return names(ifNoneMatch, object.etag) ? 304 : undefined;
  return modifiedSince !== undefined && modified <= modifiedSince ? 304 : undefined;
}

/** @throws ServiceError PreconditionFailed, NoSuchKey, NotImplemented */
export function checkWriteConditions(request: AwsRequest, existing: ObjectRecord | undefined): void {
  const ifNoneMatch = request.header('if-none-match');
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() !== '*') throw notImplemented('If-None-Match with an ETag');
    if (existing !== undefined) throw preconditionFailed('If-None-Match');
  }
  const ifMatch = request.header('if-match');
  if (ifMatch === undefined) return;
  if (existing === undefined) throw noSuchKey(undefined);
  if (!names(ifMatch, existing.etag)) throw preconditionFailed('If-Match');
}

export const noSuchKey = (key: string | undefined): ServiceError =>
  new ServiceError(404, 'NoSuchKey', 'The specified key does not exist.', {
    elements: key === undefined ? {} : { Key: key },
  });
