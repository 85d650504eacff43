/** The rows on the wire: however the network cuts them, however slow the reader is. */
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../../../src/main/sources/postgres/open.ts';
import { CopyOut, chunkBytes } from '../../../src/main/sources/postgres/copy-out.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { failure, never, withSnapshot } from '../../support/source-reading.ts';

const message = (type: string, body: string | Buffer): Buffer => {
  const bytes = Buffer.from(body as string);
  const header = Buffer.alloc(5, type);
  header.writeInt32BE(bytes.length + 4, 1);
  return Buffer.concat([header, bytes]);
};

/** A wire with what pg puts on it: one parser that hears whatever the statement does not keep. */
function wire(copy: CopyOut): { stream: PassThrough; heard: () => string } {
  const stream = new PassThrough();
  let heard = Buffer.alloc(0);
  stream.on('data', (bytes: Buffer) => {
    heard = Buffer.concat([heard, bytes]);
  });
  copy.submit({ stream, query: () => undefined } as unknown as pg.Connection);
  return { stream, heard: () => heard.toString('latin1') };
}

async function drain(copy: CopyOut): Promise<{ text: string; rows: number; chunks: number }> {
  const pieces: Buffer[] = [];
  let rows = 0;
  for (let chunk = await copy.next(); chunk !== null; chunk = await copy.next()) {
    pieces.push(chunk.bytes);
    rows += chunk.rows;
  }
  return { text: Buffer.concat(pieces).toString(), rows, chunks: pieces.length };
}

/** Each piece in memory of its own, as a socket reads it. */
const split = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const at = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => Buffer.from(new Uint8Array(bytes.subarray(at[index], end)).buffer));
};

describe('CopyOut', () => {
  it('finds the same rows wherever the network cuts the bytes', async () => {
    const row = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => `${text}\n`);
    const cuts = fc.array(fc.nat(), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.array(row), cuts, fc.boolean(), async (rows, places, notices) => {
        const between = notices ? [message('N', 'SNOTICE\0\0'), message('S', 'a\0b\0')] : [];
        const end = Buffer.concat([
          message('c', ''),
          message('C', `COPY ${rows.length}\0`),
          message('Z', 'T'),
        ]);
        const start = message('H', '\0\0\0');
        const body = rows.flatMap((text) => [message('d', text), ...between]);
        const copy = new CopyOut('COPY');
        const { stream, heard } = wire(copy);
        const drained = drain(copy);
        for (const piece of split(Buffer.concat([start, ...body, end]), places)) stream.write(piece);
        const others = Buffer.concat([start, ...rows.flatMap(() => between), end]).toString('latin1');
        await expect.poll(heard, { interval: 1 }).toBe(others);
        copy.handleCommandComplete({ text: `COPY ${rows.length}` });
        copy.handleReadyForQuery();
        expect(await drained).toMatchObject({ text: rows.join(''), rows: rows.length });
        await copy.settled;
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['fewer rows', 'COPY 3'],
    ['more rows', 'COPY 1'],
    ['no count', 'SELECT 2'],
  ])('does not take the end for granted: %s announced', async (_name, tag) => {
    const copy = new CopyOut('COPY');
    const { stream } = wire(copy);
    stream.write(Buffer.concat([message('d', 'a\n'), message('d', 'b\n'), message('c', '')]));
    await new Promise((resolve) => setImmediate(resolve));
    copy.handleCommandComplete({ text: tag });
    copy.handleReadyForQuery();
    const error = await failure(drain(copy), 'SOURCE_LOST');
    expect(error.message).toContain('2 rows arrived');
  });

  it.each([
    ['a row without its end', message('d', 'a')],
    ['an unknown message', message('x', 'a')],
    ['a length that cannot be', Buffer.from('d\xff\xff\xff\xff', 'latin1')],
  ])('breaks the connection off at %s', async (_name, bytes) => {
    const copy = new CopyOut('COPY');
    const { stream } = wire(copy);
    stream.on('error', () => undefined);
    stream.write(bytes);
    await failure(drain(copy), 'SOURCE_LOST');
    expect(stream.destroyed).toBe(true);
  });

  it('makes chunks of about a megabyte, and a longer one only for a longer row', async () => {
    const copy = new CopyOut('COPY');
    const { stream } = wire(copy);
    const rows = [
      ...new Array<string>(3000).fill(`${'x'.repeat(999)}\n`),
      `${'y'.repeat(3 * chunkBytes)}\n`,
      'z\n',
    ];
    const sizes: number[][] = [];
    const reading = (async () => {
      for (let chunk = await copy.next(); chunk !== null; chunk = await copy.next()) {
        sizes.push([chunk.bytes.length, chunk.rows]);
      }
    })();
    for (const text of rows) stream.write(message('d', text));
    stream.write(message('c', ''));
    await expect.poll(() => sizes.length).toBe(5);
    copy.handleCommandComplete({ text: `COPY ${rows.length}` });
    copy.handleReadyForQuery();
    await reading;
    expect(sizes).toEqual([
      [1_048_000, 1048],
      [1_048_000, 1048],
      [904_000, 904],
      [3 * chunkBytes + 1, 1],
      [2, 1],
    ]);
  });
});

describe.skipIf(findPostgres() === null)('a slow reader: needs PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres({ tls: false });
    await server.query(
      "CREATE VIEW long AS SELECT i, repeat('x', 200) AS t FROM generate_series(1, 1000000) i",
    );
  });
  afterAll(() => server.stop());

  it('keeps memory flat over a million rows', async () => {
    await using source = await openPostgres({ url: server.url, password: server.password, signal: never() });
    await withSnapshot(source, async (snapshot) => {
      const data = (await snapshot.object({ schema: 'public', name: 'long' })).read(never());
      if (data.format !== 'csv') throw new Error('not CSV');
      const held: number[] = [];
      let rows = 0;
      for await (const chunk of data.chunks) {
        rows += chunk.rows;
        await new Promise((resolve) => setTimeout(resolve, 5));
        held.push(process.memoryUsage().arrayBuffers);
        // As the load does with what it has compressed.
        (chunk.bytes.buffer as ArrayBuffer).transfer(0);
      }
      expect(rows).toBe(1_000_000);
      expect(held.length).toBeGreaterThan(150);
      // 200 MiB of CSV pass; what waits is the chunk in hand, one ready, one filling; nothing is left to the GC
      expect(Math.max(...held) - (held[0] ?? 0)).toBeLessThan(8 * 1024 * 1024);
    });
  });

  it('holds two chunks at most while nobody asks', async () => {
    await using source = await openPostgres({ url: server.url, password: server.password, signal: never() });
    await withSnapshot(source, async (snapshot) => {
      const data = (await snapshot.object({ schema: 'public', name: 'long' })).read(never());
      if (data.format !== 'csv') throw new Error('not CSV');
      const chunks = data.chunks[Symbol.asyncIterator]();
      await chunks.next();
      const before = process.memoryUsage().arrayBuffers;
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5 * 1024 * 1024);
      await chunks.return?.();
    });
  });
});
