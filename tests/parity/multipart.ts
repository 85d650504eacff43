/** Multipart uploads. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { bytesOf, fresh, freshBucket, type Ground, group, mebibytes, refused, textOf } from './cases.ts';

interface Part {
  readonly PartNumber: number;
  readonly ETag: string;
}

async function begin({ s3, bucket }: Ground, Key: string, more: object = {}): Promise<string> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key, ...more }));
  return UploadId ?? '';
}

async function send(
  ground: Ground,
  Key: string,
  UploadId: string,
  PartNumber: number,
  Body: Buffer | string,
): Promise<Part> {
  const { ETag = '' } = await ground.s3.send(
    new UploadPartCommand({ Bucket: ground.bucket, Key, UploadId, PartNumber, Body }),
  );
  return { PartNumber, ETag };
}

const complete = (
  { s3, bucket }: Ground,
  Key: string,
  UploadId: string,
  Parts: readonly Part[],
  more: object = {},
) =>
  s3.send(
    new CompleteMultipartUploadCommand({
      ...{ Bucket: bucket, Key, UploadId },
      MultipartUpload: { Parts: [...Parts] },
      ...more,
    }),
  );

const read = async ({ s3, bucket }: Ground, Key: string) =>
  bytesOf((await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body);

const five = mebibytes(5);

export const multipart = group('multipart uploads', {
  'parts become one object [test_multipart_upload]': async (ground) => {
    const Key = fresh('parts');
    const id = await begin(ground, Key, { ContentType: 'text/bla', Metadata: { foo: 'bar' } });
    const parts = [await send(ground, Key, id, 1, five), await send(ground, Key, id, 2, 'end')];
    await complete(ground, Key, id, parts);
    expect((await read(ground, Key)).equals(Buffer.concat([five, Buffer.from('end')]))).toBe(true);
    const head = await ground.s3.send(new HeadObjectCommand({ Bucket: ground.bucket, Key }));
    expect(head).toMatchObject({ ContentType: 'text/bla', Metadata: { foo: 'bar' } });
    expect(head.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  },
  'the answer carries the ETag': async (ground) => {
    const Key = fresh('etag');
    const id = await begin(ground, Key);
    const { ETag } = await complete(ground, Key, id, [await send(ground, Key, id, 1, 'a')]);
    expect(ETag).toMatch(/^"[0-9a-f]{32}-1"$/);
  },
  'nothing is visible before [test_multipart_upload_contents]': async (ground) => {
    const Key = fresh('hidden');
    const id = await begin(ground, Key);
    await send(ground, Key, id, 1, five);
    await refused(ground.s3.send(new HeadObjectCommand({ Bucket: ground.bucket, Key })), 404);
    await ground.s3.send(new AbortMultipartUploadCommand({ Bucket: ground.bucket, Key, UploadId: id }));
  },
  'without any part [test_multipart_upload_empty]': async (ground) => {
    const Key = fresh('empty');
    const id = await begin(ground, Key);
    await refused(complete(ground, Key, id, []), 400, 'MalformedXML');
  },
  'a single small part [test_multipart_upload_small]': async (ground) => {
    const Key = fresh('small');
    const id = await begin(ground, Key);
    await complete(ground, Key, id, [await send(ground, Key, id, 1, 'x')]);
    expect((await read(ground, Key)).toString()).toBe('x');
  },
  'a part before the last that is too small [test_multipart_upload_size_too_small]': async (ground) => {
    const Key = fresh('small');
    const id = await begin(ground, Key);
    const parts = [await send(ground, Key, id, 1, 'x'), await send(ground, Key, id, 2, 'y')];
    await refused(complete(ground, Key, id, parts), 400, 'EntityTooSmall');
  },
  'a part sent again replaces the first [test_multipart_upload_resend_part]': async (ground) => {
    const Key = fresh('again');
    const id = await begin(ground, Key);
    await send(ground, Key, id, 1, 'first');
    await complete(ground, Key, id, [await send(ground, Key, id, 1, 'second')]);
    expect((await read(ground, Key)).toString()).toBe('second');
  },
  'over an object that is there [test_multipart_upload_overwrite_existing_object]': async (ground) => {
    const Key = fresh('over');
    await ground.s3.send(new PutObjectCommand({ Bucket: ground.bucket, Key, Body: 'old' }));
    const id = await begin(ground, Key);
    await complete(ground, Key, id, [await send(ground, Key, id, 1, 'new')]);
    expect((await read(ground, Key)).toString()).toBe('new');
  },
  'a part that was not sent [test_multipart_upload_missing_part]': async (ground) => {
    const Key = fresh('missing');
    const id = await begin(ground, Key);
    const { ETag } = await send(ground, Key, id, 1, 'x');
    await refused(complete(ground, Key, id, [{ PartNumber: 9999, ETag }]), 400, 'InvalidPart');
  },
  'a part with a wrong ETag [test_multipart_upload_incorrect_etag]': async (ground) => {
    const Key = fresh('etag');
    const id = await begin(ground, Key);
    await send(ground, Key, id, 1, 'x');
    const parts = [{ PartNumber: 1, ETag: '"ffffffffffffffffffffffffffffffff"' }];
    await refused(complete(ground, Key, id, parts), 400, 'InvalidPart');
  },
  'parts out of order': async (ground) => {
    const Key = fresh('order');
    const id = await begin(ground, Key);
    const [one, two] = [await send(ground, Key, id, 1, five), await send(ground, Key, id, 2, five)];
    await refused(complete(ground, Key, id, [two, one]), 400, 'InvalidPartOrder');
  },
  'part numbers may leave gaps': async (ground) => {
    const Key = fresh('gaps');
    const id = await begin(ground, Key);
    const parts = [await send(ground, Key, id, 3, five), await send(ground, Key, id, 10_000, 'end')];
    await complete(ground, Key, id, parts);
    expect((await read(ground, Key)).length).toBe(five.length + 3);
  },
  'a part number beyond 10,000': async (ground) => {
    const Key = fresh('number');
    const id = await begin(ground, Key);
    await refused(send(ground, Key, id, 10_001, 'x'), 400, 'InvalidArgument');
  },
  'an aborted upload is gone [test_abort_multipart_upload]': async (ground) => {
    const { s3, bucket } = ground;
    const Key = fresh('abort');
    const UploadId = await begin(ground, Key);
    await send(ground, Key, UploadId, 1, 'x');
    await s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
    await refused(send(ground, Key, UploadId, 2, 'x'), 404, 'NoSuchUpload');
    await refused(s3.send(new HeadObjectCommand({ Bucket: bucket, Key })), 404);
  },
  'an upload that does not exist [test_abort_multipart_upload_not_found]': async ({ s3, bucket }) => {
    const abort = new AbortMultipartUploadCommand({ Bucket: bucket, Key: fresh('no'), UploadId: '56788' });
    await refused(s3.send(abort), 404, 'NoSuchUpload');
  },
  'a completed upload is no upload any more': async (ground) => {
    const Key = fresh('done');
    const id = await begin(ground, Key);
    await complete(ground, Key, id, [await send(ground, Key, id, 1, 'x')]);
    await refused(send(ground, Key, id, 2, 'x'), 404, 'NoSuchUpload');
  },
  'uploads are listed [test_list_multipart_upload]': async (ground) => {
    const Bucket = await freshBucket(ground);
    const own = { ...ground, bucket: Bucket };
    const ids = [await begin(own, 'a'), await begin(own, 'a'), await begin(own, 'b/c')];
    const all = await ground.s3.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(all.Uploads?.map(({ UploadId }) => UploadId).sort()).toEqual([...ids].sort());
    const below = await ground.s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'b/' }));
    expect(below.Uploads?.map(({ Key }) => Key)).toEqual(['b/c']);
    const folded = await ground.s3.send(new ListMultipartUploadsCommand({ Bucket, Delimiter: '/' }));
    expect(folded.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['b/']);
  },
  'uploads are listed page by page': async (ground) => {
    const Bucket = await freshBucket(ground);
    const own = { ...ground, bucket: Bucket };
    for (const key of ['a', 'b', 'c']) await begin(own, key);
    const first = await ground.s3.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 2 }));
    expect(first.IsTruncated).toBe(true);
    const rest = await ground.s3.send(
      new ListMultipartUploadsCommand({
        ...{ Bucket, KeyMarker: first.NextKeyMarker, UploadIdMarker: first.NextUploadIdMarker },
      }),
    );
    expect([...(first.Uploads ?? []), ...(rest.Uploads ?? [])].map(({ Key }) => Key)).toEqual([
      'a',
      'b',
      'c',
    ]);
  },
  'parts are listed [test_list_multipart_upload]': async (ground) => {
    const { s3, bucket } = ground;
    const Key = fresh('list');
    const UploadId = await begin(ground, Key);
    for (const number of [1, 2, 3]) await send(ground, Key, UploadId, number, `part ${number}`);
    const all = await s3.send(new ListPartsCommand({ Bucket: bucket, Key, UploadId }));
    expect(all.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 6],
      [2, 6],
      [3, 6],
    ]);
    const page = await s3.send(
      new ListPartsCommand({ Bucket: bucket, Key, UploadId, MaxParts: 1, PartNumberMarker: '1' }),
    );
    expect(page.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([2]);
    expect(page.IsTruncated).toBe(true);
  },
  'a part copied from an object [test_multipart_copy_small]': async (ground) => {
    const { s3, bucket } = ground;
    const [source, Key] = [fresh('source'), fresh('copy')];
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: source, Body: 'some words' }));
    const UploadId = await begin(ground, Key);
    const { CopyPartResult } = await s3.send(
      new UploadPartCopyCommand({
        ...{ Bucket: bucket, Key, UploadId, PartNumber: 1 },
        ...{ CopySource: `${bucket}/${source}`, CopySourceRange: 'bytes=5-9' },
      }),
    );
    await complete(ground, Key, UploadId, [{ PartNumber: 1, ETag: CopyPartResult?.ETag ?? '' }]);
    expect((await read(ground, Key)).toString()).toBe('words');
  },
  'a copied range beyond the end [test_multipart_copy_invalid_range]': async (ground) => {
    const { s3, bucket } = ground;
    const [source, Key] = [fresh('source'), fresh('copy')];
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: source, Body: 'words' }));
    const UploadId = await begin(ground, Key);
    const copy = new UploadPartCopyCommand({
      ...{ Bucket: bucket, Key, UploadId, PartNumber: 1 },
      ...{ CopySource: `${bucket}/${source}`, CopySourceRange: 'bytes=0-21' },
    });
    const error = await s3.send(copy).catch((reason: unknown) => reason);
    expect([400, 416]).toContain(
      (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode,
    );
  },
  'complete only where nothing is': async (ground) => {
    const Key = fresh('new');
    await ground.s3.send(new PutObjectCommand({ Bucket: ground.bucket, Key, Body: 'there' }));
    const id = await begin(ground, Key);
    const parts = [await send(ground, Key, id, 1, 'x')];
    await refused(complete(ground, Key, id, parts, { IfNoneMatch: '*' }), 412, 'PreconditionFailed');
    const found = await ground.s3.send(new GetObjectCommand({ Bucket: ground.bucket, Key }));
    expect(await textOf(found.Body)).toBe('there');
  },
  'a CRC-32 of the whole': async (ground) => {
    const Key = fresh('crc');
    const id = await begin(ground, Key, { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const part = await ground.s3.send(
      new UploadPartCommand({
        ...{ Bucket: ground.bucket, Key, UploadId: id, PartNumber: 1 },
        ...{ Body: Buffer.from('bar'), ChecksumCRC32: 'dv+Mqg==' },
      }),
    );
    const parts = [{ PartNumber: 1, ETag: part.ETag ?? '', ChecksumCRC32: 'dv+Mqg==' }];
    await complete(ground, Key, id, parts, { ChecksumCRC32: 'dv+Mqg==', ChecksumType: 'FULL_OBJECT' });
    const head = await ground.s3.send(
      new HeadObjectCommand({ Bucket: ground.bucket, Key, ChecksumMode: 'ENABLED' }),
    );
    expect(head).toMatchObject({ ChecksumCRC32: 'dv+Mqg==', ChecksumType: 'FULL_OBJECT' });
  },
});
