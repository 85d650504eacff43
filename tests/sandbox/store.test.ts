import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox } from '../../src/main/sandbox/sandbox.ts';
import { bucket, refusal, type Started, s3Of, start, tree } from './start.ts';
import { startChild } from './start-child.ts';

let outer: string;
beforeAll(async () => {
  outer = await mkdtemp(join(tmpdir(), 'sluice-store-'));
});
afterAll(() => rm(outer, { recursive: true, force: true }));

let folders = 0;
const freshFolder = (): string => join(outer, `store-${++folders}`);

const put = (s3: S3Client, Key: string, Body: string | Buffer = Key) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
const read = async (s3: S3Client, Key: string): Promise<string | undefined> =>
  (await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body?.transformToString();
const remove = (s3: S3Client, Key: string) => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));

describe('keys that are no paths', () => {
  let it: Started;
  beforeAll(async () => {
    it = await start({ store: freshFolder() });
  });
  afterAll(() => it[Symbol.asyncDispose]());

  const hostile = [
    '../escaped',
    '../../escaped',
    'a/../../escaped',
    './a',
    '..',
    '.',
    '/absolute',
    '//two',
    'a//b',
    'a/',
    'a/b/',
    '/',
    'back\\..\\slash',
    'C:\\x',
    'nul',
    'con.txt',
    'ends.',
    'ends ',
    'nu\u0000l',
    'tab\tnewline\r\n',
    'x'.repeat(256),
    `${'y'.repeat(255)}/${'z'.repeat(255)}`,
    '.sluice/index.db',
    '.sluice',
    'über/ñ/漢字/😀',
    '%2e%2e/%2e%2e',
    ' ',
    '*?"<>|',
  ];

  test('all of them at once, and nothing outside the bucket', async () => {
    await Promise.all(hostile.map((key) => put(it.s3, key)));
    for (const key of hostile) expect(await read(it.s3, key)).toBe(key);
    const { Contents } = await it.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    expect(Contents?.map((one) => one.Key).sort()).toEqual([...hostile].sort());
    expect((await readdir(it.folder)).sort()).toEqual(['.sluice', bucket]);
    expect((await readdir(outer)).filter((name) => !name.startsWith('store-'))).toEqual([]);
    for (const key of hostile) await remove(it.s3, key);
    expect(await tree(it.folder)).toEqual([]);
  });

  test('a and a/b live side by side, in either order', async () => {
    await put(it.s3, 'a');
    await put(it.s3, 'a/b');
    await put(it.s3, 'c/d/e');
    await put(it.s3, 'c/d');
    await put(it.s3, 'c');
    for (const key of ['a', 'a/b', 'c/d/e', 'c/d', 'c']) expect(await read(it.s3, key)).toBe(key);
    expect(it.sandbox.fileOf(bucket, 'a')).toBe(join(it.folder, bucket, 'a'));
    await remove(it.s3, 'a');
    expect(await read(it.s3, 'a/b')).toBe('a/b');
    await put(it.s3, 'a/b', 'again');
    expect(await read(it.s3, 'a/b')).toBe('again');
  });

  test('a link that somebody planted is not followed', async () => {
    await symlink(outer, join(it.folder, bucket, 'link'));
    await put(it.s3, 'link/escaped');
    expect(await read(it.s3, 'link/escaped')).toBe('link/escaped');
    expect(existsSync(join(outer, 'escaped'))).toBe(false);
    expect((await readdir(outer)).filter((name) => !name.startsWith('store-'))).toEqual([]);
    await put(it.s3, 'leaf');
    const file = it.sandbox.fileOf(bucket, 'leaf') ?? '';
    await rm(file);
    await symlink('/etc/hostname', file);
    expect(await refusal(read(it.s3, 'leaf'))).toMatchObject({ name: 'NoSuchKey' });
  });

  test('property: what was put is listed and read back, until it is deleted', async () => {
    const segment = fc.oneof(
      fc.constantFrom('a', 'b', '..', '.', '', 'A', ' ', 'é', '.sluice', '%2e'),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    );
    const key = fc
      .array(segment, { minLength: 1, maxLength: 4 })
      .map((segments) => segments.join('/').toWellFormed())
      .filter((text) => text !== '' && Buffer.byteLength(text) <= 1024);
    const keys = fc.uniqueArray(key, { minLength: 1, maxLength: 6 });
    const before = await readdir(outer);
    await fc.assert(
      fc.asyncProperty(keys, fc.uint8Array({ maxLength: 50 }), async (some, bytes) => {
        it.sandbox.createBucket('property');
        const Bucket = 'property';
        const body = (index: number) => Buffer.from([index, ...bytes]);
        for (const [index, Key] of some.entries()) {
          await it.s3.send(new PutObjectCommand({ Bucket, Key, Body: body(index) }));
        }
        const { Contents = [] } = await it.s3.send(new ListObjectsV2Command({ Bucket }));
        const byBytes = [...some].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(Contents.map((one) => one.Key)).toEqual(byBytes);
        for (const [index, Key] of some.entries()) {
          const { Body } = await it.s3.send(new GetObjectCommand({ Bucket, Key }));
          expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(body(index))).toBe(true);
          await it.s3.send(new DeleteObjectCommand({ Bucket, Key }));
        }
        const { KeyCount } = await it.s3.send(new ListObjectsV2Command({ Bucket }));
        expect(KeyCount).toBe(0);
        expect(await readdir(join(it.folder, 'property'))).toEqual([]);
      }),
      { numRuns: 30 },
    );
    expect(await readdir(outer)).toEqual(before);
    expect((await readdir(it.folder)).sort()).toEqual(['.sluice', 'property', bucket]);
  });
});

describe('what a person does in the folder', () => {
  test('a file removed by hand is gone, one changed by hand is found out', async () => {
    await using it = await start({ store: freshFolder() });
    await put(it.s3, 'removed');
    await rm(it.sandbox.fileOf(bucket, 'removed') ?? '');
    expect(await refusal(read(it.s3, 'removed'))).toMatchObject({ name: 'NoSuchKey' });
    await put(it.s3, 'changed', 'right');
    await writeFile(it.sandbox.fileOf(bucket, 'changed') ?? '', 'wrong');
    expect((await refusal(read(it.s3, 'changed'))).message).toMatch(/[Cc]hecksum mismatch/);
    // A file that nobody uploaded is not overwritten.
    await writeFile(join(it.folder, bucket, 'own'), 'mine');
    await put(it.s3, 'own', 'uploaded');
    expect(await readFile(join(it.folder, bucket, 'own'), 'utf8')).toBe('mine');
    expect(await read(it.s3, 'own')).toBe('uploaded');
  });
});

describe('starting again', () => {
  test('buckets, objects and uploads are still there', async () => {
    const store = freshFolder();
    let uploadId: string | undefined;
    let etag: string | undefined;
    {
      await using first = await start({ store });
      await put(first.s3, 'kept/a');
      await put(first.s3, 'kept//odd');
      const upload = { Bucket: bucket, Key: 'up' };
      uploadId = (await first.s3.send(new CreateMultipartUploadCommand(upload))).UploadId;
      const part = { ...upload, UploadId: uploadId, PartNumber: 1, Body: Buffer.from('part') };
      etag = (await first.s3.send(new UploadPartCommand(part))).ETag;
    }
    await using second = await start({ store });
    expect(await read(second.s3, 'kept/a')).toBe('kept/a');
    expect(await read(second.s3, 'kept//odd')).toBe('kept//odd');
    expect(second.sandbox.pendingUploads(bucket)).toMatchObject([
      { key: 'up', uploadId, parts: [{ number: 1, size: 4 }] },
    ]);
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: etag }] };
    await second.s3.send(
      new CompleteMultipartUploadCommand({ Bucket: bucket, Key: 'up', UploadId: uploadId, MultipartUpload }),
    );
    expect(await read(second.s3, 'up')).toBe('part');
  });

  test('the keys of the last start are worthless', async () => {
    const store = freshFolder();
    const first = await startSandbox({ store });
    await first.close();
    await using second = await start({ store });
    expect(second.sandbox.user.arn).toBe(first.user.arn);
    const old = s3Of({ ...second.sandbox, user: first.user }, first.user);
    expect(await refusal(put(old, 'x'))).toMatchObject({ name: 'InvalidAccessKeyId' });
  });

  test('one sandbox at a time, in this process and in others', async () => {
    const store = freshFolder();
    await using first = await start({ store });
    await expect(startSandbox({ store })).rejects.toMatchObject({
      code: 'IN_USE',
      message: expect.stringContaining(store),
    });
    expect(() =>
      new DatabaseSync(join(store, '.sluice', 'index.db')).prepare('SELECT 1 FROM objects'),
    ).toThrow('locked');
    await put(first.s3, 'still-works');
    await first.sandbox.close();
    await using _second = await start({ store });
  });

  test('a folder that is none', async () => {
    const store = freshFolder();
    await writeFile(store, '');
    await expect(startSandbox({ store })).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
    const other = freshFolder();
    await mkdir(join(other, '.sluice'), { recursive: true });
    await writeFile(join(other, '.sluice', 'index.db'), 'no database'.repeat(200));
    await expect(startSandbox({ store: other })).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
  });

  test('a port that is taken', async () => {
    await using first = await start({ store: freshFolder() });
    const port = Number(new URL(first.sandbox.endpoint).port);
    const store = freshFolder();
    await expect(startSandbox({ store, port })).rejects.toMatchObject({ code: 'IN_USE' });
    await (await startSandbox({ store })).close();
  });
});

describe('a killed process', () => {
  test('leaves whole objects only, at whatever moment it dies', async () => {
    const store = freshFolder();
    const whole = [Buffer.alloc(300_000, 'a'), Buffer.alloc(200_000, 'b')];
    for (const delay of [5, 20, 60]) {
      const { child, s3 } = await startChild(store);
      let going = true;
      const writer = async (slot: number): Promise<void> => {
        for (let round = 0; going; round++) await put(s3, `slot-${slot}`, whole[(round + slot) % 2]);
      };
      const writers = Promise.allSettled([0, 1, 2].map(writer));
      await expect.poll(() => existsSync(join(store, bucket, 'slot-0')), { interval: 2 }).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, delay));
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      going = false;
      await Promise.all([exited, writers]);
      s3.destroy();
      await using again = await start({ store });
      const { Contents = [] } = await again.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      expect(Contents.length).toBeGreaterThan(0);
      for (const { Key = '' } of Contents) {
        // Reading verifies the checksum; the size and the bytes must be those of one whole write.
        const text = await read(again.s3, Key);
        expect([whole[0]?.toString(), whole[1]?.toString()]).toContain(text);
      }
      expect((await tree(store)).filter((file) => file.startsWith('.sluice'))).toEqual([]);
      expect((await tree(store)).length).toBe(Contents.length);
    }
  });

  test('between the rename and the index, the next start finishes it', async () => {
    const store = freshFolder();
    {
      await using first = await start({ store });
      await put(first.s3, 'known', 'old');
    }
    // What a death at that moment leaves: the intent, and the file already in its place.
    const database = new DatabaseSync(join(store, '.sluice', 'index.db'));
    const row = database.prepare('SELECT record FROM objects').get();
    const record = JSON.parse(String(row?.record));
    const put2 = database.prepare('INSERT INTO pending (temporary, record) VALUES (?, ?)');
    put2.run('.sluice/tmp/1', JSON.stringify({ ...record, key: 'new', location: `${bucket}/new`, size: 3 }));
    put2.run(
      '.sluice/tmp/2',
      JSON.stringify({ ...record, key: 'lost', location: `${bucket}/lost`, size: 3 }),
    );
    put2.run('.sluice/tmp/3', JSON.stringify({ ...record, size: 99, etag: 'never' }));
    await writeFile(join(store, '.sluice', 'tmp', '3'), 'not renamed');
    database.close();
    await writeFile(join(store, bucket, 'new'), 'old');
    await using second = await start({ store });
    expect(await read(second.s3, 'new')).toBe('old');
    expect(await refusal(read(second.s3, 'lost'))).toMatchObject({ name: 'NoSuchKey' });
    const head = await second.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'known' }));
    expect(head.ETag).toBe(`"${record.etag}"`);
    expect((await tree(store)).sort()).toEqual([`${bucket}/known`, `${bucket}/new`]);
  });
});

/** A file system of 3 MiB, if this system lets us mount one. */
function mountSmall(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'none', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function canMount(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-mount-'));
  const mounted = mountSmall(folder);
  if (mounted) execFileSync('umount', [folder]);
  await rm(folder, { recursive: true });
  return mounted;
}

describe.skipIf(!(await canMount()))('full disk: needs the right to mount a tmpfs', () => {
  test('is an InternalError, nothing is half-written, and space made helps', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-full-'));
    mountSmall(folder);
    const faults: unknown[] = [];
    try {
      await using it = await start({ store: folder, onFault: (error) => faults.push(error) });
      await put(it.s3, 'small', Buffer.alloc(1024 ** 2));
      expect(await refusal(put(it.s3, 'large', Buffer.alloc(4 * 1024 ** 2)))).toMatchObject({
        name: 'InternalError',
        status: 500,
      });
      expect(faults[0]).toMatchObject({ code: 'ENOSPC' });
      expect(await refusal(read(it.s3, 'large'))).toMatchObject({ name: 'NoSuchKey' });
      expect(await tree(folder)).toEqual([`${bucket}/small`]);
      await remove(it.s3, 'small');
      await put(it.s3, 'fits', Buffer.alloc(1024 ** 2));
    } finally {
      execFileSync('umount', [folder]);
      await rm(folder, { recursive: true });
    }
  });
});
