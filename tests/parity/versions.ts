/** Versions, locks, tags and copies. */
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { fresh, freshBucket, type Ground, group, keysIn, refused, textOf } from './cases.ts';

async function versioned({ s3 }: Ground, Status: 'Enabled' | 'Suspended' = 'Enabled'): Promise<string> {
  const Bucket = await freshBucket({ s3 });
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
  return Bucket;
}

async function locked({ s3 }: Ground): Promise<string> {
  const Bucket = fresh('locked');
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  return Bucket;
}

const put = (s3: S3Client, Bucket: string, Key: string, Body: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = async (s3: S3Client, Bucket: string, Key: string, VersionId?: string) =>
  textOf((await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body);
const remove = (s3: S3Client, Bucket: string, Key: string, more: object = {}) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key, ...more }));

const inAnHour = (): Date => new Date(Date.now() + 3_600_000);

export const versions = group('versions', {
  'off until it is switched on [test_versioning_bucket_create_suspend]': async (ground) => {
    const Bucket = await freshBucket(ground);
    const before = await ground.s3.send(new GetBucketVersioningCommand({ Bucket }));
    expect(before.Status).toBeUndefined();
    for (const Status of ['Suspended', 'Enabled', 'Suspended'] as const) {
      await ground.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
      expect((await ground.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe(Status);
    }
  },
  'each put is a version of its own [test_versioning_obj_create_read_remove]': async (ground) => {
    const { s3 } = ground;
    const Bucket = await versioned(ground);
    const one = await put(s3, Bucket, 'a', 'one');
    const two = await put(s3, Bucket, 'a', 'two');
    expect(one.VersionId).not.toBe(two.VersionId);
    expect(await get(s3, Bucket, 'a')).toBe('two');
    expect(await get(s3, Bucket, 'a', one.VersionId)).toBe('one');
    await remove(s3, Bucket, 'a', { VersionId: two.VersionId });
    expect(await get(s3, Bucket, 'a')).toBe('one');
    await remove(s3, Bucket, 'a', { VersionId: one.VersionId });
    await refused(get(s3, Bucket, 'a'), 404, 'NoSuchKey');
  },
  'a delete leaves a marker, and without it the object is back': async (ground) => {
    const { s3 } = ground;
    const Bucket = await versioned(ground);
    const { VersionId } = await put(s3, Bucket, 'a', 'one');
    const gone = await remove(s3, Bucket, 'a');
    expect(gone).toMatchObject({ DeleteMarker: true });
    await refused(get(s3, Bucket, 'a'), 404, 'NoSuchKey');
    expect(await keysIn(ground, Bucket)).toEqual([]);
    expect(await get(s3, Bucket, 'a', VersionId)).toBe('one');
    const undone = await remove(s3, Bucket, 'a', { VersionId: gone.VersionId });
    expect(undone).toMatchObject({ DeleteMarker: true, VersionId: gone.VersionId });
    expect(await get(s3, Bucket, 'a')).toBe('one');
  },
  'a marker cannot be read': async (ground) => {
    const { s3 } = ground;
    const Bucket = await versioned(ground);
    await put(s3, Bucket, 'a', 'one');
    const { VersionId } = await remove(s3, Bucket, 'a');
    await refused(s3.send(new GetObjectCommand({ Bucket, Key: 'a', VersionId })), 405, 'MethodNotAllowed');
  },
  'a version that is not there': async (ground) => {
    const Bucket = await versioned(ground);
    await put(ground.s3, Bucket, 'a', 'one');
    await put(ground.s3, Bucket, 'b', 'two');
    const { VersionId } = await put(ground.s3, Bucket, 'b', 'three');
    await refused(get(ground.s3, Bucket, 'a', VersionId), 404, 'NoSuchVersion');
  },
  'what was there before is the version null [test_versioning_obj_plain_null_version_removal]': async (
    ground,
  ) => {
    const { s3 } = ground;
    const Bucket = await freshBucket(ground);
    await put(s3, Bucket, 'a', 'plain');
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    await put(s3, Bucket, 'a', 'versioned');
    expect(await get(s3, Bucket, 'a', 'null')).toBe('plain');
    await remove(s3, Bucket, 'a', { VersionId: 'null' });
    await refused(get(s3, Bucket, 'a', 'null'), 404, 'NoSuchVersion');
    expect(await get(s3, Bucket, 'a')).toBe('versioned');
  },
  'suspended, null is written over and over [test_versioning_obj_suspend_versions]': async (ground) => {
    const { s3 } = ground;
    const Bucket = await versioned(ground);
    const { VersionId } = await put(s3, Bucket, 'a', 'kept');
    await s3.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } }),
    );
    await put(s3, Bucket, 'a', 'null 1');
    await put(s3, Bucket, 'a', 'null 2');
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(Versions.map((version) => version.VersionId)).toEqual(['null', VersionId]);
    expect(await get(s3, Bucket, 'a')).toBe('null 2');
    expect(await get(s3, Bucket, 'a', VersionId)).toBe('kept');
  },
  'suspended, a delete replaces null by a marker': async (ground) => {
    const { s3 } = ground;
    const Bucket = await versioned(ground);
    const { VersionId } = await put(s3, Bucket, 'a', 'kept');
    await s3.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } }),
    );
    await put(s3, Bucket, 'a', 'null');
    await remove(s3, Bucket, 'a');
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(Versions.map((version) => version.VersionId)).toEqual([VersionId]);
    expect(DeleteMarkers.map((marker) => [marker.VersionId, marker.IsLatest])).toEqual([['null', true]]);
  },
  'all versions are listed, newest first [test_versioning_obj_list_marker]': async (ground) => {
    const { s3 } = ground;
    const Bucket = await versioned(ground);
    const ids: (string | undefined)[] = [];
    for (const key of ['a', 'a', 'b']) ids.push((await put(s3, Bucket, key, key)).VersionId);
    const all = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(all.Versions?.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([
      ['a', ids[1], true],
      ['a', ids[0], false],
      ['b', ids[2], true],
    ]);
    const first = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1 }));
    expect(first).toMatchObject({ IsTruncated: true });
    const rest = await s3.send(
      new ListObjectVersionsCommand({
        ...{ Bucket, KeyMarker: first.NextKeyMarker, VersionIdMarker: first.NextVersionIdMarker },
      }),
    );
    expect(rest.Versions?.map(({ VersionId }) => VersionId)).toEqual([ids[0], ids[2]]);
  },
  'several versions at once [test_versioning_multi_object_delete]': async (ground) => {
    const { s3 } = ground;
    const Bucket = await versioned(ground);
    const Objects = [];
    for (const body of ['1', '2'])
      Objects.push({ Key: 'a', VersionId: (await put(s3, Bucket, 'a', body)).VersionId });
    const answer = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(answer.Deleted).toHaveLength(2);
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(Versions).toEqual([]);
  },
  'several at once leave markers [test_versioning_multi_object_delete_with_marker_create]': async (
    ground,
  ) => {
    const { s3 } = ground;
    const Bucket = await versioned(ground);
    const Delete = { Objects: [{ Key: 'a' }] };
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
    expect(Deleted?.[0]).toMatchObject({ Key: 'a', DeleteMarker: true });
    expect(Deleted?.[0]?.DeleteMarkerVersionId).toBeTruthy();
  },
  'a retained version stays [test_object_lock_delete_object_with_retention]': async (ground) => {
    const { s3 } = ground;
    const Bucket = await locked(ground);
    const { VersionId } = await put(s3, Bucket, 'a', 'x');
    await s3.send(
      new PutObjectRetentionCommand({
        ...{ Bucket, Key: 'a', VersionId },
        Retention: { Mode: 'GOVERNANCE', RetainUntilDate: inAnHour() },
      }),
    );
    await refused(remove(s3, Bucket, 'a', { VersionId }), 403, 'AccessDenied');
    expect((await remove(s3, Bucket, 'a')).DeleteMarker).toBe(true);
    await remove(s3, Bucket, 'a', { VersionId, BypassGovernanceRetention: true });
    await refused(get(s3, Bucket, 'a', VersionId), 404);
  },
  'of several versions the locked one is named [test_object_lock_multi_delete_object_with_retention]': async (
    ground,
  ) => {
    const { s3 } = ground;
    const Bucket = await locked(ground);
    const kept = await put(s3, Bucket, 'a', 'x', {
      ...{ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inAnHour() },
    });
    const free = await put(s3, Bucket, 'b', 'x');
    const Objects = [
      { Key: 'a', VersionId: kept.VersionId },
      { Key: 'b', VersionId: free.VersionId },
    ];
    const answer = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(answer.Deleted?.map(({ Key }) => Key)).toEqual(['b']);
    expect(answer.Errors).toMatchObject([{ Key: 'a', VersionId: kept.VersionId, Code: 'AccessDenied' }]);
    await remove(s3, Bucket, 'a', { VersionId: kept.VersionId, BypassGovernanceRetention: true });
  },
  'retention reads back [test_object_lock_get_obj_retention]': async (ground) => {
    const { s3 } = ground;
    const Bucket = await locked(ground);
    await put(s3, Bucket, 'a', 'x');
    const Retention = { Mode: 'GOVERNANCE' as const, RetainUntilDate: new Date('2100-01-01T00:00:00Z') };
    await s3.send(new PutObjectRetentionCommand({ Bucket, Key: 'a', Retention }));
    const found = await s3.send(new GetObjectRetentionCommand({ Bucket, Key: 'a' }));
    expect(found.Retention).toEqual(Retention);
    const cleared = {
      Bucket,
      Key: 'a',
      VersionId: (await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).VersionId,
    };
    await s3.send(new DeleteObjectCommand({ ...cleared, BypassGovernanceRetention: true }));
  },
  'a legal hold [test_object_lock_delete_object_with_legal_hold_on]': async (ground) => {
    const { s3 } = ground;
    const Bucket = await locked(ground);
    const { VersionId } = await put(s3, Bucket, 'a', 'x');
    await s3.send(new PutObjectLegalHoldCommand({ Bucket, Key: 'a', LegalHold: { Status: 'ON' } }));
    expect((await s3.send(new GetObjectLegalHoldCommand({ Bucket, Key: 'a' }))).LegalHold?.Status).toBe('ON');
    await refused(remove(s3, Bucket, 'a', { VersionId }), 403, 'AccessDenied');
    await s3.send(new PutObjectLegalHoldCommand({ Bucket, Key: 'a', LegalHold: { Status: 'OFF' } }));
    await remove(s3, Bucket, 'a', { VersionId });
  },
  'a bucket without lock has none [test_object_lock_get_obj_lock_invalid_bucket]': async (ground) => {
    const Bucket = await freshBucket(ground);
    const asked = ground.s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    await refused(asked, 404, 'ObjectLockConfigurationNotFoundError');
  },
  'a bucket with lock keeps its versions [test_object_lock_suspend_versioning]': async (ground) => {
    const Bucket = await locked(ground);
    const suspend = new PutBucketVersioningCommand({
      Bucket,
      VersioningConfiguration: { Status: 'Suspended' },
    });
    await refused(ground.s3.send(suspend), 409, 'InvalidBucketState');
  },
  'tags [test_get_obj_tagging, test_delete_obj_tagging]': async ({ s3, bucket }) => {
    const Key = fresh('tags');
    await put(s3, bucket, Key, 'x');
    const TagSet = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '' },
    ];
    await s3.send(new PutObjectTaggingCommand({ Bucket: bucket, Key, Tagging: { TagSet } }));
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key }))).TagSet).toEqual(TagSet);
    await s3.send(new DeleteObjectTaggingCommand({ Bucket: bucket, Key }));
    expect((await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key }))).TagSet).toEqual([]);
  },
  'tags in the header [test_put_obj_with_tags]': async ({ s3, bucket }) => {
    const Key = fresh('tags');
    await put(s3, bucket, Key, 'x', { Tagging: 'foo=bar&x%20y=%26' });
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key }));
    expect(TagSet).toEqual([
      { Key: 'foo', Value: 'bar' },
      { Key: 'x y', Value: '&' },
    ]);
    expect((await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))).TagCount).toBe(2);
  },
  'eleven tags [test_put_excess_tags]': async ({ s3, bucket }) => {
    const Key = fresh('tags');
    await put(s3, bucket, Key, 'x');
    const TagSet = Array.from({ length: 11 }, (_, at) => ({ Key: `k${at}`, Value: 'v' }));
    const tagged = s3.send(new PutObjectTaggingCommand({ Bucket: bucket, Key, Tagging: { TagSet } }));
    const error = await tagged.catch((reason: unknown) => reason);
    expect((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode).toBe(400);
  },
  'a copy [test_object_copy_same_bucket]': async ({ s3, bucket }) => {
    const [from, Key] = [fresh('from'), fresh('to')];
    await put(s3, bucket, from, 'foo', { Metadata: { a: '1' }, ContentType: 'text/bla' });
    await s3.send(new CopyObjectCommand({ Bucket: bucket, Key, CopySource: `${bucket}/${from}` }));
    const found = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    expect(await textOf(found.Body)).toBe('foo');
    expect(found).toMatchObject({ Metadata: { a: '1' }, ContentType: 'text/bla' });
  },
  'a copy with other metadata [test_object_copy_replacing_metadata]': async ({ s3, bucket }) => {
    const Key = fresh('itself');
    await put(s3, bucket, Key, 'foo', { Metadata: { a: '1' } });
    await s3.send(
      new CopyObjectCommand({
        ...{ Bucket: bucket, Key, CopySource: `${bucket}/${Key}` },
        ...{ MetadataDirective: 'REPLACE', Metadata: { b: '2' } },
      }),
    );
    expect((await s3.send(new HeadObjectCommand({ Bucket: bucket, Key }))).Metadata).toEqual({ b: '2' });
  },
  'a copy onto itself [test_object_copy_to_itself]': async ({ s3, bucket }) => {
    const Key = fresh('itself');
    await put(s3, bucket, Key, 'foo');
    const copy = new CopyObjectCommand({ Bucket: bucket, Key, CopySource: `${bucket}/${Key}` });
    await refused(s3.send(copy), 400, 'InvalidRequest');
  },
  'a copy of nothing [test_object_copy_key_not_found]': async ({ s3, bucket }) => {
    const copy = new CopyObjectCommand({
      Bucket: bucket,
      Key: fresh('to'),
      CopySource: `${bucket}/${fresh('no')}`,
    });
    await refused(s3.send(copy), 404, 'NoSuchKey');
  },
  'a copy from a bucket that is not there [test_object_copy_bucket_not_found]': async ({ s3, bucket }) => {
    const copy = new CopyObjectCommand({
      Bucket: bucket,
      Key: fresh('to'),
      CopySource: `${fresh('nowhere')}/a`,
    });
    await refused(s3.send(copy), 404, 'NoSuchBucket');
  },
  'an unknown storage class': async ({ s3, bucket }) => {
    await refused(put(s3, bucket, fresh('class'), 'x', { StorageClass: 'NONE' }), 400, 'InvalidStorageClass');
  },
  'the usual storage class is shown in a listing alone': async (ground) => {
    const { s3 } = ground;
    const Bucket = await versioned(ground);
    await put(s3, Bucket, 'a', 'x', { StorageClass: 'STANDARD' });
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).StorageClass).toBeUndefined();
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(Versions.map(({ StorageClass }) => StorageClass)).toEqual(['STANDARD']);
  },
  'a copy on a condition [test_copy_object_ifmatch_good, test_copy_object_ifmatch_failed]': async ({
    s3,
    bucket,
  }) => {
    const [from, Key] = [fresh('from'), fresh('to')];
    const { ETag } = await put(s3, bucket, from, 'foo');
    const source = { Bucket: bucket, Key, CopySource: `${bucket}/${from}` };
    await s3.send(new CopyObjectCommand({ ...source, CopySourceIfMatch: ETag }));
    const other = { ...source, CopySourceIfMatch: '"ABCORZ"' };
    await refused(s3.send(new CopyObjectCommand(other)), 412, 'PreconditionFailed');
  },
  'a copy of an earlier version [test_object_copy_versioned_bucket]': async (ground) => {
    const { s3 } = ground;
    const Bucket = await versioned(ground);
    const { VersionId } = await put(s3, Bucket, 'a', 'one');
    await put(s3, Bucket, 'a', 'two');
    const CopySource = `${Bucket}/a?versionId=${VersionId}`;
    const answer = await s3.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource }));
    expect(answer.CopySourceVersionId).toBe(VersionId);
    expect(await get(s3, Bucket, 'b')).toBe('one');
  },
});
