/**
 * One gzip member, compressed in parallel: blocks are deflated at the same time on the libuv pool and joined
 * in order, as pigz does. Each block ends at a byte boundary (Z_SYNC_FLUSH) and starts with the last 32 KiB
 * before it as dictionary, so the ratio stays within a few per cent of one long stream.
 */
import { constants, crc32, createDeflateRaw } from 'node:zlib';
import type { Permits } from './permits.ts';

/** Bytes of a block; the pool's unit of work. */
const blockBytes = 1024 * 1024;
/** zlib's output comes in pieces of this size, as a rule one to a block. */
const outputBytes = blockBytes / 2;
/** Smaller pieces are gathered first, or go with the block before them: a block has its price. */
const smallBytes = 256 * 1024;
/** How far deflate looks back. */
const windowBytes = 32 * 1024;
/** ID, method deflate, no name, no time (so that the same rows give the same file), unknown system. */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** A final, empty block: everything before it was flushed, not finished. */
const lastBlock = Buffer.from([0x03, 0x00]);

export interface GzipOptions {
  /** zlib's level, 1 to 9; 0 stores without compressing. */
  readonly level: number;
  /** One for each block from the start of its compression until its output is taken: about 2 MiB. */
  readonly permits: Permits;
  /**
   * Takes the compressed bytes in order; what it returns is awaited before the next are given. The bytes are gone
   * after that: what is kept of them must be copied.
   */
  readonly output: (bytes: Buffer) => Promise<void>;
}

export interface GzipWriter {
  /**
   * Takes bytes to compress, and resolves when more are welcome. The buffer now belongs to the writer, which
   * frees its memory when it is compressed; nothing else may lie in it. One call at a time.
   */
  write(bytes: Buffer): Promise<void>;
  /** Flushes and writes the trailer. */
  end(): Promise<void>;
}

/** Starts a gzip member. After an error, of `output` too, the writer is dead and rejects with that error. */
export function gzipWriter({ level, permits, output }: GzipOptions): GzipWriter {
  /** All that was given so far has been put out. Blocks go out as they are ready, whether or not more come. */
  let written = Promise.resolve();
  let small: Buffer[] = [];
  let gathered = 0;
  /** What came before the next block, at its end. One for all blocks: zlib copies it when it is given it. */
  const dictionary = Buffer.allocUnsafeSlow(windowBytes);
  let remembered = 0;
  let crc = 0;
  let size = 0;
  let started = false;
  let failure: { readonly error: unknown } | undefined;

  function refuseAfterFailure(): void {
    if (failure !== undefined) throw failure.error;
  }

  /** Puts out in order. Bytes that were lost on the way are never followed by others. */
  function putOut(work: () => Promise<void>): void {
    written = written.then(async () => {
      if (failure !== undefined) return;
      try {
        await work();
      } catch (error) {
        failure = { error };
      }
    });
  }

  function start(): void {
    if (started) return;
    started = true;
    putOut(() => output(header));
  }

  function remember(block: Buffer): void {
    const tail = block.subarray(-windowBytes);
    dictionary.copyWithin(0, tail.length);
    tail.copy(dictionary, windowBytes - tail.length);
    remembered = Math.min(remembered + tail.length, windowBytes);
  }

  /** @param done what is not read any more when this block, and with it all before, is compressed */
  async function compress(block: Buffer, done: Buffer | undefined): Promise<void> {
    const giveBack = await permits.take();
    const compressed = deflate(block, level, dictionary.subarray(windowBytes - remembered));
    // A failure surfaces when the block's turn comes; until then it must not count as unhandled.
    compressed.catch(() => undefined);
    remember(block);
    crc = crc32(block, crc);
    size += block.length;
    putOut(async () => {
      const pieces = await compressed;
      for (const piece of pieces) await output(piece);
      for (const piece of pieces) release(piece);
      if (done !== undefined) release(done);
    });
    void written.then(giveBack);
  }

  async function compressSmall(): Promise<void> {
    if (gathered === 0) return;
    const block = Buffer.concat(small, gathered);
    small = [];
    gathered = 0;
    await compress(block, block);
  }

  return {
    async write(bytes) {
      refuseAfterFailure();
      start();
      if (bytes.length < smallBytes) {
        small.push(bytes);
        gathered += bytes.length;
        if (gathered >= smallBytes) await compressSmall();
      } else {
        await compressSmall();
        for (const { block, last } of blocksOf(bytes)) await compress(block, last ? bytes : undefined);
      }
      refuseAfterFailure();
    },
    async end() {
      refuseAfterFailure();
      start();
      await compressSmall();
      const trailer = Buffer.alloc(8);
      trailer.writeUInt32LE(crc >>> 0, 0);
      trailer.writeUInt32LE(size % 2 ** 32, 4);
      putOut(() => output(Buffer.concat([lastBlock, trailer])));
      await written;
      refuseAfterFailure();
    },
  };
}

/**
 * Compresses a block in a thread of the pool, to a byte boundary. By a stream and not by zlib's call for one buffer:
 * that joins what was written and what was flushed, and the memory of the pieces is then left to the garbage
 * collector, half a MiB for each MiB read.
 * @param dictionary what came before; may be empty, and may change as soon as this returns
 */
function deflate(block: Buffer, level: number, dictionary: Buffer): Promise<readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const stream = createDeflateRaw({
      level,
      // Room for twice the symbols in a deflate block: some 3 % faster, and no larger.
      memLevel: 9,
      finishFlush: constants.Z_SYNC_FLUSH,
      // Output in one piece: the default of 16 KiB costs a callback per piece.
      chunkSize: outputBytes,
      ...(dictionary.length === 0 ? {} : { dictionary }),
    });
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('error', reject);
    stream.on('end', () => {
      stream.close();
      resolve(pieces);
    });
    stream.end(block);
  });
}

/** Cuts without copying; the last block takes a short rest with it. */
function* blocksOf(bytes: Buffer): Generator<{ readonly block: Buffer; readonly last: boolean }> {
  for (let from = 0; from < bytes.length; ) {
    const rest = bytes.length - from;
    const length = rest < blockBytes + smallBytes ? rest : blockBytes;
    yield { block: bytes.subarray(from, from + length), last: length === rest };
    from += length;
  }
}

/**
 * Frees memory at once. Left to the garbage collector, some 50 MiB of it pile up in a long load. Short buffers may
 * lie in memory that Node shares out; they do not matter.
 */
function release(bytes: Buffer): void {
  const memory = bytes.buffer;
  // Several pieces may share it: the first frees it for all.
  if (memory instanceof ArrayBuffer && memory.byteLength >= smallBytes) memory.transfer(0);
}
