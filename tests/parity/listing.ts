/** Listings: prefixes, delimiters, pages, both versions. */
import { ListObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { bucketWith, type Case, type Ground, group, refused } from './cases.ts';

interface Asked {
  readonly Prefix?: string;
  readonly Delimiter?: string;
  readonly MaxKeys?: number;
  readonly StartAfter?: string;
}

interface Listed {
  readonly keys: readonly string[];
  readonly prefixes?: readonly string[];
  readonly truncated?: boolean;
}

const names = (
  list: readonly { Key?: string | undefined; Prefix?: string | undefined }[] | undefined,
): string[] => (list ?? []).map(({ Key, Prefix }) => Key ?? Prefix ?? '');

/** The same case for ListObjectsV2 and ListObjects. */
function both(
  title: string,
  keys: readonly string[],
  asked: Asked,
  expected: Listed,
): Record<string, Case['run']> {
  const wanted = {
    keys: expected.keys,
    prefixes: expected.prefixes ?? [],
    truncated: expected.truncated ?? false,
  };
  return {
    [`${title.replace('bucket_list', 'bucket_listv2')}`]: async (ground: Ground) => {
      const Bucket = await bucketWith(ground, keys);
      const answer = await ground.s3.send(new ListObjectsV2Command({ Bucket, ...asked }));
      expect({
        keys: names(answer.Contents),
        prefixes: names(answer.CommonPrefixes),
        truncated: answer.IsTruncated,
      }).toEqual(wanted);
      expect(answer.KeyCount).toBe(wanted.keys.length + wanted.prefixes.length);
    },
    [`${title}, as ListObjects`]: async (ground: Ground) => {
      const Bucket = await bucketWith(ground, keys);
      const { StartAfter, ...rest } = asked;
      const Marker = StartAfter === undefined ? {} : { Marker: StartAfter };
      const answer = await ground.s3.send(new ListObjectsCommand({ Bucket, ...rest, ...Marker }));
      expect({
        keys: names(answer.Contents),
        prefixes: names(answer.CommonPrefixes),
        truncated: answer.IsTruncated,
      }).toEqual(wanted);
    },
  };
}

const tree = ['foo/bar', 'foo/baz/xyzzy', 'quux/thud', 'asdf'];

export const listing = group('listing', {
  ...both('nothing [test_bucket_list_empty]', [], {}, { keys: [] }),
  ...both(
    'in the order of bytes',
    ['b', 'a/b', 'a', 'B', 'ä', 'a b'],
    {},
    { keys: ['B', 'a', 'a b', 'a/b', 'b', 'ä'] },
  ),
  ...both(
    'folded by a delimiter [test_bucket_list_delimiter_basic]',
    ['foo/bar', 'foo/bar/xyzzy', 'quux/thud', 'asdf'],
    { Delimiter: '/' },
    { keys: ['asdf'], prefixes: ['foo/', 'quux/'] },
  ),
  ...both(
    'another delimiter [test_bucket_list_delimiter_alt]',
    ['bar', 'baz', 'cab', 'foo'],
    { Delimiter: 'a' },
    { keys: ['foo'], prefixes: ['ba', 'ca'] },
  ),
  ...both(
    'a delimiter of a space [test_bucket_list_delimiter_whitespace]',
    ['b ar', 'b az', 'c ab', 'foo'],
    { Delimiter: ' ' },
    { keys: ['foo'], prefixes: ['b ', 'c '] },
  ),
  ...both(
    'a delimiter of a percent sign [test_bucket_list_delimiter_percentage]',
    ['b%ar', 'b%az', 'c%ab', 'foo'],
    { Delimiter: '%' },
    { keys: ['foo'], prefixes: ['b%', 'c%'] },
  ),
  ...both(
    'an empty delimiter [test_bucket_list_delimiter_empty]',
    ['bar', 'baz', 'cab', 'foo'],
    { Delimiter: '' },
    { keys: ['bar', 'baz', 'cab', 'foo'] },
  ),
  ...both(
    'a delimiter that no key has [test_bucket_list_delimiter_not_exist]',
    ['bar', 'baz', 'cab'],
    { Delimiter: '/' },
    { keys: ['bar', 'baz', 'cab'] },
  ),
  ...both(
    'below a prefix [test_bucket_list_prefix_basic]',
    ['foo/bar', 'foo/baz', 'quux'],
    { Prefix: 'foo/' },
    { keys: ['foo/bar', 'foo/baz'] },
  ),
  ...both(
    'a prefix without a slash [test_bucket_list_prefix_alt]',
    ['bar', 'baz', 'foo'],
    { Prefix: 'ba' },
    { keys: ['bar', 'baz'] },
  ),
  ...both(
    'an empty prefix [test_bucket_list_prefix_empty]',
    ['foo/bar', 'quux'],
    { Prefix: '' },
    { keys: ['foo/bar', 'quux'] },
  ),
  ...both(
    'a prefix that no key has [test_bucket_list_prefix_not_exist]',
    ['foo/bar', 'quux'],
    { Prefix: 'd' },
    { keys: [] },
  ),
  ...both(
    'a prefix and a delimiter [test_bucket_list_prefix_delimiter_basic]',
    tree,
    { Prefix: 'foo/', Delimiter: '/' },
    { keys: ['foo/bar'], prefixes: ['foo/baz/'] },
  ),
  ...both(
    'a delimiter inside the prefix [test_bucket_list_prefix_delimiter_alt]',
    ['bar', 'bazar', 'cab', 'foo'],
    { Prefix: 'ba', Delimiter: 'a' },
    { keys: ['bar'], prefixes: ['baza'] },
  ),
  ...both(
    'a prefix of another folder [test_bucket_list_prefix_delimiter_prefix_not_exist]',
    ['b/a/r', 'b/a/c', 'b/a/g', 'g'],
    { Prefix: 'd', Delimiter: '/' },
    { keys: [] },
  ),
  ...both(
    'one [test_bucket_list_maxkeys_one]',
    ['bar', 'baz', 'foo', 'quxx'],
    { MaxKeys: 1 },
    { keys: ['bar'], truncated: true },
  ),
  ...both('none [test_bucket_list_maxkeys_zero]', ['bar', 'baz'], { MaxKeys: 0 }, { keys: [] }),
  ...both('as many as there are', ['bar', 'baz'], { MaxKeys: 2 }, { keys: ['bar', 'baz'] }),
  ...both('folded, one at a time', tree, { Delimiter: '/', MaxKeys: 1 }, { keys: ['asdf'], truncated: true }),
  ...both(
    'after a key [test_bucket_list_marker_after_list]',
    ['bar', 'baz', 'foo', 'quxx'],
    { StartAfter: 'baz' },
    { keys: ['foo', 'quxx'] },
  ),
  ...both(
    'after a key that is not there [test_bucket_list_marker_not_in_list]',
    ['bar', 'baz', 'foo', 'quxx'],
    { StartAfter: 'blah' },
    { keys: ['foo', 'quxx'] },
  ),
  ...both('after the last', ['bar', 'baz'], { StartAfter: 'zzz' }, { keys: [] }),
  'page by page, to the end [test_bucket_listv2_continuationtoken]': async (ground) => {
    const keys = Array.from({ length: 7 }, (_, at) => `key-${at}`);
    const Bucket = await bucketWith(ground, keys);
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await ground.s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 3, ContinuationToken }));
      found.push(...names(page.Contents));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(found).toEqual(keys);
  },
  'folded, page by page [test_bucket_listv2_delimiter_prefix]': async (ground) => {
    const Bucket = await bucketWith(ground, ['asdf', 'boo/bar', 'boo/baz/xyzzy', 'cquux/thud', 'cquux/bla']);
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await ground.s3.send(
        new ListObjectsV2Command({ Bucket, Delimiter: '/', MaxKeys: 1, ContinuationToken }),
      );
      found.push(...names(page.Contents), ...names(page.CommonPrefixes));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(found).toEqual(['asdf', 'boo/', 'cquux/']);
  },
  'ListObjects, folded, marker by marker [test_bucket_list_delimiter_prefix]': async (ground) => {
    const Bucket = await bucketWith(ground, ['asdf', 'boo/bar', 'boo/baz/xyzzy', 'cquux/thud', 'cquux/bla']);
    const found: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await ground.s3.send(
        new ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 1, Marker }),
      );
      found.push(...names(page.Contents), ...names(page.CommonPrefixes));
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(found).toEqual(['asdf', 'boo/', 'cquux/']);
  },
  'keys percent-encoded on request [test_bucket_list_encoding_basic]': async (ground) => {
    const Bucket = await bucketWith(ground, ['foo+1/bar', 'foo/bar/xyzzy', 'quux ab/thud', 'asdf+b']);
    const answer = await ground.s3.send(
      new ListObjectsV2Command({ Bucket, Delimiter: '/', EncodingType: 'url' }),
    );
    expect(names(answer.Contents)).toEqual(['asdf%2Bb']);
    expect(names(answer.CommonPrefixes)).toEqual(['foo%2B1/', 'foo/', 'quux%20ab/']);
  },
  'the owner on request [test_bucket_listv2_fetchowner_notempty]': async (ground) => {
    const Bucket = await bucketWith(ground, ['foo']);
    const answer = await ground.s3.send(new ListObjectsV2Command({ Bucket, FetchOwner: true }));
    expect(answer.Contents?.[0]?.Owner?.ID).toBeTruthy();
    const without = await ground.s3.send(new ListObjectsV2Command({ Bucket }));
    expect(without.Contents?.[0]?.Owner).toBeUndefined();
  },
  'size, ETag and time of an entry [test_bucket_list_return_data]': async (ground) => {
    const Bucket = await bucketWith(ground, ['bar']);
    const { Contents = [] } = await ground.s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents[0]).toMatchObject({ Key: 'bar', Size: 3, ETag: '"37b51d194a7513e45b56f6524f2d51f2"' });
    expect(Math.abs(Date.now() - (Contents[0]?.LastModified?.getTime() ?? 0))).toBeLessThan(60_000);
  },
  'a limit that is no number [test_bucket_list_maxkeys_invalid]': async (ground) => {
    const Bucket = await bucketWith(ground, []);
    const asked = { Bucket, MaxKeys: 'blah' as unknown as number };
    await refused(ground.s3.send(new ListObjectsV2Command(asked)), 400, 'InvalidArgument');
  },
  'a token that is none': async (ground) => {
    const Bucket = await bucketWith(ground, ['a']);
    const listed = ground.s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: 'no-token' }));
    await refused(listed, 400, 'InvalidArgument');
  },
});
