/** Objects: written, read, in part, on conditions, deleted. */
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import {
  bucketWith,
  bytesOf,
  fresh,
  type Ground,
  group,
  keysIn,
  mebibytes,
  refused,
  textOf,
} from './cases.ts';
import { s3Of } from './server.ts';

const put = (s3: S3Client, Bucket: string, Key: string, Body: string | Buffer = 'bar', more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (s3: S3Client, Bucket: string, Key: string, more: object = {}) =>
  s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const head = (s3: S3Client, Bucket: string, Key: string, more: object = {}) =>
  s3.send(new HeadObjectCommand({ Bucket, Key, ...more }));

/** Reads a range of `testcontent`. */
const range = (Range: string, expected: string, content: string) => async (ground: Ground) => {
  const { s3, bucket } = ground;
  const Key = fresh('range');
  await put(s3, bucket, Key, 'testcontent');
  const answer = await get(s3, bucket, Key, { Range });
  expect(await textOf(answer.Body)).toBe(expected);
  expect(answer.ContentRange).toBe(content);
  expect(answer.$metadata.httpStatusCode).toBe(206);
};

const past = new Date('1994-10-29T19:43:31Z');
const future = new Date('2100-10-29T19:43:31Z');

export const objects = group('objects', {
  'what was put is got [test_object_write_read_update_read_delete]': async ({ s3, bucket }) => {
    const Key = fresh('foo');
    await put(s3, bucket, Key, 'bar');
    expect(await textOf((await get(s3, bucket, Key)).Body)).toBe('bar');
    await put(s3, bucket, Key, 'soup');
    expect(await textOf((await get(s3, bucket, Key)).Body)).toBe('soup');
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    await refused(get(s3, bucket, Key), 404, 'NoSuchKey');
  },
  'the ETag is the MD5 [test_object_write_check_etag]': async ({ s3, bucket }) => {
    const { ETag } = await put(s3, bucket, fresh('etag'), 'bar');
    expect(ETag).toBe('"37b51d194a7513e45b56f6524f2d51f2"');
  },
  'an empty object [test_object_head_zero_bytes]': async ({ s3, bucket }) => {
    const Key = fresh('empty');
    await put(s3, bucket, Key, '');
    expect((await head(s3, bucket, Key)).ContentLength).toBe(0);
    expect((await bytesOf((await get(s3, bucket, Key)).Body)).length).toBe(0);
  },
  'a large object': async ({ s3, bucket }) => {
    const Key = fresh('large');
    await put(s3, bucket, Key, mebibytes(9));
    expect((await bytesOf((await get(s3, bucket, Key)).Body)).equals(mebibytes(9))).toBe(true);
  },
  'an object that is not there: GET [test_object_read_not_exist]': async ({ s3, bucket }) => {
    await refused(get(s3, bucket, fresh('missing')), 404, 'NoSuchKey');
  },
  'an object that is not there: HEAD': async ({ s3, bucket }) => {
    await refused(head(s3, bucket, fresh('missing')), 404, 'NotFound');
  },
  'an object that is not there: DELETE': async ({ s3, bucket }) => {
    const gone = await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: fresh('missing') }));
    expect(gone.$metadata.httpStatusCode).toBe(204);
  },
  'removed only as it is known': async ({ s3, bucket }) => {
    const Key = fresh('known');
    const { ETag } = await put(s3, bucket, Key, 'bar');
    const gone = await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key, IfMatch: ETag }));
    expect(gone.$metadata.httpStatusCode).toBe(204);
    await refused(head(s3, bucket, Key), 404, 'NotFound');
  },
  'removed only as it is known, and it is not': async ({ s3, bucket }) => {
    const Key = fresh('known');
    await put(s3, bucket, Key, 'bar');
    const other = new DeleteObjectCommand({ Bucket: bucket, Key, IfMatch: '"ABCORZ"' });
    await refused(s3.send(other), 412, 'PreconditionFailed');
    expect(await textOf((await get(s3, bucket, Key)).Body)).toBe('bar');
  },
  'removed only as it is known, and it is not there': async ({ s3, bucket }) => {
    const none = new DeleteObjectCommand({ Bucket: bucket, Key: fresh('missing'), IfMatch: '"ABCORZ"' });
    await refused(s3.send(none), 404, 'NoSuchKey');
  },
  'metadata comes back [test_object_set_get_metadata_none_to_good]': async ({ s3, bucket }) => {
    const Key = fresh('meta');
    await put(s3, bucket, Key, 'x', { Metadata: { 'sluice-job': 'abc', mixed: 'Case' } });
    expect((await head(s3, bucket, Key)).Metadata).toEqual({ 'sluice-job': 'abc', mixed: 'Case' });
  },
  'metadata is replaced as a whole [test_object_set_get_metadata_overwrite_to_empty]': async ({
    s3,
    bucket,
  }) => {
    const Key = fresh('meta');
    await put(s3, bucket, Key, 'x', { Metadata: { a: '1' } });
    await put(s3, bucket, Key, 'x', { Metadata: { b: '2' } });
    expect((await head(s3, bucket, Key)).Metadata).toEqual({ b: '2' });
  },
  'headers of the content come back [test_object_write_cache_control, test_object_write_expires]': async ({
    s3,
    bucket,
  }) => {
    const Key = fresh('headers');
    const headers = {
      ContentType: 'application/gzip',
      CacheControl: 'public, max-age=14400',
      ContentDisposition: 'attachment; filename="a.gz"',
      ContentEncoding: 'gzip',
      ContentLanguage: 'en',
    };
    await put(s3, bucket, Key, 'x', headers);
    expect(await head(s3, bucket, Key)).toMatchObject(headers);
  },
  'without a type': async ({ s3, bucket }) => {
    const Key = fresh('type');
    await put(s3, bucket, Key, 'x');
    expect((await head(s3, bucket, Key)).ContentType).toBe('application/octet-stream');
  },
  'answers take other headers on request [test_object_raw_response_headers]': async ({ s3, bucket }) => {
    const Key = fresh('response');
    await put(s3, bucket, Key, 'x');
    const answer = await get(s3, bucket, Key, {
      ResponseContentType: 'foo/bar',
      ResponseCacheControl: 'no-cache',
      ResponseContentDisposition: 'bla',
      ResponseContentLanguage: 'esperanto',
      ResponseContentEncoding: 'aaa',
    });
    expect(answer).toMatchObject({
      ContentType: 'foo/bar',
      CacheControl: 'no-cache',
      ContentDisposition: 'bla',
      ContentLanguage: 'esperanto',
      ContentEncoding: 'aaa',
    });
  },
  ...Object.fromEntries(
    [
      ' ',
      '"',
      '$',
      '%',
      '&',
      "'",
      '<',
      '>',
      '_',
      '_ ',
      '_ _',
      '__',
      'ü/é',
      '日本/表',
      'a//b',
      'a+b',
      'a b',
      '..',
      'x/../y',
      '%2F',
      '\u{1F600}',
    ].map((name) => [
      `the key ${JSON.stringify(name)} [test_bucket_create_special_key_names]`,
      async (ground: Ground) => {
        const Bucket = await bucketWith(ground, []);
        const Key = name === '..' ? 'a/..' : name;
        await put(ground.s3, Bucket, Key, name);
        expect(await keysIn(ground, Bucket)).toEqual([Key]);
        expect(await textOf((await get(ground.s3, Bucket, Key)).Body)).toBe(name);
      },
    ]),
  ),
  'a key of 1,024 bytes': async ({ s3, bucket }) => {
    const Key = 'é'.repeat(512);
    await put(s3, bucket, Key, 'x');
    expect((await head(s3, bucket, Key)).ContentLength).toBe(1);
  },
  'a key of 1,025 bytes': async ({ s3, bucket }) => {
    await refused(put(s3, bucket, 'k'.repeat(1025)), 400, 'KeyTooLongError');
  },
  'from the 5th byte to the 8th [test_ranged_request_response_code]': range(
    'bytes=4-7',
    'cont',
    'bytes 4-7/11',
  ),
  'from the 5th byte on [test_ranged_request_skip_leading_bytes_response_code]': range(
    'bytes=4-',
    'content',
    'bytes 4-10/11',
  ),
  'the last 7 bytes [test_ranged_request_return_trailing_bytes_response_code]': range(
    'bytes=-7',
    'content',
    'bytes 4-10/11',
  ),
  'more than there is at the end': range('bytes=8-100', 'ent', 'bytes 8-10/11'),
  'a range beyond the end [test_ranged_request_invalid_range]': async ({ s3, bucket }) => {
    const Key = fresh('range');
    await put(s3, bucket, Key, 'testcontent');
    await refused(get(s3, bucket, Key, { Range: 'bytes=40-50' }), 416, 'InvalidRange');
  },
  'a range of an empty object [test_ranged_request_empty_object]': async ({ s3, bucket }) => {
    const Key = fresh('range');
    await put(s3, bucket, Key, '');
    await refused(get(s3, bucket, Key, { Range: 'bytes=40-50' }), 416, 'InvalidRange');
  },
  'If-Match holds [test_get_object_ifmatch_good]': async ({ s3, bucket }) => {
    const Key = fresh('if');
    const { ETag } = await put(s3, bucket, Key);
    expect(await textOf((await get(s3, bucket, Key, { IfMatch: ETag })).Body)).toBe('bar');
  },
  'If-Match fails [test_get_object_ifmatch_failed]': async ({ s3, bucket }) => {
    const Key = fresh('if');
    await put(s3, bucket, Key);
    await refused(get(s3, bucket, Key, { IfMatch: '"ABCORZ"' }), 412, 'PreconditionFailed');
  },
  'If-None-Match fails [test_get_object_ifnonematch_good]': async ({ s3, bucket }) => {
    const Key = fresh('if');
    const { ETag } = await put(s3, bucket, Key);
    await refused(get(s3, bucket, Key, { IfNoneMatch: ETag }), 304);
  },
  'If-None-Match holds [test_get_object_ifnonematch_failed]': async ({ s3, bucket }) => {
    const Key = fresh('if');
    await put(s3, bucket, Key);
    expect(await textOf((await get(s3, bucket, Key, { IfNoneMatch: '"ABCORZ"' })).Body)).toBe('bar');
  },
  'If-Modified-Since holds [test_get_object_ifmodifiedsince_good]': async ({ s3, bucket }) => {
    const Key = fresh('if');
    await put(s3, bucket, Key);
    expect(await textOf((await get(s3, bucket, Key, { IfModifiedSince: past })).Body)).toBe('bar');
  },
  'If-Unmodified-Since fails [test_get_object_ifunmodifiedsince_good]': async ({ s3, bucket }) => {
    const Key = fresh('if');
    await put(s3, bucket, Key);
    await refused(get(s3, bucket, Key, { IfUnmodifiedSince: past }), 412, 'PreconditionFailed');
  },
  'If-Unmodified-Since holds [test_get_object_ifunmodifiedsince_failed]': async ({ s3, bucket }) => {
    const Key = fresh('if');
    await put(s3, bucket, Key);
    expect(await textOf((await get(s3, bucket, Key, { IfUnmodifiedSince: future })).Body)).toBe('bar');
  },
  'put only where nothing is [test_put_object_ifnonmatch_good]': async ({ s3, bucket }) => {
    const Key = fresh('new');
    await put(s3, bucket, Key, 'bar', { IfNoneMatch: '*' });
    expect(await textOf((await get(s3, bucket, Key)).Body)).toBe('bar');
  },
  'put only where nothing is, and something is [test_put_object_ifnonmatch_overwrite_existed_failed]':
    async ({ s3, bucket }) => {
      const Key = fresh('new');
      await put(s3, bucket, Key, 'bar');
      await refused(put(s3, bucket, Key, 'zar', { IfNoneMatch: '*' }), 412, 'PreconditionFailed');
      expect(await textOf((await get(s3, bucket, Key)).Body)).toBe('bar');
    },
  'put only over what is known [test_put_object_ifmatch_good]': async ({ s3, bucket }) => {
    const Key = fresh('known');
    const { ETag } = await put(s3, bucket, Key, 'bar');
    await put(s3, bucket, Key, 'zar', { IfMatch: ETag });
    expect(await textOf((await get(s3, bucket, Key)).Body)).toBe('zar');
  },
  'put only over what is known, and it is not [test_put_object_ifmatch_failed]': async ({ s3, bucket }) => {
    const Key = fresh('known');
    await put(s3, bucket, Key, 'bar');
    await refused(put(s3, bucket, Key, 'zar', { IfMatch: '"ABCORZ"' }), 412, 'PreconditionFailed');
    expect(await textOf((await get(s3, bucket, Key)).Body)).toBe('bar');
  },
  'a wrong MD5 [test_object_create_bad_md5_invalid_short, test_object_create_bad_md5_bad]': async ({
    s3,
    bucket,
  }) => {
    const wrong = Buffer.alloc(16).toString('base64');
    await refused(put(s3, bucket, fresh('md5'), 'bar', { ContentMD5: wrong }), 400, 'BadDigest');
    await refused(
      put(s3, bucket, fresh('md5'), 'bar', { ContentMD5: 'YWJyYWNhZGFicmE=' }),
      400,
      'InvalidDigest',
    );
  },
  'several at once [test_multi_object_delete]': async (ground) => {
    const Bucket = await bucketWith(ground, ['key0', 'key1', 'key2']);
    const Objects = ['key0', 'key1', 'key2'].map((Key) => ({ Key }));
    const first = await ground.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(first.Deleted?.map(({ Key }) => Key).sort()).toEqual(['key0', 'key1', 'key2']);
    expect(first.Errors ?? []).toEqual([]);
    expect(await keysIn(ground, Bucket)).toEqual([]);
    const again = await ground.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(again.Deleted).toHaveLength(3);
  },
  'several at once, quietly': async (ground) => {
    const Bucket = await bucketWith(ground, ['key0', 'key1']);
    const Objects = [{ Key: 'key0' }];
    const answer = await ground.s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    expect(answer.Deleted ?? []).toEqual([]);
    expect(await keysIn(ground, Bucket)).toEqual(['key1']);
  },
  'more than 1,000 at once [test_multi_object_delete_key_limit]': async ({ s3, bucket }) => {
    const Objects = Array.from({ length: 1001 }, (_, at) => ({ Key: `key-${at}` }));
    await refused(
      s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } })),
      400,
      'MalformedXML',
    );
  },
  ...Object.fromEntries(
    (['CRC32', 'CRC32C', 'SHA1', 'SHA256', 'CRC64NVME'] as const).map((ChecksumAlgorithm) => [
      `a checksum by ${ChecksumAlgorithm} is kept [test_object_checksum_${ChecksumAlgorithm.toLowerCase()}]`,
      async ({ s3, bucket }: Ground) => {
        const Key = fresh('sum');
        const field = `Checksum${ChecksumAlgorithm}` as const;
        const stored = await put(s3, bucket, Key, 'bar', { ChecksumAlgorithm });
        expect(stored[field]).toMatch(/^[A-Za-z0-9+/]+=*$/);
        const found = await head(s3, bucket, Key, { ChecksumMode: 'ENABLED' });
        expect(found[field]).toBe(stored[field]);
      },
    ]),
  ),
  'a checksum of S3 itself where none was sent': async ({ server, bucket }) => {
    const s3 = s3Of(server, server.owner, { requestChecksumCalculation: 'WHEN_REQUIRED' });
    const [Bucket, Key] = [bucket, fresh('unsent')];
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: '123456789' }));
    const found = await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    // The check value of CRC-64/NVME.
    const expected = Buffer.from('ae8b14860a799888', 'hex').toString('base64');
    expect(found).toMatchObject({ ChecksumCRC64NVME: expected, ChecksumType: 'FULL_OBJECT' });
  },
  'a wrong checksum [test_object_checksum_sha256]': async ({ s3, bucket }) => {
    const ChecksumSHA256 = Buffer.alloc(32).toString('base64');
    await refused(put(s3, bucket, fresh('sum'), 'bar', { ChecksumSHA256 }), 400, 'BadDigest');
  },
});
