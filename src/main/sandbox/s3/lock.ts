/** Object Lock: versions that may not be deleted before a date, or while a hold is on them. */
import { type Answer, xmlAnswer } from '../http/answer.ts';
import type { AwsRequest } from '../http/request.ts';
import {
  accessDenied,
  invalidArgument,
  invalidRequest,
  malformedXml,
  ServiceError,
} from '../http/service-error.ts';
import { childText, element, wrap, xmlDocument } from '../http/xml.ts';
import type { ObjectLock, ObjectRecord } from '../store/object-store.ts';
import type { Store } from '../store/store.ts';
import { parseDocument } from './body.ts';
import { noSuchKey } from './conditions.ts';
import { bucketArn, type Operation, type S3Request, s3Namespace } from './context.ts';
import { findVersion } from './versioning.ts';

const setting = 'object-lock';

interface DefaultRetention {
  readonly mode: NonNullable<ObjectLock['mode']>;
  readonly days: number;
}

/** What a bucket with Object Lock has set; undefined for a bucket without it. */
function configurationOf(
  { bucketSettings }: Store,
  bucket: string,
): { retention?: DefaultRetention } | undefined {
  const text = bucketSettings.get(bucket, setting);
  return text === undefined ? undefined : JSON.parse(text);
}

export const enableLock = ({ bucketSettings }: Store, bucket: string): void =>
  bucketSettings.set(bucket, setting, '{}');

const dayMs = 24 * 60 * 60 * 1000;

const isMode = (text: string | undefined): text is NonNullable<ObjectLock['mode']> =>
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
  const configuration = configurationOf(store, bucket);
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

function futureDate(text: string, now: Date): string {
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

/** The version that a request is about, with a way to write it back. */
function target(call: S3Request): { object: ObjectRecord; save: (lock: ObjectLock) => void } {
  const { store } = call.context;
  if (configurationOf(store, call.bucket) === undefined) {
    throw invalidRequest('Bucket is missing Object Lock Configuration');
  }
  const found = findVersion(call);
  if (found === undefined || 'marker' in found) throw noSuchKey(call.key);
  const { object, kept } = found;
  return {
    object,
    save: (lock) =>
      kept === undefined
        ? store.objects.update({ ...object, lock })
        : store.versions.update({ ...kept, object: { ...object, lock } }),
  };
}

function putRetention(call: S3Request): Answer {
  const { object, save } = target(call);
  const root = parseDocument(call.text, 'Retention');
  const [mode, until] = [childText(root, 'Mode')?.trim(), childText(root, 'RetainUntilDate')?.trim()];
  if (!isMode(mode) || until === undefined) throw malformedXml();
  const retainUntil = futureDate(until, call.context.now());
  const before = object.lock?.retainUntil;
  const shortened = before !== undefined && Date.parse(retainUntil) < Date.parse(before);
  // To prolong is always allowed.
  if (shortened || (object.lock?.mode === 'COMPLIANCE' && mode === 'GOVERNANCE')) {
    refuseLocked(call, { ...object, lock: { ...object.lock, legalHold: false } });
  }
  save({ ...object.lock, mode, retainUntil });
  return { status: 200 };
}

function getRetention(call: S3Request): Answer {
  const { lock } = target(call).object;
  if (lock?.mode === undefined) throw noLock();
  const content = element('Mode', lock.mode) + element('RetainUntilDate', lock.retainUntil);
  return xmlAnswer(xmlDocument('Retention', s3Namespace, content));
}

function putLegalHold(call: S3Request): Answer {
  const { object, save } = target(call);
  const status = childText(parseDocument(call.text, 'LegalHold'), 'Status')?.trim();
  if (status !== 'ON' && status !== 'OFF') throw malformedXml();
  save({ ...object.lock, legalHold: status === 'ON' });
  return { status: 200 };
}

function getLegalHold(call: S3Request): Answer {
  const { lock } = target(call).object;
  if (lock?.legalHold === undefined) throw noLock();
  return xmlAnswer(xmlDocument('LegalHold', s3Namespace, element('Status', lock.legalHold ? 'ON' : 'OFF')));
}

const noLock = (): ServiceError =>
  new ServiceError(
    404,
    'NoSuchObjectLockConfiguration',
    'The specified object does not have a ObjectLock configuration',
  );

function putConfiguration({ context, bucket, text }: S3Request): Answer {
  const { store } = context;
  const root = parseDocument(text, 'ObjectLockConfiguration');
  if (childText(root, 'ObjectLockEnabled')?.trim() !== 'Enabled') throw malformedXml();
  if (store.bucketSettings.get(bucket, 'versioning') !== 'Enabled') {
    throw new ServiceError(
      409,
      'InvalidBucketState',
      'Versioning must be "Enabled" on the bucket to apply a Object Lock configuration',
    );
  }
  const rule = root.children.find(({ name }) => name === 'Rule');
  const retention = rule?.children.find(({ name }) => name === 'DefaultRetention');
  if (retention === undefined) {
    enableLock(store, bucket);
    return { status: 200 };
  }
  const [mode, days, years] = ['Mode', 'Days', 'Years'].map((name) => childText(retention, name)?.trim());
  const length = Number(days ?? Number(years ?? Number.NaN) * 365);
  if (!isMode(mode) || (days === undefined) === (years === undefined)) throw malformedXml();
  if (!Number.isInteger(length) || length <= 0) {
    throw invalidArgument('Default retention period must be a positive integer value.', 'Days', days ?? '');
  }
  store.bucketSettings.set(bucket, setting, JSON.stringify({ retention: { mode, days: length } }));
  return { status: 200 };
}

function getConfiguration({ context, bucket }: S3Request): Answer {
  const configuration = configurationOf(context.store, bucket);
  if (configuration === undefined) {
    throw new ServiceError(
      404,
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
      { elements: { BucketName: bucket } },
    );
  }
  const { retention } = configuration;
  const rule =
    retention === undefined
      ? ''
      : wrap(
          'Rule',
          wrap('DefaultRetention', element('Mode', retention.mode), element('Days', retention.days)),
        );
  const content = element('ObjectLockEnabled', 'Enabled') + rule;
  return xmlAnswer(xmlDocument('ObjectLockConfiguration', s3Namespace, content));
}

const ofBucket = {
  level: 'bucket',
  when: ['object-lock'],
  parameters: [],
  headers: [],
  body: 'text',
} as const;
const ofObject = { level: 'object', parameters: ['versionId'], headers: [], body: 'text' } as const;

export const lockOperations: readonly Operation[] = [
  {
    ...ofBucket,
    name: 'PutObjectLockConfiguration',
    action: 's3:PutBucketObjectLockConfiguration',
    method: 'PUT',
    run: putConfiguration,
  },
  {
    ...ofBucket,
    name: 'GetObjectLockConfiguration',
    action: 's3:GetBucketObjectLockConfiguration',
    method: 'GET',
    run: getConfiguration,
  },
  {
    ...ofObject,
    name: 'PutObjectRetention',
    action: 's3:PutObjectRetention',
    method: 'PUT',
    when: ['retention'],
    headers: ['x-amz-bypass-governance-retention'],
    run: putRetention,
  },
  {
    ...ofObject,
    name: 'GetObjectRetention',
    action: 's3:GetObjectRetention',
    method: 'GET',
    when: ['retention'],
    run: getRetention,
  },
  {
    ...ofObject,
    name: 'PutObjectLegalHold',
    action: 's3:PutObjectLegalHold',
    method: 'PUT',
    when: ['legal-hold'],
    run: putLegalHold,
  },
  {
    ...ofObject,
    name: 'GetObjectLegalHold',
    action: 's3:GetObjectLegalHold',
    method: 'GET',
    when: ['legal-hold'],
    run: getLegalHold,
  },
];
