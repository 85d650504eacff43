/** Versioning of a bucket, and how objects come and go in one that has it. AWS's user guide, "Using versioning". */
import { randomBytes } from 'node:crypto';
import { type Answer, xmlAnswer } from '../http/answer.ts';
import { malformedXml, ServiceError } from '../http/service-error.ts';
import { childText, element, xmlDocument } from '../http/xml.ts';
import type { ObjectRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { VersionRecord } from '../store/version-store.ts';
import { parseDocument } from './body.ts';
import { type Operation, type S3Request, s3Namespace } from './context.ts';
import { refuseLocked } from './lock.ts';

const setting = 'versioning';

export type Versioning = 'Enabled' | 'Suspended' | undefined;

export function versioningOf({ bucketSettings }: Store, bucket: string): Versioning {
  const value = bucketSettings.get(bucket, setting);
  return value === 'Enabled' || value === 'Suspended' ? value : undefined;
}

export const enableVersioning = ({ bucketSettings }: Store, bucket: string): void =>
  bucketSettings.set(bucket, setting, 'Enabled');

const newVersion = (): string => randomBytes(24).toString('base64url');

/** `null` is the version of an object that was written without versioning. */
export const versionOf = ({ version }: { readonly version?: string }): string => version ?? 'null';

/**
 * Makes a finished file the object. What was there is kept where versioning is on.
 * @returns the headers that name the version
 */
export function publishVersion(
  { versions, objects, ...store }: Store,
  record: ObjectRecord,
  file: string,
  upload?: string,
): Record<string, string> {
  const { bucket, key } = record;
  const versioning = versioningOf({ versions, objects, ...store }, bucket);
  if (versioning === undefined) {
    objects.publish(record, file, upload);
    return {};
  }
  const version = versioning === 'Enabled' ? newVersion() : undefined;
  makeRoom({ versions, objects }, bucket, key, version);
  objects.publish(version === undefined ? record : { ...record, version }, file, upload);
  return { 'x-amz-version-id': version ?? 'null' };
}

/** Keeps the current object, unless the new one takes its very version: there is only one `null`. */
function makeRoom(
  { versions, objects }: Pick<Store, 'versions' | 'objects'>,
  bucket: string,
  key: string,
  version: string | undefined,
): void {
  const current = objects.find(bucket, key);
  if (version === undefined) versions.remove(bucket, key, 'null');
  if (
    current !== undefined &&
    versionOf(current) !== versionOf({ ...(version === undefined ? {} : { version }) })
  ) {
    versions.keep(bucket, key);
  }
}

export interface Removal {
  /** The version that was removed, or the delete marker that was made. */
  readonly version?: string;
  readonly marker?: boolean;
}

/**
 * Deletes an object, or one version of it for good.
 * @throws ServiceError AccessDenied where the version is locked
 */
export function removeVersion(call: S3Request, key: string, version: string | undefined): Removal {
  const { context, bucket } = call;
  const { store } = context;
  const versioning = versioningOf(store, bucket);
  if (version !== undefined) return removeOne(call, key, version);
  if (versioning === undefined) {
    store.objects.remove(bucket, key);
    return {};
  }
  const marker = versioning === 'Enabled' ? newVersion() : 'null';
  if (marker === 'null') {
    // Its place is taken by the marker.
    const current = store.objects.find(bucket, key);
    if (current !== undefined && versionOf(current) === 'null') store.objects.remove(bucket, key);
    store.versions.remove(bucket, key, 'null');
  }
  store.versions.mark({ bucket, key, version: marker, modified: context.now().getTime() });
  return { version: marker, marker: true };
}

function removeOne(call: S3Request, key: string, version: string): Removal {
  const { bucket, context } = call;
  const { objects, versions } = context.store;
  const current = objects.find(bucket, key);
  if (current !== undefined && versionOf(current) === version) {
    refuseLocked(call, current);
    objects.remove(bucket, key);
    versions.promote(bucket, key);
    return { version };
  }
  const found = versions.find(bucket, key, version);
  if (found?.object !== undefined) refuseLocked(call, found.object);
  versions.remove(bucket, key, version);
  return { version, ...(found !== undefined && found.object === undefined ? { marker: true } : {}) };
}

/** What a read finds: the object, a kept version of it, or the delete marker that hides it. */
export type Found =
  | { readonly object: ObjectRecord; readonly kept?: VersionRecord }
  | { readonly marker: VersionRecord; readonly named: boolean };

/** @throws ServiceError NoSuchVersion */
export function findVersion({ context, bucket, key, request }: S3Request): Found | undefined {
  const { objects, versions } = context.store;
  const wanted = request.parameters.get('versionId');
  const current = objects.find(bucket, key);
  if (wanted === undefined) {
    if (current !== undefined) return { object: current };
    const newest = versions.newest(bucket, key);
    return newest === undefined ? undefined : { marker: newest, named: false };
  }
  if (current !== undefined && versionOf(current) === wanted) return { object: current };
  const kept = versions.find(bucket, key, wanted);
  if (kept === undefined) {
    throw new ServiceError(404, 'NoSuchVersion', 'The specified version does not exist.', {
      elements: { Key: key, VersionId: wanted },
    });
  }
  return kept.object === undefined ? { marker: kept, named: true } : { object: kept.object, kept };
}

/** The headers that name the version of an object that was found. */
export const versionHeaders = (store: Store, object: ObjectRecord): Record<string, string> =>
  versioningOf(store, object.bucket) === undefined ? {} : { 'x-amz-version-id': versionOf(object) };

function putVersioning({ context, bucket, text }: S3Request): Answer {
  const root = parseDocument(text, 'VersioningConfiguration');
  const status = childText(root, 'Status')?.trim();
  if (status !== 'Enabled' && status !== 'Suspended') {
    if (status === undefined) throw malformedXml();
    throw new ServiceError(
      400,
      'IllegalVersioningConfigurationException',
      'The versioning status is invalid',
    );
  }
  if (status === 'Suspended' && context.store.bucketSettings.get(bucket, 'object-lock') !== undefined) {
    throw new ServiceError(
      409,
      'InvalidBucketState',
      'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    );
  }
  context.store.bucketSettings.set(bucket, setting, status);
  return { status: 200 };
}

function getVersioning({ context, bucket }: S3Request): Answer {
  const status = element('Status', versioningOf(context.store, bucket));
  return xmlAnswer(xmlDocument('VersioningConfiguration', s3Namespace, status));
}

const common = { level: 'bucket', when: ['versioning'], parameters: [], headers: [], body: 'text' } as const;

export const versioningOperations: readonly Operation[] = [
  {
    ...common,
    name: 'PutBucketVersioning',
    action: 's3:PutBucketVersioning',
    method: 'PUT',
    run: putVersioning,
  },
  {
    ...common,
    name: 'GetBucketVersioning',
    action: 's3:GetBucketVersioning',
    method: 'GET',
    run: getVersioning,
  },
];
