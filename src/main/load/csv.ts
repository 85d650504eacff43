/** Rows -> CSV bytes in the one dialect, and the reader's view of the same bytes. */
import type { CsvChunk, ObjectData, Row } from '../sources/source.ts';

/** Encoded bytes that are handed on at once; only a single longer batch makes more. */
const chunkBytes = 1024 * 1024;

/**
 * What stands in quotes: whatever a reader could take for structure, the empty string, which without them is NULL,
 * and `\.`, which PostgreSQL's COPY FROM takes for the end of the data. A column whose name begins with U+FEFF
 * must not make the file begin with a BOM.
 */
const quoted = /[",\n\r]|^$|^\\\.$|^\uFEFF/;

/**
 * Encodes rows by RFC 4180 with LF; each ends with a line feed. By hand, because this is the hottest loop of a
 * load and a general library takes two and a half times as long; the tests hold it against one.
 */
export const encodeRows = (rows: readonly Row[]): Buffer => Buffer.from(textOf(rows), 'utf8');

function textOf(rows: readonly Row[]): string {
  let text = '';
  for (const row of rows) {
    for (let at = 0; at < row.length; at++) {
      if (at > 0) text += ',';
      const field = row[at];
      if (field === null || field === undefined) continue;
      text += quoted.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
    }
    text += '\n';
  }
  return text;
}

/** The header row of every file. */
export const encodeHeader = (columns: readonly string[]): Buffer => encodeRows([columns]);

/** One stream of chunks, whichever way the source reads. */
export function chunksOf(data: ObjectData): AsyncIterable<CsvChunk> {
  return data.format === 'csv' ? data.chunks : encodeBatches(data.batches);
}

async function* encodeBatches(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<CsvChunk> {
  // Written in one place: a buffer per batch, joined afterwards, would be twice the memory.
  let chunk = Buffer.alloc(0);
  let filled = 0;
  let rows = 0;
  for await (const batch of batches) {
    const text = textOf(batch);
    const bytes = Buffer.byteLength(text, 'utf8');
    if (filled + bytes > chunk.length) {
      if (rows > 0) yield { bytes: chunk.subarray(0, filled), rows };
      chunk = Buffer.allocUnsafeSlow(Math.max(chunkBytes, bytes));
      filled = 0;
      rows = 0;
    }
    filled += chunk.write(text, filled, 'utf8');
    rows += batch.length;
  }
  if (rows > 0) yield { bytes: chunk.subarray(0, filled), rows };
}

export interface RowCounter {
  /** Takes the next bytes of a CSV file. */
  push(bytes: Uint8Array): void;
  /** Records so far, the header included. */
  readonly records: number;
}

/** Counts CSV records: line feeds outside quotes. Doubled quotes inside a field cancel each other out. */
export function rowCounter(): RowCounter {
  let records = 0;
  let quoted = false;
  return {
    push(bytes) {
      for (let at = 0; at < bytes.length; at++) {
        const byte = bytes[at];
        if (byte === 0x22) quoted = !quoted;
        else if (byte === 0x0a && !quoted) records++;
      }
    },
    get records() {
      return records;
    },
  };
}
