import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bucket, openBucket } from '../../src/main/access/bucket.ts';
import { commitFile } from '../../src/main/load/commit.ts';
import { partBuffersOf } from '../../src/main/load/part-buffers.ts';
import { base64Crc, openPartFile, type StagedFile } from '../../src/main/load/part-file.ts';
import { permitsOf } from '../../src/main/load/permits.ts';
import { withdraw } from '../../src/main/load/withdraw.ts';
import { type Sandbox, startSandbox } from '../../src/main/sandbox/sandbox.ts';
import { failure } from '../support/source-reading.ts';

const partBytes = 5 * 1024 * 1024;
const store = mkdtempSync(join(tmpdir(), 'sluice-parts-'));
const operations: string[] = [];
let sandbox: Sandbox;
let bucket: Bucket;

beforeAll(async () => {
  sandbox = await startSandbox({
    store,
    intercept: ({ operation }) => {
      operations.push(operation);
      return undefined;
    },
  });
  sandbox.createBucket('parts');
  const { region, endpoint, user } = sandbox;
  bucket = openBucket(
    {
      ...{ name: 'd', bucket: 'parts', region, endpoint, stsEndpoint: endpoint },
      ...{ pathPrefix: '', pathStyle: true, access: { type: 'keys', accessKeyId: user.accessKeyId } },
    },
    { externalId: 'unused', secretAccessKey: async () => user.secretAccessKey },
  );
});
afterAll(async () => {
  bucket[Symbol.dispose]();
  await sandbox.close();
  rmSync(store, { recursive: true });
});

const header = Buffer.from('text\n');
interface Made {
  readonly file: StagedFile;
  readonly body: Buffer;
  readonly requests: readonly string[];
}

/** Makes a part file and commits it. Stored without compression, its size follows from that of the body. */
async function make(key: string, body: Buffer): Promise<Made> {
  operations.length = 0;
  const file = await openPartFile(header, {
    ...{ bucket, seq: 1, key, gzipLevel: 0, compressing: permitsOf(1) },
    buffers: partBuffersOf(partBytes, 3),
    headers: { contentType: 'application/gzip', metadata: { 'sluice-job': 'j', 'sluice-file': '0/1' } },
    signal: new AbortController().signal,
    onUpload: async () => undefined,
    onSent: () => undefined,
    onFailure: () => undefined,
  });
  await file.write({ bytes: Buffer.from(body), rows: 1 });
  const staged = await file.finish(true);
  await commitFile(bucket, staged);
  return { file: staged, body, requests: [...operations] };
}

async function download(key: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await bucket.get(key)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** How long the body must be for a file of exactly that many bytes. */
async function bodyFor(bytes: number): Promise<Buffer> {
  let length = bytes - 1000;
  for (let attempt = 0; attempt < 20; attempt++) {
    const made = (await make(`probe/${bytes}/${attempt}`, Buffer.alloc(length, 'x'))).file.bytes;
    if (made === bytes) return Buffer.alloc(length, 'x');
    length += bytes - made;
  }
  throw new Error('no body fits');
}

describe('a part file', () => {
  it.each([
    ['shorter than a part', partBytes - 1, ['PutObject']],
    ['of exactly one part', partBytes, ['PutObject']],
    [
      'of one byte more',
      partBytes + 1,
      ['CreateMultipartUpload', 'UploadPart', 'UploadPart', 'CompleteMultipartUpload'],
    ],
    [
      'of exactly two parts',
      2 * partBytes,
      ['CreateMultipartUpload', 'UploadPart', 'UploadPart', 'CompleteMultipartUpload'],
    ],
  ])('%s', async (name, bytes, requests) => {
    const made = await make(`exact/${name}`, await bodyFor(bytes));
    expect(made.file.bytes).toBe(bytes);
    expect(made.requests).toEqual(requests);
    const stored = await download(`exact/${name}`);
    expect(stored).toHaveLength(bytes);
    expect(base64Crc(crc32(stored))).toBe(made.file.crc32);
    expect(gunzipSync(stored).equals(Buffer.concat([header, made.body]))).toBe(true);
    expect(await bucket.head(`exact/${name}`)).toMatchObject({
      bytes,
      metadata: { 'sluice-job': 'j', 'sluice-file': '0/1' },
      crc32: made.file.crc32,
    });
  });
});

describe('a key that is taken', () => {
  const foreign = Buffer.from('somebody else');
  const headers = { contentType: 'text/plain', metadata: {} };
  const small = (key: string): StagedFile => ({
    ...{ seq: 1, key, rows: 1, bytes: 3, csvBytes: 3, crc32: base64Crc(crc32('abc')), strays: false },
    headers: { contentType: 'application/gzip', metadata: { 'sluice-job': 'j', 'sluice-file': '0/1' } },
    content: { kind: 'body', body: Buffer.from('abc') },
  });

  it('is never overwritten, and never deleted on the way back', async () => {
    await bucket.put('taken', foreign, base64Crc(crc32(foreign)), headers);
    const file = small('taken');
    await failure(commitFile(bucket, file), 'KEY_EXISTS');
    const { metadata } = file.headers;
    const back = { key: 'taken', metadata, uploadId: undefined, strays: false, visible: 'maybe' } as const;
    expect(await withdraw(bucket, back)).toEqual([]);
    expect((await download('taken')).equals(foreign)).toBe(true);
  });

  it('is ours when an earlier try put it there, and only then', async () => {
    const file = small('ours');
    await commitFile(bucket, file);
    await commitFile(bucket, file);
    const { metadata } = file.headers;
    const other: StagedFile = {
      ...file,
      headers: { ...file.headers, metadata: { ...metadata, 'sluice-job': 'k' } },
    };
    await failure(commitFile(bucket, other), 'KEY_EXISTS');
    const back = { key: 'ours', metadata, uploadId: undefined, strays: false, visible: 'maybe' } as const;
    expect(await withdraw(bucket, back)).toEqual([]);
    expect(await bucket.head('ours')).toBeUndefined();
  });
});
