import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { bucket } from './start.ts';
import { startChild } from './start-child.ts';

const mebi = 1024 ** 2;

function streamOf(mebibytes: number): Pick<PutObjectCommandInput, 'Body' | 'ContentLength'> {
  function* chunks() {
    for (let index = 0; index < mebibytes; index++) yield Buffer.alloc(mebi, index);
  }
  return { Body: Readable.from(chunks(), { highWaterMark: 1 }), ContentLength: mebibytes * mebi };
}

test('300 MiB in one streamed put, and back, keep the memory of the sandbox flat', async () => {
  const store = await mkdtemp(join(tmpdir(), 'sluice-memory-'));
  const { child, s3, peakBytes } = await startChild(store);
  try {
    // Once around before measuring, so that what is loaded on first use does not count.
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'warm', ...streamOf(4) }));
    const before = await peakBytes();
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'large', ...streamOf(300) }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'large' }));
    let size = 0;
    // The bytes themselves the SDK compares with the CRC-32 of what was sent.
    for await (const piece of Body as Readable) size += piece.length;
    expect(size).toBe(300 * mebi);
    expect(((await peakBytes()) - before) / mebi).toBeLessThan(100);
  } finally {
    s3.destroy();
    const exited = once(child, 'exit');
    child.kill();
    await exited;
    await rm(store, { recursive: true, force: true });
  }
});
