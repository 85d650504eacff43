import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketWebsiteCommand,
  GetObjectCommand,
  GetObjectTorrentCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucket, refusal, type Started, s3Of, start, tree } from './start.ts';

let it: Started;
beforeAll(async () => {
  it = await start();
});
afterAll(() => it[Symbol.asyncDispose]());

const put = (Key: string, Body: string | Buffer, more: object = {}) =>
  it.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...more }));
const get = (Key: string, more: object = {}) =>
  it.s3.send(new GetObjectCommand({ Bucket: bucket, Key, ...more }));
const head = (Key: string, more: object = {}) =>
  it.s3.send(new HeadObjectCommand({ Bucket: bucket, Key, ...more }));

describe('put and get', () => {
  test('an object lies byte for byte where a person looks for it', async () => {
    const body = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256));
    const answer = await put('year=2024/part-00001.csv.gz', body);
    expect(answer.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(answer.ChecksumCRC32).toBeDefined();
    const file = it.sandbox.fileOf(bucket, 'year=2024/part-00001.csv.gz');
    expect(file).toBe(join(it.folder, bucket, 'year=2024', 'part-00001.csv.gz'));
    expect((await readFile(file ?? '')).equals(body)).toBe(true);
    const back = await get('year=2024/part-00001.csv.gz');
    expect(Buffer.from((await back.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
    expect(back.ChecksumCRC32).toBe(answer.ChecksumCRC32);
    expect(back.ChecksumType).toBe('FULL_OBJECT');
  });

  test('a streamed body arrives without its framing', async () => {
    const chunks = Array.from({ length: 40 }, (_, index) => Buffer.alloc(10_000, index));
    await it.s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: 'streamed',
        Body: Readable.from(chunks),
        ContentLength: 400_000,
        ContentEncoding: 'gzip',
      }),
    );
    const file = await readFile(it.sandbox.fileOf(bucket, 'streamed') ?? '');
    expect(file.equals(Buffer.concat(chunks))).toBe(true);
    expect((await head('streamed')).ContentEncoding).toBe('gzip');
  });

  test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'the checksum %s is verified, kept and given back',
    async (ChecksumAlgorithm) => {
      await put(`sum-${ChecksumAlgorithm}`, 'The quick brown fox', { ChecksumAlgorithm });
      const back = await get(`sum-${ChecksumAlgorithm}`);
      expect(back[`Checksum${ChecksumAlgorithm}`]).toMatch(/^[\w+/]+=*$/);
      expect(await back.Body?.transformToString()).toBe('The quick brown fox');
    },
  );

  test('headers and user metadata are kept', async () => {
    const Metadata = { 'sluice-job': 'd12d74f4', rows: '3' };
    await put('meta', 'x', {
      Metadata,
      ContentType: 'text/csv',
      ContentEncoding: 'gzip',
      CacheControl: 'no-cache',
      ContentDisposition: 'attachment',
      ContentLanguage: 'en',
    });
    expect(await head('meta')).toMatchObject({
      Metadata,
      ContentType: 'text/csv',
      ContentEncoding: 'gzip',
      CacheControl: 'no-cache',
      ContentDisposition: 'attachment',
      ContentLanguage: 'en',
      ContentLength: 1,
    });
    const tooMuch = await refusal(put('meta2', 'x', { Metadata: { a: 'y'.repeat(2048) } }));
    expect(tooMuch).toMatchObject({ name: 'MetadataTooLarge', status: 400 });
  });

  test('an empty object', async () => {
    await put('empty', '');
    expect(await (await get('empty')).Body?.transformToString()).toBe('');
    expect(await refusal(get('empty', { Range: 'bytes=0-0' }))).toMatchObject({ name: 'InvalidRange' });
  });

  test.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=5-99', '56789', 'bytes 5-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
  ])('range %s', async (Range, text, contentRange) => {
    await put('digits', '0123456789');
    const part = await get('digits', { Range });
    expect(part.$metadata.httpStatusCode).toBe(206);
    expect(part.ContentRange).toBe(contentRange);
    expect(await part.Body?.transformToString()).toBe(text);
    expect(part.ChecksumCRC32).toBeUndefined();
    expect((await head('digits', { Range })).ContentLength).toBe(text.length);
  });

  test('a range behind the end is refused, a meaningless one ignored', async () => {
    await put('digits', '0123456789');
    expect(await refusal(get('digits', { Range: 'bytes=10-' }))).toMatchObject({
      name: 'InvalidRange',
      status: 416,
    });
    expect((await get('digits', { Range: 'lines=1-2' })).ContentLength).toBe(10);
    expect((await get('digits', { Range: 'bytes=5-2' })).ContentLength).toBe(10);
  });
});

describe('conditions', () => {
  test('If-None-Match: * never overwrites', async () => {
    await put('once', 'first', { IfNoneMatch: '*' });
    expect(await refusal(put('once', 'second', { IfNoneMatch: '*' }))).toMatchObject({
      name: 'PreconditionFailed',
      status: 412,
    });
    expect(await (await get('once')).Body?.transformToString()).toBe('first');
  });

  test('of many concurrent writers with If-None-Match one wins', async () => {
    const writers = Array.from({ length: 20 }, (_, index) =>
      put('race', `writer ${index}`, { IfNoneMatch: '*' }),
    );
    const results = await Promise.allSettled(writers);
    const winners = results.flatMap((result, index) => (result.status === 'fulfilled' ? [index] : []));
    expect(winners).toHaveLength(1);
    expect(await (await get('race')).Body?.transformToString()).toBe(`writer ${winners[0]}`);
  });

  test('If-Match and If-None-Match on reading', async () => {
    const { ETag } = await put('tagged', 'x');
    expect((await get('tagged', { IfMatch: ETag })).ContentLength).toBe(1);
    expect(await refusal(get('tagged', { IfMatch: '"other"' }))).toMatchObject({ status: 412 });
    expect(await refusal(get('tagged', { IfNoneMatch: ETag }))).toMatchObject({ status: 304 });
    expect(await refusal(head('tagged', { IfNoneMatch: ETag }))).toMatchObject({ status: 304 });
    expect(await refusal(head('tagged', { IfMatch: '"other"' }))).toMatchObject({ status: 412 });
    expect((await get('tagged', { IfNoneMatch: '"other"' })).ContentLength).toBe(1);
    const past = new Date(Date.now() - 3_600_000);
    expect(await refusal(get('tagged', { IfUnmodifiedSince: past }))).toMatchObject({ status: 412 });
    expect(await refusal(get('tagged', { IfModifiedSince: new Date() }))).toMatchObject({ status: 304 });
  });

  test('If-Match on writing', async () => {
    const { ETag } = await put('versioned', 'x');
    await put('versioned', 'y', { IfMatch: ETag });
    expect(await refusal(put('versioned', 'z', { IfMatch: ETag }))).toMatchObject({ status: 412 });
    expect(await refusal(put('no-such', 'z', { IfMatch: ETag }))).toMatchObject({ name: 'NoSuchKey' });
  });
});

describe('delete', () => {
  test('an object, and nothing', async () => {
    await put('deep/er/gone', 'x');
    await it.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'deep/er/gone' }));
    const again = await it.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'deep/er/gone' }));
    expect(again.$metadata.httpStatusCode).toBe(204);
    expect(await refusal(get('deep/er/gone'))).toMatchObject({ name: 'NoSuchKey', status: 404 });
    expect((await tree(it.folder)).some((file) => file.includes('deep'))).toBe(false);
    // The folders went with it, so that the name is free for an object.
    await put('deep', 'x');
    expect(it.sandbox.fileOf(bucket, 'deep')).toBe(join(it.folder, bucket, 'deep'));
  });

  test('several at once, loud and quiet', async () => {
    await Promise.all(['m/1', 'm/2', 'm/<&>"\r\n'].map((key) => put(key, 'x')));
    const remove = (Objects: { Key: string }[], Quiet?: boolean) =>
      it.s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet } }));
    const loud = await remove([{ Key: 'm/1' }, { Key: 'm/<&>"\r\n' }, { Key: 'k'.repeat(1025) }]);
    expect(loud.Deleted?.map((one) => one.Key)).toEqual(['m/1', 'm/<&>"\r\n']);
    expect(loud.Errors?.map((one) => one.Code)).toEqual(['KeyTooLongError']);
    expect((await remove([{ Key: 'm/2' }], true)).Deleted).toBeUndefined();
    expect(await refusal(head('m/2'))).toMatchObject({ status: 404 });
    const tooMany = Array.from({ length: 1001 }, (_, index) => ({ Key: `${index}` }));
    expect(await refusal(remove(tooMany))).toMatchObject({ name: 'MalformedXML', status: 400 });
  });
});

describe('refusals', () => {
  test('missing keys and buckets', async () => {
    expect(await refusal(get('nothing'))).toMatchObject({ name: 'NoSuchKey', status: 404 });
    expect(await refusal(head('nothing'))).toMatchObject({ name: 'NotFound', status: 404 });
    const elsewhere = new GetObjectCommand({ Bucket: 'no-such-bucket', Key: 'x' });
    expect(await refusal(it.s3.send(elsewhere))).toMatchObject({ name: 'NoSuchBucket', status: 404 });
    const bucketHead = new HeadBucketCommand({ Bucket: 'no-such-bucket' });
    expect(await refusal(it.s3.send(bucketHead))).toMatchObject({ status: 404 });
  });

  test('a key of 1,025 bytes, and one of 1,024', async () => {
    expect(await refusal(put('ä'.repeat(513), 'x'))).toMatchObject({ name: 'KeyTooLongError', status: 400 });
    await put('ä'.repeat(512), 'x');
    expect((await head('ä'.repeat(512))).ContentLength).toBe(1);
  });

  test('more than 5 GiB is refused before it is sent', async () => {
    const put5 = new PutObjectCommand({
      Bucket: bucket,
      Key: 'huge',
      Body: Readable.from([Buffer.alloc(10)]),
      ContentLength: 5 * 1024 ** 3 + 1,
    });
    expect(await refusal(it.s3.send(put5))).toMatchObject({ name: 'EntityTooLarge', status: 400 });
  });

  test('what is not built says so, and is never a silent success', async () => {
    const calls = [
      it.s3.send(new GetBucketWebsiteCommand({ Bucket: bucket })),
      it.s3.send(new GetObjectTorrentCommand({ Bucket: bucket, Key: 'x' })),
      put('x', 'x', { WebsiteRedirectLocation: '/y' }),
    ];
    for (const refused of await Promise.all(calls.map(refusal))) {
      expect(refused).toMatchObject({ name: 'NotImplemented', status: 501 });
    }
    expect(await refusal(head('x'))).toMatchObject({ status: 404 });
    expect(await refusal(put('x', 'x', { ACL: 'public-read' }))).toMatchObject({
      name: 'AccessControlListNotSupported',
    });
    await put('owned', 'x', { ACL: 'bucket-owner-full-control' });
  });

  test("another account's bucket", async () => {
    const ExpectedBucketOwner = '999999999999';
    expect(await refusal(put('x', 'x', { ExpectedBucketOwner }))).toMatchObject({
      name: 'AccessDenied',
      status: 403,
    });
    await put('mine', 'x', { ExpectedBucketOwner: it.sandbox.accountId });
  });
});

describe('buckets', () => {
  test('create, list, locate', async () => {
    await it.s3.send(new CreateBucketCommand({ Bucket: 'second-bucket' }));
    // In us-east-1, and only there, S3 does not mind.
    await it.s3.send(new CreateBucketCommand({ Bucket: 'second-bucket' }));
    const { Buckets } = await it.s3.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual(['second-bucket', bucket]);
    expect(Buckets?.[0]?.CreationDate).toBeInstanceOf(Date);
    const location = await it.s3.send(new GetBucketLocationCommand({ Bucket: bucket }));
    expect(location.LocationConstraint).toBeUndefined();
    const found = await it.s3.send(new HeadBucketCommand({ Bucket: bucket }));
    expect(found.BucketRegion).toBe('us-east-1');
  });

  test('names that S3 refuses', async () => {
    const names = ['Upper', 'ab', 'a..b', '192.168.0.1', 'xn--x', 'x-s3alias', '.sluice', '-a-'];
    for (const Bucket of names) {
      expect(await refusal(it.s3.send(new CreateBucketCommand({ Bucket })))).toMatchObject({ status: 400 });
      expect(() => it.sandbox.createBucket(Bucket)).toThrow('is not a bucket name');
    }
  });

  test('in another region', async () => {
    await using other = await start({ region: 'eu-west-1' });
    await other.s3.send(new CreateBucketCommand({ Bucket: 'regional' }));
    const location = await other.s3.send(new GetBucketLocationCommand({ Bucket: 'regional' }));
    expect(location.LocationConstraint).toBe('eu-west-1');
    const wrong = new CreateBucketCommand({
      Bucket: 'elsewhere',
      CreateBucketConfiguration: { LocationConstraint: 'ap-southeast-1' },
    });
    expect(await refusal(other.s3.send(wrong))).toMatchObject({ name: 'IllegalLocationConstraintException' });
    const astray = s3Of(other.sandbox, other.sandbox.user, 'ap-southeast-1');
    const refused = await refusal(astray.send(new ListBucketsCommand({})));
    expect(refused).toMatchObject({ name: 'AuthorizationHeaderMalformed', status: 400 });
    expect(refused.message).toContain("expecting 'eu-west-1'");
  });
});

test('50 puts at once', async () => {
  const bodies = Array.from({ length: 50 }, (_, index) => Buffer.alloc(20_000 + index, index));
  await Promise.all(bodies.map((body, index) => put(`many/${index}`, body)));
  for (const [index, body] of bodies.entries()) {
    const file = await readFile(it.sandbox.fileOf(bucket, `many/${index}`) ?? '');
    expect(file.equals(body)).toBe(true);
  }
  expect((await tree(it.folder)).filter((file) => file.startsWith('.sluice/tmp'))).toEqual([]);
});
