import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GzipOptions, gzipWriter } from '../../src/main/load/gzip.ts';
import { permitsOf } from '../../src/main/load/permits.ts';
import { randomOf } from '../core/tables.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MiB = 1024 * 1024;

async function compress(
  pieces: readonly Buffer[],
  options: Partial<GzipOptions> = {},
): Promise<{ readonly whole: Buffer; readonly pieces: readonly Buffer[] }> {
  const written: Buffer[] = [];
  const writer = gzipWriter({
    level: 3,
    permits: permitsOf(4),
    output: async (bytes) => {
      written.push(Buffer.from(bytes));
    },
    ...options,
  });
  // The writer takes them over.
  for (const piece of pieces) await writer.write(Buffer.from(piece));
  await writer.end();
  return { whole: Buffer.concat(written), pieces: written };
}

/** CSV such as a load has: numbers, words that come again, a little noise. */
function csvText(bytes: number): Buffer {
  const random = randomOf(7);
  const words = ['shipped', 'pending', 'Anna Lindgren', 'returned', 'Zoë Müller', '2024-11-27', 'EUR'];
  let text = '';
  for (let id = 1; text.length < bytes; id++) {
    text += `${id},${words[Math.floor(random() * words.length)]},${(random() * 1e6).toFixed(2)},"${words[Math.floor(random() * words.length)]}, ${Math.floor(random() * 1e9).toString(36)}"\n`;
  }
  return Buffer.from(text).subarray(0, bytes);
}

/** Cuts bytes at the given places. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  );
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

describe('a gzip member made of blocks', () => {
  it('holds the bytes in order, however they came', async () => {
    const sizes = fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 200_000, max: 2_500_000 }));
    const places = fc.array(fc.nat(3_000_000), { maxLength: 12 });
    const source = csvText(2_500_000);
    await fc.assert(
      fc.asyncProperty(sizes, places, fc.integer({ min: 1, max: 6 }), async (size, at, inFlight) => {
        const input = source.subarray(0, size);
        const { whole } = await compress(cutAt(input, at), { permits: permitsOf(inFlight), level: 1 });
        expect(gunzipSync(whole).equals(input)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('is an ordinary file for gzip: one member, the right size and checksum', async () => {
    const input = csvText(3.5 * MiB);
    const file = join(temporaryFolder(), 'x.gz');
    writeFileSync(file, (await compress(cutAt(input, [10, 2 * MiB]))).whole);
    expect(spawnSync('gzip', ['-t', file]).status).toBe(0);
    const listed = execFileSync('gzip', ['-l', file], { encoding: 'utf8' }).trim().split(/\s+/);
    expect(listed).toContain(String(input.length));
    expect(execFileSync('gzip', ['-dc', file], { maxBuffer: 8 * MiB }).equals(input)).toBe(true);
  });

  it.each([
    ['1 MiB at a time', MiB],
    ['a little over 1 MiB at a time', MiB + 5000],
    ['300 KiB at a time', 300 * 1024],
    ['40 KiB at a time', 40 * 1024],
    ['200 bytes at a time', 200],
  ])('is at most 3 %% larger than one stream of zlib: %s', async (_name, step) => {
    const input = csvText(6 * MiB);
    const places = Array.from({ length: Math.floor(input.length / step) }, (_, index) => (index + 1) * step);
    for (const level of [1, 3, 6]) {
      const { whole } = await compress(cutAt(input, places), { level });
      expect(whole.length / gzipSync(input, { level }).length).toBeLessThan(1.03);
    }
  });

  it('frees the memory of what it was given', async () => {
    const input = csvText(2.5 * MiB);
    const given = Buffer.allocUnsafeSlow(input.length);
    input.copy(given);
    const writer = gzipWriter({ level: 1, permits: permitsOf(2), output: async () => undefined });
    await writer.write(given);
    await writer.end();
    expect(given).toHaveLength(0);
  });

  it('is the same file for the same bytes', async () => {
    const input = csvText(2 * MiB);
    expect((await compress([input])).whole.equals((await compress([input])).whole)).toBe(true);
  });

  it('holds nothing where nothing was written', async () => {
    expect(gunzipSync((await compress([])).whole)).toHaveLength(0);
  });

  it('waits for a slow output: no more blocks are taken than may be in flight', async () => {
    const inFlight = 3;
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let outputs = 0;
    const writer = gzipWriter({
      level: 1,
      permits: permitsOf(inFlight),
      output: async () => {
        outputs += 1;
        // The header passes; the first block is held.
        if (outputs > 1) await held;
      },
    });
    const block = csvText(MiB);
    let accepted = 0;
    const writing = (async () => {
      for (let count = 0; count < 10; count++) {
        await writer.write(Buffer.from(block));
        accepted += 1;
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(accepted).toBe(inFlight);
    letGo();
    await writing;
    await writer.end();
    expect(accepted).toBe(10);
  });

  it('dies with its output: the error comes once, and again to whoever goes on; nothing is unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => {
      unhandled.push(error);
    };
    process.on('unhandledRejection', note);
    try {
      const broken = new Error('the output broke');
      let outputs = 0;
      const writer = gzipWriter({
        level: 1,
        permits: permitsOf(2),
        output: async () => {
          outputs += 1;
          if (outputs === 2) throw broken;
        },
      });
      const block = csvText(MiB);
      await expect(
        (async () => {
          for (let count = 0; count < 5; count++) await writer.write(Buffer.from(block));
        })(),
      ).rejects.toBe(broken);
      await expect(writer.write(Buffer.from(block))).rejects.toBe(broken);
      await expect(writer.end()).rejects.toBe(broken);
      expect(outputs).toBe(2);
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      process.off('unhandledRejection', note);
    }
    expect(unhandled).toEqual([]);
  });

  it('surfaces a failure of zlib itself', async () => {
    const writer = gzipWriter({ level: 99, permits: permitsOf(1), output: async () => undefined });
    await expect(
      (async () => {
        await writer.write(csvText(MiB));
        await writer.end();
      })(),
    ).rejects.toThrow();
  });

  it('compresses on more than one thread', async () => {
    // What the main thread used while blocks were deflated shows that the deflating happened elsewhere.
    const input = csvText(8 * MiB);
    const before = process.threadCpuUsage();
    const all = process.cpuUsage();
    await compress(cutAt(input, [MiB, 2 * MiB, 3 * MiB, 4 * MiB, 5 * MiB, 6 * MiB, 7 * MiB]), { level: 6 });
    const main = process.threadCpuUsage(before).user;
    const total = process.cpuUsage(all).user;
    expect(main).toBeLessThan(total / 2);
  });
});
