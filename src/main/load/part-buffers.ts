/** The memory that parts are gathered in and sent from: so much and no more, used again and again. */
import { permitsOf } from './permits.ts';

export interface PartBuffer {
  /** Of one part, with whatever was in it before. */
  readonly bytes: Buffer;
  /** Gives it back when nobody reads it any more; a second call does nothing. */
  giveBack(): void;
  /** Lets it go while somebody, such as a request that failed, may still be reading it. */
  abandon(): void;
}

export interface PartBuffers {
  /** Waits until one is free. Whoever waits must hold no other that depends on it. */
  take(signal: AbortSignal): Promise<PartBuffer>;
}

/**
 * Left to the garbage collector, sent parts pile up: it runs by the size of the heap, and their memory lies
 * outside of it. So `count` of them are made at most, and only when that many are in use.
 */
export function partBuffersOf(partBytes: number, count: number): PartBuffers {
  const permits = permitsOf(count);
  const free: Buffer[] = [];
  return {
    async take(signal) {
      const release = await permits.take(signal);
      const bytes = free.pop() ?? Buffer.allocUnsafeSlow(partBytes);
      let held = true;
      return {
        bytes,
        giveBack() {
          if (held) free.push(bytes);
          held = false;
          release();
        },
        abandon() {
          held = false;
          release();
        },
      };
    },
  };
}
