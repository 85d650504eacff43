/** Walking a bucket: prefix, delimiter and pages, in the order of the keys' bytes. */
import type { ObjectRecord } from '../store/records.ts';

export type Scan = (lower: Uint8Array, limit: number) => readonly ObjectRecord[];

export interface WalkOptions {
  readonly prefix: string;
  /** '' for none. */
  readonly delimiter: string;
  /** Where to begin, inclusive. */
  readonly lower: Buffer;
  /** The most entries, keys and common prefixes together. */
  readonly max: number;
}

export interface Page {
  readonly objects: readonly ObjectRecord[];
  /** Common prefixes. */
  readonly prefixes: readonly string[];
  /** Where the next page begins; undefined when this one is the last. */
  readonly next: Buffer | undefined;
}

/** The least byte string that is greater than `bytes`. */
export const after = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.of(0)]);

/** The least byte string that is greater than everything that begins with `bytes`, which are UTF-8. */
export function afterAll(bytes: Buffer): Buffer {
  const next = Buffer.from(bytes);
  // No byte of UTF-8 is 0xff, so there is nothing to carry.
  next[next.length - 1] = (next[next.length - 1] ?? 0) + 1;
  return next;
}

const max = (a: Buffer, b: Buffer): Buffer => (Buffer.compare(a, b) >= 0 ? a : b);

/** The prefix that a key is folded into, if it is. */
function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at === -1 ? undefined : key.slice(0, at + delimiter.length);
}

/** One page; each common prefix is jumped over, however many keys it has. */
export function walk(scan: Scan, options: WalkOptions): Page {
  const { prefix, delimiter } = options;
  const objects: ObjectRecord[] = [];
  const prefixes: string[] = [];
  let lower = max(Buffer.from(prefix), options.lower);
  const pageSize = delimiter === '' ? options.max + 1 : 50;
  for (;;) {
    const rows = scan(lower, pageSize);
    let jumped = false;
    for (const row of rows) {
      if (!row.key.startsWith(prefix)) return { objects, prefixes, next: undefined };
      if (objects.length + prefixes.length === options.max) return { objects, prefixes, next: lower };
      const folded = commonPrefix(row.key, prefix, delimiter);
      if (folded === undefined) {
        objects.push(row);
        lower = after(Buffer.from(row.key));
      } else {
        prefixes.push(folded);
        lower = afterAll(Buffer.from(folded));
        jumped = true;
        break;
      }
    }
    if (!jumped && rows.length < pageSize) return { objects, prefixes, next: undefined };
  }
}
