import { ListObjectsV2Command, type ListObjectsV2CommandInput, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucket, refusal, type Started, start } from './start.ts';

const keys = ['a', 'b/1', 'b/2/x', 'b/2/y', 'b/3', 'c d+e%&', 'é', 'ａ', '\u{10000}'];

let it: Started;
beforeAll(async () => {
  it = await start();
  for (const Key of [...keys].reverse()) {
    await it.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }));
  }
});
afterAll(() => it[Symbol.asyncDispose]());

const list = (more: Partial<ListObjectsV2CommandInput> = {}) =>
  it.s3.send(new ListObjectsV2Command({ Bucket: bucket, ...more }));

/** Every page; the entries in the order in which they came, common prefixes with a mark. */
async function pages(more: Partial<ListObjectsV2CommandInput>): Promise<string[]> {
  const entries: string[] = [];
  let token: string | undefined;
  do {
    const page = await list({ ...more, ContinuationToken: token });
    const both = [
      ...(page.Contents ?? []).map((one) => one.Key ?? ''),
      ...(page.CommonPrefixes ?? []).map((one) => `${one.Prefix}*`),
    ];
    expect(page.KeyCount).toBe(both.length);
    expect(both.length).toBeLessThanOrEqual(more.MaxKeys ?? 1000);
    entries.push(...both);
    token = page.NextContinuationToken;
    expect(page.IsTruncated).toBe(token !== undefined);
  } while (token !== undefined);
  return entries;
}

describe('ListObjectsV2', () => {
  test('sorts by the bytes of UTF-8, which is not the order of JavaScript', async () => {
    const { Contents } = await list();
    expect(Contents?.map((one) => one.Key)).toEqual(keys);
    expect([...keys].sort()).not.toEqual(keys);
    expect(Contents?.[1]).toMatchObject({ Size: 3, StorageClass: 'STANDARD', ChecksumAlgorithm: ['CRC32'] });
    expect(Contents?.[1]?.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(Contents?.[1]?.LastModified).toBeInstanceOf(Date);
  });

  test('prefix and start-after', async () => {
    expect(await pages({ Prefix: 'b/' })).toEqual(['b/1', 'b/2/x', 'b/2/y', 'b/3']);
    expect(await pages({ Prefix: 'nothing' })).toEqual([]);
    expect(await pages({ Prefix: 'b/', StartAfter: 'b/2/x' })).toEqual(['b/2/y', 'b/3']);
    expect(await pages({ StartAfter: 'é' })).toEqual(['ａ', '\u{10000}']);
  });

  test('delimiter', async () => {
    expect(await pages({ Delimiter: '/', Prefix: 'b/' })).toEqual(['b/1', 'b/3', 'b/2/*']);
    expect(await pages({ Delimiter: '/', Prefix: 'b' })).toEqual(['b/*']);
    expect(await pages({ Delimiter: '2/' })).toContain('b/2/*');
  });

  test.each([1, 2, 3, 4])('pages of %i hold everything once', async (MaxKeys) => {
    expect(await pages({ MaxKeys })).toEqual(keys);
    const folded = await pages({ MaxKeys, Delimiter: '/' });
    expect([...folded].sort()).toEqual([...keys.filter((key) => !key.startsWith('b/')), 'b/*'].sort());
  });

  test('max-keys of 0, and beyond 1,000', async () => {
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
    expect(await list({ MaxKeys: 5000 })).toMatchObject({ MaxKeys: 1000 });
    expect(await refusal(list({ MaxKeys: -1 }))).toMatchObject({ name: 'InvalidArgument', status: 400 });
  });

  test('encoding-type=url', async () => {
    const { Contents, EncodingType } = await list({ EncodingType: 'url' });
    expect(EncodingType).toBe('url');
    expect(Contents?.map((one) => decodeURIComponent(one.Key ?? ''))).toEqual(keys);
    expect(Contents?.[5]?.Key).toBe('c%20d%2Be%25%26');
  });

  test('a forged token', async () => {
    const forged = await refusal(list({ ContinuationToken: 'forged!' }));
    expect(forged).toMatchObject({ name: 'InvalidArgument', status: 400 });
  });

  test('a thousand keys under one common prefix are one entry', async () => {
    const more = Array.from({ length: 200 }, (_, index) => `z/${String(index).padStart(4, '0')}`);
    await Promise.all(
      more.map((Key) => it.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }))),
    );
    expect(await pages({ Delimiter: '/', StartAfter: 'c' })).toContain('z/*');
    expect(await pages({ Prefix: 'z/', MaxKeys: 7 })).toEqual(more);
  });
});
