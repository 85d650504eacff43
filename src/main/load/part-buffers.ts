/** The memory that parts are gathered in, used again and again. */

export interface PartBuffers {
  /** A buffer of one part, with whatever was in it before. */
  take(): Buffer;
  /** Gives a buffer back that nobody reads any more. */
  giveBack(buffer: Buffer): void;
}

/**
 * Left to the garbage collector, sent parts pile up: it runs by the size of the heap, and their memory lies
 * outside of it. As many are made as are in use at the same time.
 */
export function partBuffersOf(partBytes: number): PartBuffers {
  const free: Buffer[] = [];
  return {
    take: () => free.pop() ?? Buffer.allocUnsafeSlow(partBytes),
    giveBack(buffer) {
      free.push(buffer);
    },
  };
}
