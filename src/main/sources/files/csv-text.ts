/** Values that are text in JavaScript as chunks of CSV. */
import type { CsvChunk } from '../source.ts';

/** What stands in quotes, as the load itself writes rows: see encodeRows there. */
export const needsQuotes = /[",\n\r]|^$|^\\\.$|^\uFEFF/;

export const fieldText = (value: string | null): string => {
  if (value === null) return '';
  return needsQuotes.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
};

const usualChunk = 1024 * 1024;

/** Gathers lines that end in a line feed. */
export class LineChunks {
  readonly #limit: number;
  #text = '';
  #rows = 0;

  constructor(limit = usualChunk) {
    this.#limit = limit;
  }

  /** A chunk, when these lines fill one. */
  add(lines: string, rows: number): CsvChunk | undefined {
    this.#text += lines;
    this.#rows += rows;
    return this.#text.length >= this.#limit ? this.take() : undefined;
  }

  take(): CsvChunk | undefined {
    if (this.#rows === 0) return undefined;
    const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(this.#text));
    bytes.write(this.#text);
    const chunk = { bytes, rows: this.#rows };
    this.#text = '';
    this.#rows = 0;
    return chunk;
  }
}
