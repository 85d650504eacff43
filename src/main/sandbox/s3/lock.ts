/** Object Lock: versions that may not be deleted before a date, or while a hold is on them. */
import type { AwsRequest } from '../http/request.ts';
import { accessDenied, invalidArgument, invalidRequest, malformedXml } from '../http/service-error.ts';
import type { ObjectLock, ObjectRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { bucketArn, type S3Request } from './context.ts';

export const lockSetting = 'object-lock';

interface DefaultRetention {
  readonly mode: NonNullable<ObjectLock['mode']>;
  readonly days: number;
}

/** What a bucket with Object Lock has set; undefined for a bucket without it. */
export function lockConfigurationOf(
  { bucketSettings }: Store,
  bucket: string,
): { retention?: DefaultRetention } | undefined {
  const text = bucketSettings.get(bucket, lockSetting);
  return text === undefined ? undefined : JSON.parse(text);
}

export const enableLock = ({ bucketSettings }: Store, bucket: string): void =>
  bucketSettings.set(bucket, lockSetting, '{}');

const dayMs = 24 * 60 * 60 * 1000;

export const isMode = (text: string | undefined): text is NonNullable<ObjectLock['mode']> =>
  text === 'GOVERNANCE' || text === 'COMPLIANCE';

export const lockHeaders = [
  'x-amz-object-lock-mode',
  'x-amz-object-lock-retain-until-date',
  'x-amz-object-lock-legal-hold',
] as const;

/**
 * The lock of a new object: what the request asks for, else what the bucket gives by default.
 * @throws ServiceError InvalidRequest, InvalidArgument
 */
export function lockFor(
  request: AwsRequest,
  store: Store,
  bucket: string,
  now: Date,
): ObjectLock | undefined {
  const [mode, until, hold] = lockHeaders.map((name) => request.header(name));
  const configuration = lockConfigurationOf(store, bucket);
  if (configuration === undefined) {
    if (mode === undefined && until === undefined && hold === undefined) return undefined;
    throw invalidRequest('Bucket is missing Object Lock Configuration');
  }
  if ((mode === undefined) !== (until === undefined)) {
    throw invalidArgument(
      'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied',
      'x-amz-object-lock-mode',
      mode ?? '',
    );
  }
  if (mode !== undefined && !isMode(mode))
    throw invalidArgument('Unknown wormMode directive.', lockHeaders[0], mode);
  const { retention } = configuration;
  const given: ObjectLock =
    mode !== undefined && until !== undefined
      ? { mode, retainUntil: futureDate(until, now) }
      : retention === undefined
        ? {}
        : {
            mode: retention.mode,
            retainUntil: new Date(now.getTime() + retention.days * dayMs).toISOString(),
          };
  return hold === 'ON' ? { ...given, legalHold: true } : given;
}

/** @throws ServiceError MalformedXML, InvalidArgument */
export function futureDate(text: string, now: Date): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw malformedXml();
  if (time > now.getTime()) return new Date(time).toISOString();
  throw invalidArgument('The retain until date must be in the future!', lockHeaders[1], text);
}

/** What GetObject and HeadObject say about a lock. */
export const lockAnswer = ({ lock }: ObjectRecord): Record<string, string> => ({
  ...(lock?.mode === undefined ? {} : { [lockHeaders[0]]: lock.mode }),
  ...(lock?.retainUntil === undefined ? {} : { [lockHeaders[1]]: lock.retainUntil }),
  ...(lock?.legalHold === undefined ? {} : { [lockHeaders[2]]: lock.legalHold ? 'ON' : 'OFF' }),
});

/** @throws ServiceError AccessDenied when the version may not be deleted yet */
export function refuseLocked(
  { context, request, permit, bucket, key }: S3Request,
  { lock }: ObjectRecord,
): void {
  if (lock === undefined) return;
  const locked = lock.retainUntil !== undefined && Date.parse(lock.retainUntil) > context.now().getTime();
  const protectedNow = lock.legalHold === true || locked;
  if (!protectedNow) return;
  const bypass = request.header('x-amz-bypass-governance-retention')?.toLowerCase() === 'true';
  if (lock.legalHold !== true && lock.mode === 'GOVERNANCE' && bypass) {
    permit({ action: 's3:BypassGovernanceRetention', resource: `${bucketArn(bucket)}/${key}` });
    return;
  }
  throw accessDenied('Access Denied because object protected by object lock.');
}
