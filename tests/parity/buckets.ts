/** Buckets: made, looked at, listed, removed. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { bucketWith, fresh, freshBucket, group, refused } from './cases.ts';
import { s3Of } from './server.ts';

export const buckets = group('buckets', {
  'a bucket that was made is there [test_bucket_head]': async (ground) => {
    const Bucket = await freshBucket(ground);
    const { $metadata } = await ground.s3.send(new HeadBucketCommand({ Bucket }));
    expect($metadata.httpStatusCode).toBe(200);
  },
  'a bucket that does not exist: HEAD [test_bucket_head_notexist]': ({ s3 }) =>
    refused(s3.send(new HeadBucketCommand({ Bucket: fresh('nowhere') })), 404, 'NotFound').then(
      () => undefined,
    ),
  'a bucket that does not exist: list [test_bucket_notexist]': async ({ s3 }) => {
    await refused(s3.send(new ListObjectsV2Command({ Bucket: fresh('nowhere') })), 404, 'NoSuchBucket');
  },
  'a bucket that does not exist: put [test_object_write_to_nonexist_bucket]': async ({ s3 }) => {
    const put = new PutObjectCommand({ Bucket: fresh('nowhere'), Key: 'a', Body: 'a' });
    await refused(s3.send(put), 404, 'NoSuchBucket');
  },
  'a bucket that does not exist: delete [test_bucket_delete_notexist]': async ({ s3 }) => {
    await refused(s3.send(new DeleteBucketCommand({ Bucket: fresh('nowhere') })), 404, 'NoSuchBucket');
  },
  'a bucket is listed among all [test_buckets_create_then_list]': async (ground) => {
    const Bucket = await freshBucket(ground);
    const { Buckets = [] } = await ground.s3.send(new ListBucketsCommand({}));
    const found = Buckets.find(({ Name }) => Name === Bucket);
    expect(found?.CreationDate).toBeInstanceOf(Date);
  },
  'an empty bucket can be removed, once [test_bucket_create_delete]': async (ground) => {
    const Bucket = await freshBucket(ground);
    const { $metadata } = await ground.s3.send(new DeleteBucketCommand({ Bucket }));
    expect($metadata.httpStatusCode).toBe(204);
    await refused(ground.s3.send(new DeleteBucketCommand({ Bucket })), 404, 'NoSuchBucket');
  },
  'a bucket that holds something cannot [test_bucket_delete_nonempty]': async (ground) => {
    const Bucket = await bucketWith(ground, ['foo']);
    await refused(ground.s3.send(new DeleteBucketCommand({ Bucket })), 409, 'BucketNotEmpty');
  },
  'made again by its owner [test_bucket_create_exists]': async (ground) => {
    const Bucket = await freshBucket(ground);
    // In us-east-1 alone AWS answers 200; elsewhere 409.
    const again = await ground.s3.send(new CreateBucketCommand({ Bucket }));
    expect(again.$metadata.httpStatusCode).toBe(200);
  },
  'where it is [test_bucket_get_location]': async (ground) => {
    const Bucket = await freshBucket(ground);
    const { LocationConstraint } = await ground.s3.send(new GetBucketLocationCommand({ Bucket }));
    expect(LocationConstraint ?? '').toBe('');
  },
  'another user may neither see nor remove it [test_list_buckets_anonymous]': async (ground) => {
    const Bucket = await freshBucket(ground);
    const other = s3Of(ground.server, ground.server.user);
    await refused(other.send(new ListObjectsV2Command({ Bucket })), 403, 'AccessDenied');
    await refused(other.send(new HeadBucketCommand({ Bucket })), 403);
    await refused(other.send(new DeleteBucketCommand({ Bucket })), 403, 'AccessDenied');
  },
  ...Object.fromEntries(
    [
      ['too short [test_bucket_create_naming_bad_short_two]', 'aa'],
      ['an IP address [test_bucket_create_naming_bad_ip]', '192.168.5.123'],
      ['two dots [test_bucket_create_naming_dns_dot_dot]', 'foo..bar'],
      ['upper case', 'Upper-Case'],
      ['an underscore [test_bucket_create_naming_dns_underscore]', 'foo_bar'],
      ['a dash at its end [test_bucket_create_naming_dns_dash_at_end]', 'foo-'],
      ['64 characters [test_bucket_create_naming_dns_long]', 'a'.repeat(64)],
    ].map(([what, Bucket]) => [
      `a name that is no bucket's: ${what}`,
      async ({ s3 }: { s3: import('@aws-sdk/client-s3').S3Client }) => {
        await refused(s3.send(new CreateBucketCommand({ Bucket })), 400, 'InvalidBucketName');
      },
    ]),
  ),
});
