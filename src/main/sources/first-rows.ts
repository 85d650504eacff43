/** The first rows of an object, from the very bytes that a load would write: read back, never encoded anew. */
import { type FirstRows, lookBytes, type ShownValue, valueBytes } from '../../shared/browse.ts';
import type { ObjectReader } from './source.ts';

/**
 * Takes rows until there are enough, or `lookBytes` were read. Whatever is left is not read.
 * @param reader of a query that ends after `rows` + 1 rows by itself, so that one more row says that there are more
 * @throws what reading throws
 */
export async function takeRows(
  { columns, read }: Pick<ObjectReader, 'columns' | 'read'>,
  rows: number,
  signal: AbortSignal,
): Promise<FirstRows> {
  const taken: (readonly ShownValue[])[] = [];
  let bytes = 0;
  let cutShort = false;
  const data = read(signal);
  const batches = data.format === 'csv' ? csvRows(data.chunks) : plainRows(data.batches);
  reading: for await (const batch of batches) {
    for (const row of batch.rows) {
      taken.push(row);
      if (taken.length > rows) break reading;
    }
    bytes += batch.bytes;
    cutShort = bytes >= lookBytes;
    if (cutShort) break;
  }
  return {
    columns: [...columns],
    rows: taken.slice(0, rows).map((row) => [...row]),
    more: cutShort || taken.length > rows,
  };
}

interface Batch {
  readonly rows: Iterable<readonly ShownValue[]>;
  readonly bytes: number;
}

async function* csvRows(chunks: AsyncIterable<{ readonly bytes: Buffer }>): AsyncGenerator<Batch> {
  for await (const { bytes } of chunks) yield { rows: recordsOf(bytes), bytes: bytes.length };
}

async function* plainRows(
  batches: AsyncIterable<readonly (readonly (string | null)[])[]>,
): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    let bytes = 0;
    for (const row of batch) for (const field of row) bytes += field?.length ?? 0;
    yield { rows: batch.map((row) => row.map(shownField)), bytes };
  }
}

const shownField = (field: string | null): ShownValue => {
  if (field === null || field.length * 3 <= valueBytes) return field;
  const bytes = Buffer.byteLength(field, 'utf8');
  if (bytes <= valueBytes) return field;
  return shownBytes(Buffer.from(field.slice(0, valueBytes), 'utf8'), bytes);
};

const quote = 0x22;
const comma = 0x2c;
const lineFeed = 0x0a;

/**
 * The records of CSV as the sources write it: whole rows, each with its line feed. Long values are passed over, and
 * only their beginnings copied.
 */
export function* recordsOf(bytes: Buffer): Generator<readonly ShownValue[], void, void> {
  let row: ShownValue[] = [];
  let at = 0;
  while (at < bytes.length) {
    const quoted = bytes[at] === quote;
    const from = quoted ? at + 1 : at;
    const [to, doubled] = quoted ? endOfQuotes(bytes, from) : [endOfPlain(bytes, from), 0];
    row.push(shownCsv(bytes, from, to, doubled, quoted));
    at = quoted ? to + 1 : to;
    if (bytes[at] === lineFeed) {
      yield row;
      row = [];
    }
    at += 1;
  }
}

function endOfPlain(bytes: Buffer, from: number): number {
  let to = from;
  while (to < bytes.length && bytes[to] !== comma && bytes[to] !== lineFeed) to += 1;
  return to;
}

/** Where the closing quote is, and how many doubled ones stand before it. */
function endOfQuotes(bytes: Buffer, from: number): readonly [number, number] {
  let doubled = 0;
  let at = bytes.indexOf(quote, from);
  while (at >= 0 && bytes[at + 1] === quote) {
    doubled += 1;
    at = bytes.indexOf(quote, at + 2);
  }
  return [at < 0 ? bytes.length : at, doubled];
}

function shownCsv(bytes: Buffer, from: number, to: number, doubled: number, quoted: boolean): ShownValue {
  // nothing at all is NULL, a pair of quotes the empty string
  if (from === to) return quoted ? '' : null;
  // of twice as many bytes at least the half stays when doubled quotes become single ones
  const raw = bytes.subarray(from, Math.min(to, from + 2 * valueBytes + 2));
  const single = doubled === 0 ? raw : Buffer.from(raw.toString('latin1').replaceAll('""', '"'), 'latin1');
  return shownBytes(single, to - from - doubled);
}

/** @param start of the value, as much as can be shown; `length` are the bytes of all of it */
function shownBytes(start: Buffer, length: number): ShownValue {
  if (length <= valueBytes) return start.toString('utf8');
  let end = Math.min(valueBytes, start.length);
  // not in the middle of a character
  while (end > 0 && ((start[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return { start: start.toString('utf8', 0, end), bytes: length };
}
