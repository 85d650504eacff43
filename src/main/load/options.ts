/**
 * The sizes of a load, and with them its memory: what is written here is the high-water mark of every queue.
 *
 * | queue | at most |
 * | --- | --- |
 * | source: a chunk being read, one waiting | 2 MiB (or two rows, where they are longer) x `readers` |
 * | blocks being compressed, or waiting for their turn | 2 MiB x `gzipInFlight` |
 * | parts being filled, sent, or kept for the commit | `partBytes` x `partBuffers` |
 * | journal entries that wait for the disk | those of one turn of the event loop |
 */
import { availableParallelism } from 'node:os';

export interface LoadOptions {
  /** zlib's level, 1 to 9; 0 stores. */
  readonly gzipLevel: number;
  /** Blocks of about 1 MiB that are compressed at once, over all objects. */
  readonly gzipInFlight: number;
  /** A file ends at the first row end after this many compressed bytes. */
  readonly fileBytes: number;
  /** Bytes of an uploaded part: at least 5 MiB, the smallest that S3 takes, and at most 10,000 to a file. */
  readonly partBytes: number;
  readonly partBuffers: number;
  /** Objects that are read at the same time, where the source can. */
  readonly readers: number;
  /** Objects that are read or committed at the same time. */
  readonly objectsInFlight: number;
  /** Milliseconds that a load goes on trying while S3 cannot be reached; sleep of the computer does not count. */
  readonly networkPatience: number;
}

const MiB = 1024 * 1024;

/** Sixteen cores' worth of blocks: more would only be memory. */
const mostBlocks = 18;

/** gzip level 3 has the size of gzip's default at one and a half times its speed (DECISIONS.md). */
export const defaultOptions: LoadOptions = {
  gzipLevel: 3,
  gzipInFlight: Math.min(availableParallelism() + 2, mostBlocks),
  fileBytes: 128 * MiB,
  partBytes: 8 * MiB,
  partBuffers: 8,
  readers: 4,
  objectsInFlight: 8,
  networkPatience: 10 * 60_000,
};
