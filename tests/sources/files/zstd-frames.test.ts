/** zstd files of several frames, as pzstd and cat make them, wherever the reads are cut. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { framePieces } from '../../../src/main/sources/files/zstd-frames.ts';

const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]);

async function framesOf(bytes: Buffer, cut: number): Promise<Buffer[]> {
  async function* reads() {
    for (let at = 0; at < bytes.length; at += cut) yield bytes.subarray(at, at + cut);
  }
  const frames: Buffer[] = [];
  let open: Buffer[] = [];
  for await (const { bytes: piece, last } of framePieces(reads())) {
    open.push(Buffer.from(piece));
    if (!last) continue;
    frames.push(Buffer.concat(open));
    open = [];
  }
  if (open.length > 0) frames.push(Buffer.concat(open));
  return frames;
}

test('every frame comes whole, and by itself', async () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    fc.integer({ min: 0, max: 400_000 }).map((length) => Buffer.alloc(length, 'a')),
  );
  const frame = fc.record({ content, checksum: fc.constantFrom(0, 1), skip: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(frame, { maxLength: 4 }),
      fc.integer({ min: 1, max: 40 }),
      async (frames, cut) => {
        const file = frames.map((one) => {
          const packed = zstdCompressSync(one.content, {
            params: { [constants.ZSTD_c_checksumFlag]: one.checksum },
          });
          return one.skip ? Buffer.concat([skippable, packed]) : packed;
        });
        const found = await framesOf(Buffer.concat([...file, skippable]), cut);
        expect(found.map((bytes) => zstdDecompressSync(bytes).toString('hex'))).toEqual(
          frames.map((one) => one.content.toString('hex')),
        );
      },
    ),
    { numRuns: 100 },
  );
});

test('a file that is cut off ends within a frame, or before one', async () => {
  const file = zstdCompressSync('hello, hello, hello');
  for (let length = 5; length < file.length; length += 1) {
    const [only = Buffer.alloc(0)] = await framesOf(file.subarray(0, length), 7);
    expect(() => zstdDecompressSync(only)).toThrow();
  }
});

test('what is no frame is not taken for the end', async () => {
  const file = Buffer.concat([zstdCompressSync('x'), Buffer.from('something else that follows')]);
  await expect(framesOf(file, 9)).rejects.toThrow('Unknown frame');
});
