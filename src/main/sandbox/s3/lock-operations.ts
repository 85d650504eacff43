/** The operations that set and show the locks of a bucket and of an object. */
import { type Answer, xmlAnswer } from '../http/answer.ts';
import { invalidArgument, invalidRequest, malformedXml, ServiceError } from '../http/service-error.ts';
import { childText, element, wrap, xmlDocument } from '../http/xml.ts';
import type { ObjectLock, ObjectRecord } from '../store/records.ts';
import { parseDocument } from './body.ts';
import { noSuchKey } from './conditions.ts';
import { type Operation, type S3Request, s3Namespace } from './context.ts';
import { enableLock, futureDate, isMode, lockConfigurationOf, lockSetting, refuseLocked } from './lock.ts';
import { findVersion } from './versioning.ts';

/** The version that a request is about, with a way to write it back. */
function target(call: S3Request): { object: ObjectRecord; save: (lock: ObjectLock) => void } {
  const { store } = call.context;
  if (lockConfigurationOf(store, call.bucket) === undefined) {
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
  store.bucketSettings.set(bucket, lockSetting, JSON.stringify({ retention: { mode, days: length } }));
  return { status: 200 };
}

function getConfiguration({ context, bucket }: S3Request): Answer {
  const configuration = lockConfigurationOf(context.store, bucket);
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
