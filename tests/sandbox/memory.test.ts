import { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { bucket, start } from './start.ts';

const mebi = 1024 ** 2;

test('300 MiB in one streamed put, and back, keep memory flat', async () => {
  await using it = await start();
  const chunk = Buffer.alloc(mebi, 'sluice');
  // Once around before measuring, so that what is loaded on first use does not count.
  await it.s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: 'warm', Body: Readable.from([chunk]), ContentLength: mebi }),
  );
  const before = process.memoryUsage().rss;
  let peak = before;
  function* chunks() {
    for (let index = 0; index < 300; index++) {
      chunk.writeUInt32LE(index);
      peak = Math.max(peak, process.memoryUsage.rss());
      yield Buffer.from(chunk);
    }
  }
  await it.s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: 'large',
      Body: Readable.from(chunks(), { highWaterMark: 1 }),
      ContentLength: 300 * mebi,
    }),
  );
  let size = 0;
  const { Body } = await it.s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'large' }));
  for await (const piece of Body as Readable) {
    size += piece.length;
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  // The bytes themselves the SDK has compared with the CRC-32 of what it had sent.
  expect(size).toBe(300 * mebi);
  expect((peak - before) / mebi).toBeLessThan(100);
});
