import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucket, refusal, type Started, start, tree } from './start.ts';

const mebi = 1024 ** 2;

let it: Started;
beforeAll(async () => {
  it = await start();
});
afterAll(() => it[Symbol.asyncDispose]());

type CreateMore = Partial<CreateMultipartUploadCommandInput>;
const create = async (Key: string, more: CreateMore = {}): Promise<string> =>
  (await it.s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key, ...more }))).UploadId ?? '';
const upload = (Key: string, UploadId: string, PartNumber: number, Body: Buffer, more: object = {}) =>
  it.s3.send(new UploadPartCommand({ Bucket: bucket, Key, UploadId, PartNumber, Body, ...more }));
const complete = (Key: string, UploadId: string, Parts: CompletedPart[], more: object = {}) =>
  it.s3.send(
    new CompleteMultipartUploadCommand({
      Bucket: bucket,
      Key,
      UploadId,
      MultipartUpload: { Parts },
      ...more,
    }),
  );
const abort = (Key: string, UploadId: string) =>
  it.s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
const bytesOf = async (Key: string): Promise<Buffer> => {
  const { Body } = await it.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
};

/** Base64 of the big-endian CRC-32. */
function crc(data: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(data));
  return bytes.toString('base64');
}

const md5 = (data: Buffer): Buffer => createHash('md5').update(data).digest();

/** Bytes that do not repeat from part to part. */
const filled = (size: number, seed: number): Buffer => {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE((at * 2654435761 + seed) >>> 0, at);
  return bytes;
};

describe('20 MiB in three parts', () => {
  const pieces = [filled(8 * mebi, 1), filled(8 * mebi, 2), filled(4 * mebi, 3)];
  const whole = Buffer.concat(pieces);

  test.each([
    // S3 computes a CRC-64 of the whole where no checksum was named.
    ['the defaults of the SDK', {}, 'FULL_OBJECT', undefined],
    [
      'a CRC-32 of the whole',
      { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' },
      'FULL_OBJECT',
      crc(whole),
    ],
    [
      'a composite CRC-32',
      { ChecksumAlgorithm: 'CRC32' },
      'COMPOSITE',
      `${crc(Buffer.concat(pieces.map((piece) => Buffer.from(crc(piece), 'base64'))))}-3`,
    ],
  ] as const)('with %s', async (name, more, type, expected) => {
    const key = `three/${name}`;
    const id = await create(key, { ...more, Metadata: { job: 'j1' }, ContentType: 'text/csv' });
    const sent = await Promise.all(pieces.map((piece, index) => upload(key, id, index + 1, piece)));
    expect(await refusal(it.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })))).toMatchObject({
      status: 404,
    });
    const parts = sent.map(({ ETag, ChecksumCRC32 }, index) => ({
      ETag,
      ChecksumCRC32,
      PartNumber: index + 1,
    }));
    const done = await complete(key, id, parts, { IfNoneMatch: '*' });
    expect(done.ETag).toBe(`"${md5(Buffer.concat(pieces.map(md5))).toString('hex')}-3"`);
    expect(done.ChecksumCRC32).toBe(expected);
    expect(done.ChecksumType).toBe(type);
    expect((await bytesOf(key)).equals(whole)).toBe(true);
    expect((await readFile(it.sandbox.fileOf(bucket, key) ?? '')).equals(whole)).toBe(true);
    const head = await it.s3.send(
      new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
    );
    expect(head).toMatchObject({
      ContentType: 'text/csv',
      Metadata: { job: 'j1' },
      ContentLength: whole.length,
    });
    expect(head.ChecksumCRC32).toBe(expected);
    expect((await tree(it.folder)).filter((file) => /uploads|tmp/.test(file))).toEqual([]);
  });
});

describe('the claims of CompleteMultipartUpload', () => {
  const body = filled(1000, 9);

  async function onePart(
    key: string,
    more: CreateMore = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' },
  ) {
    const id = await create(key, more);
    const { ETag, ChecksumCRC32 } = await upload(key, id, 1, body);
    return { id, parts: [{ PartNumber: 1, ETag, ChecksumCRC32 }] };
  }

  test('a right checksum and size pass, wrong ones do not, and the upload stays', async () => {
    const { id, parts } = await onePart('claims');
    const wrongSum = complete('claims', id, parts, {
      ChecksumCRC32: 'AAAAAA==',
      ChecksumType: 'FULL_OBJECT',
    });
    expect(await refusal(wrongSum)).toMatchObject({ name: 'BadDigest', status: 400 });
    const wrongSize = complete('claims', id, parts, { MpuObjectSize: 999 });
    expect(await refusal(wrongSize)).toMatchObject({ name: 'InvalidRequest' });
    const wrongType = complete('claims', id, parts, { ChecksumType: 'COMPOSITE' });
    expect(await refusal(wrongType)).toMatchObject({ name: 'InvalidRequest' });
    const otherKind = complete('claims', id, parts, { ChecksumCRC32C: 'AAAAAA==' });
    expect(await refusal(otherKind)).toMatchObject({ name: 'InvalidRequest' });
    await complete('claims', id, parts, {
      ChecksumCRC32: crc(body),
      ChecksumType: 'FULL_OBJECT',
      MpuObjectSize: 1000,
    });
    expect((await bytesOf('claims')).equals(body)).toBe(true);
  });

  test('If-None-Match: * gives 412 and leaves the upload to be aborted', async () => {
    await it.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'taken', Body: 'old' }));
    const { id, parts } = await onePart('taken');
    expect(await refusal(complete('taken', id, parts, { IfNoneMatch: '*' }))).toMatchObject({
      name: 'PreconditionFailed',
      status: 412,
    });
    expect((await bytesOf('taken')).toString()).toBe('old');
    expect(it.sandbox.pendingUploads(bucket).map((pending) => pending.uploadId)).toContain(id);
    await abort('taken', id);
  });

  test('wrong parts', async () => {
    const { id, parts } = await onePart('wrong');
    const [part] = parts;
    const cases: [CompletedPart[], string][] = [
      [[{ ...part, PartNumber: 2 }], 'InvalidPart'],
      [[{ ...part, PartNumber: 1, ETag: '"0123"' }], 'InvalidPart'],
      [[{ ...part, PartNumber: 1, ChecksumCRC32: 'AAAAAA==' }], 'InvalidPart'],
      [
        [
          { ...part, PartNumber: 2 },
          { ...part, PartNumber: 1 },
        ],
        'InvalidPartOrder',
      ],
      [
        [
          { ...part, PartNumber: 1 },
          { ...part, PartNumber: 1 },
        ],
        'InvalidPartOrder',
      ],
      [[{ ...part, PartNumber: 0 }], 'MalformedXML'],
      [[], 'MalformedXML'],
    ];
    for (const [listed, name] of cases) {
      expect(await refusal(complete('wrong', id, listed))).toMatchObject({ name, status: 400 });
    }
    await abort('wrong', id);
  });

  test('a composite upload wants the checksum of each part', async () => {
    const { id, parts } = await onePart('composite', { ChecksumAlgorithm: 'CRC32' });
    const bare = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    const refused = await refusal(complete('composite', id, bare));
    expect(refused).toMatchObject({ name: 'InvalidRequest' });
    expect(refused.message).toContain('missing for part 1');
    await abort('composite', id);
  });

  test('every part but the last has 5 MiB', async () => {
    const id = await create('small');
    const parts: CompletedPart[] = [];
    for (const PartNumber of [1, 2]) {
      const { ETag } = await upload('small', id, PartNumber, body);
      parts.push({ PartNumber, ETag });
    }
    expect(await refusal(complete('small', id, parts))).toMatchObject({
      name: 'EntityTooSmall',
      status: 400,
    });
    await complete('small', id, parts.slice(1));
    expect((await bytesOf('small')).equals(body)).toBe(true);
  });

  test('completed twice at once, one wins and one finds no upload', async () => {
    const { id, parts } = await onePart('twice');
    const results = await Promise.allSettled([complete('twice', id, parts), complete('twice', id, parts)]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await refusal(complete('twice', id, parts))).toMatchObject({ name: 'NoSuchUpload', status: 404 });
  });
});

describe('parts', () => {
  test('a part sent again replaces the one before', async () => {
    const id = await create('again');
    await upload('again', id, 1, Buffer.from('first'));
    const { ETag } = await upload('again', id, 1, Buffer.from('second'));
    await complete('again', id, [{ PartNumber: 1, ETag }]);
    expect((await bytesOf('again')).toString()).toBe('second');
  });

  test('numbers and checksums that do not fit', async () => {
    const id = await create('parts', { ChecksumAlgorithm: 'CRC32C' });
    const body = Buffer.from('x');
    for (const number of [0, 10_001]) {
      expect(await refusal(upload('parts', id, number, body))).toMatchObject({
        name: 'InvalidArgument',
        status: 400,
      });
    }
    const other = await refusal(upload('parts', id, 1, body, { ChecksumAlgorithm: 'CRC32' }));
    expect(other).toMatchObject({ name: 'InvalidRequest' });
    expect(other.message).toContain('expected checksum Type: crc32c, actual checksum Type: crc32');
    await upload('parts', id, 10_000, body, { ChecksumAlgorithm: 'CRC32C' });
    await abort('parts', id);
    const impossible = create('parts', { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' });
    expect(await refusal(impossible)).toMatchObject({ name: 'InvalidRequest' });
  });

  test('an aborted upload is gone with its files', async () => {
    const id = await create('aborted');
    await upload('aborted', id, 1, Buffer.from('x'));
    expect((await tree(it.folder)).filter((file) => file.includes(id))).toHaveLength(1);
    await abort('aborted', id);
    expect((await tree(it.folder)).filter((file) => file.includes(id))).toEqual([]);
    const afterwards = [
      abort('aborted', id),
      upload('aborted', id, 2, Buffer.from('x')),
      complete('aborted', id, [{ PartNumber: 1, ETag: '"x"' }]),
    ];
    for (const refused of await Promise.all(afterwards.map(refusal))) {
      expect(refused).toMatchObject({ name: 'NoSuchUpload', status: 404 });
    }
  });

  test('an upload id of another key, or one made to leave the folder, is no upload', async () => {
    const id = await create('mine');
    expect(await refusal(upload('yours', id, 1, Buffer.from('x')))).toMatchObject({ name: 'NoSuchUpload' });
    expect(await refusal(upload('mine', '../../tests', 1, Buffer.from('x')))).toMatchObject({
      name: 'NoSuchUpload',
    });
    await abort('mine', id);
  });
});

describe('listing', () => {
  test('parts, in pages', async () => {
    const id = await create('listed', { ChecksumAlgorithm: 'CRC32' });
    for (const number of [3, 1, 2]) await upload('listed', id, number, Buffer.alloc(number, 1));
    const list = (more: object) =>
      it.s3.send(new ListPartsCommand({ Bucket: bucket, Key: 'listed', UploadId: id, ...more }));
    const first = await list({ MaxParts: 2 });
    expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2', ChecksumAlgorithm: 'CRC32' });
    expect(first.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(first.Parts?.[0]?.ChecksumCRC32).toBe(crc(Buffer.alloc(1, 1)));
    const second = await list({ PartNumberMarker: first.NextPartNumberMarker });
    expect(second.IsTruncated).toBe(false);
    expect(second.Parts?.map((part) => part.PartNumber)).toEqual([3]);
    await abort('listed', id);
  });

  test('uploads, by prefix, delimiter and pages', async () => {
    const keys = ['u/b/1', 'u/a', 'u/a', 'u/b/2', 'v'];
    const ids = [];
    for (const key of keys) ids.push(await create(key));
    const list = (more: object) =>
      it.s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: 'u/', ...more }));
    const all = await list({});
    expect(all.Uploads?.map((found) => found.Key)).toEqual(['u/a', 'u/a', 'u/b/1', 'u/b/2']);
    expect(all.Uploads?.[0]?.Initiator?.ID).toBe(it.sandbox.user.arn);
    const first = await list({ MaxUploads: 1 });
    expect(first).toMatchObject({ IsTruncated: true, NextKeyMarker: 'u/a' });
    const rest = await list({ KeyMarker: first.NextKeyMarker, UploadIdMarker: first.NextUploadIdMarker });
    expect(rest.Uploads?.map((found) => found.Key)).toEqual(['u/a', 'u/b/1', 'u/b/2']);
    const folded = await list({ Delimiter: '/' });
    expect(folded.Uploads?.map((found) => found.Key)).toEqual(['u/a', 'u/a']);
    expect(folded.CommonPrefixes).toEqual([{ Prefix: 'u/b/' }]);
    expect(it.sandbox.pendingUploads(bucket)).toHaveLength(5);
    for (const [index, key] of keys.entries()) await abort(key, ids[index] ?? '');
    expect(it.sandbox.pendingUploads(bucket)).toEqual([]);
  });
});
