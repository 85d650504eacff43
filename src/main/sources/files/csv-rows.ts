/**
 * CSV of any dialect, byte by byte, as CSV of ours. A field goes from one buffer to the other without a JavaScript
 * value in between, and nothing of it is guessed: no trimming, no types, no repairing.
 */
import { isUtf8 } from 'node:buffer';
import type { CsvChunk } from '../source.ts';

export interface CsvFormat {
  /** One character. */
  readonly delimiter: string;
  /** One ASCII character, or '' where nothing is quoted. */
  readonly quote: string;
  /** What makes a quote inside quotes a character: the quote itself, or another ASCII character. */
  readonly escape: string;
  /** A field that is this, and not in quotes, is NULL. */
  readonly nullText: string;
  /** `cr` where lines end in a carriage return alone; otherwise in LF or CRLF, also mixed. */
  readonly lineEnd: 'lf' | 'cr';
}

export interface BadRow {
  /** Of the file, from 1: where the row begins. */
  readonly line: number;
  readonly reason: string;
  /** As they stand in the file, without the line end; may be changed once the call is over. */
  readonly bytes: Buffer;
}

export interface CsvRowsOptions {
  readonly format: CsvFormat;
  /** Fields of a row; 0 takes the number of the first row. */
  readonly columns: number;
  /** Throws, or sees to it that the row is not lost. */
  readonly onBadRow: (row: BadRow) => void;
  /** The line of the first byte; 1 if absent. */
  readonly line?: number;
  /** Bytes of an ordinary chunk; 1 MiB if absent. */
  readonly chunkBytes?: number;
  readonly longestRow?: number;
  /** The first row is the header, and no row. */
  readonly header?: boolean;
  /** Rows may differ in length; for looking at a file before its form is known. */
  readonly anyLength?: boolean;
}

/** Bytes of the longest row, in the file. */
export const longestRow = 16 * 1024 * 1024;

const comma = 0x2c;
const doubleQuote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** Room of a chunk beyond its ordinary size, so that rows of everyday length need no second try. */
const slack = 64 * 1024;

/** Outcomes of reading a row besides where it ends. */
const unfinished = -1;
const bad = -2;

export class CsvRows {
  /** Blank lines so far, which are no rows where there are several columns. */
  blankLines = 0;
  columns: number;
  /** Of the next row. */
  line: number;

  readonly #options: CsvRowsOptions;
  readonly #delimiter: Buffer;
  readonly #quote: number;
  readonly #escape: number;
  readonly #nullText: Buffer;
  readonly #end: number;
  readonly #chunkBytes: number;
  readonly #longest: number;

  /** What was not read yet. */
  #source: Buffer = Buffer.alloc(0);
  #target = Buffer.alloc(0);
  #filled = 0;
  #rows = 0;

  // what reading a row found out besides its end
  #fields = 0;
  #lines = 0;
  #written = 0;
  #reason = '';
  #badFrom = 0;
  /** The header is still to come. */
  #header: boolean;
  /** Nothing follows what is in the source. */
  #last = false;

  constructor(options: CsvRowsOptions) {
    const { format } = options;
    this.#options = options;
    this.columns = options.columns;
    this.#header = options.header ?? false;
    this.line = options.line ?? 1;
    this.#delimiter = Buffer.from(format.delimiter);
    this.#quote = format.quote === '' ? unfinished : format.quote.charCodeAt(0);
    this.#escape = format.quote === '' ? unfinished : format.escape.charCodeAt(0);
    this.#nullText = Buffer.from(format.nullText);
    this.#end = format.lineEnd === 'cr' ? carriageReturn : lineFeed;
    this.#chunkBytes = options.chunkBytes ?? 1024 * 1024;
    this.#longest = options.longestRow ?? longestRow;
  }

  /** Takes the next bytes, which may be kept; yields the chunks that they fill. */
  *push(bytes: Buffer): Generator<CsvChunk, void, void> {
    this.#source = this.#source.length === 0 ? bytes : Buffer.concat([this.#source, bytes]);
    yield* this.#readRows(false);
  }

  /** Nothing follows; yields what is left. */
  *end(): Generator<CsvChunk, void, void> {
    yield* this.#readRows(true);
    if (this.#rows > 0) yield this.#takeChunk();
  }

  *#readRows(last: boolean): Generator<CsvChunk, void, void> {
    const source = this.#source;
    let from = 0;
    const whole = last ? source.length : source.lastIndexOf(this.#end) + 1;
    const valid = isUtf8(source.subarray(0, whole));
    while (from < source.length) {
      const next = this.#readRow(source, from, last);
      if (next === unfinished) {
        if (source.length - from <= this.#longest) break;
        from = this.#setAsideLine(source, from, `it is longer than ${this.#longest / 1024 / 1024} MiB`);
        if (from === unfinished) break;
        continue;
      }
      if (next === bad) {
        const end = this.#setAsideLine(source, from, this.#reason, this.#badFrom);
        if (end !== unfinished) {
          from = end;
          continue;
        }
        break;
      }
      if (this.#written > this.#target.length) {
        if (this.#rows > 0) yield this.#takeChunk();
        // no byte grows to more than two and a pair of quotes
        this.#target = Buffer.allocUnsafeSlow(Math.max(this.#chunkBytes + slack, 4 * (next - from) + 16));
        continue;
      }
      const problem = this.#problem(source, from, next, valid);
      if (problem === '') {
        this.columns = this.#fields;
        if (this.#header) this.#header = false;
        else {
          this.#filled = this.#written;
          this.#rows += 1;
        }
      } else if (problem !== null) {
        this.#options.onBadRow({
          line: this.line,
          reason: problem,
          bytes: withoutEnd(source.subarray(from, next)),
        });
      }
      this.line += this.#lines;
      from = next;
      if (this.#filled >= this.#chunkBytes) yield this.#takeChunk();
    }
    // a copy: what the rest lies in would stay in memory with it
    this.#source = Buffer.from(source.subarray(from));
  }

  /** '' for a row that is as it should be, null for a blank line. */
  #problem(source: Buffer, from: number, next: number, valid: boolean): string | null {
    if (this.columns !== 1 && this.#fields === 1 && isBlank(source, from, next)) {
      this.blankLines += 1;
      return null;
    }
    if (this.columns !== 0 && this.#fields !== this.columns && this.#options.anyLength !== true) {
      return `it has ${many(this.#fields, 'field')} instead of ${this.columns}`;
    }
    if (!valid && !isUtf8(source.subarray(from, next))) return 'it holds bytes that are not UTF-8';
    return '';
  }

  /**
   * Sets aside what stands from `from` to the first line end after `after`, and goes on behind it.
   * @returns where to go on, or unfinished where the line end is still to come
   */
  #setAsideLine(source: Buffer, from: number, reason: string, after = from): number {
    const end = source.indexOf(this.#end, after);
    const next = end === unfinished ? source.length : end + 1;
    if (end === unfinished && this.#isPending(source, from)) return unfinished;
    const bytes = source.subarray(from, next);
    this.#options.onBadRow({ line: this.line, reason, bytes: withoutEnd(bytes) });
    for (const byte of bytes) if (byte === this.#end) this.line += 1;
    return next;
  }

  /** True where more may follow that belongs to the row; at the very end of the file nothing does. */
  #isPending(source: Buffer, from: number): boolean {
    return !this.#last && source.length - from <= this.#longest;
  }

  #takeChunk(): CsvChunk {
    const chunk = { bytes: this.#target.subarray(0, this.#filled), rows: this.#rows };
    this.#target = Buffer.allocUnsafeSlow(this.#chunkBytes + slack);
    this.#filled = 0;
    this.#rows = 0;
    return chunk;
  }

  /** Reads one row and writes it. Writing may run over the end of the target: then it has to be done again. */
  #readRow(source: Buffer, from: number, last: boolean): number {
    this.#last = last;
    const target = this.#target;
    const length = source.length;
    const end = this.#end;
    const quote = this.#quote;
    const escaping = this.#escape;
    const delimiter = this.#delimiter[0] ?? comma;
    const long = this.#delimiter.length > 1;
    let at = this.#filled;
    let i = from;
    let fields = 0;
    let lines = 0;
    for (;;) {
      const fieldAt = at;
      let quoting = false;
      let isText = false;
      let byte = i < length ? (source[i] ?? 0) : end;
      if (byte === quote && i < length) {
        isText = true;
        i += 1;
        for (;;) {
          if (i >= length) {
            if (!last) return unfinished;
            this.#reason = 'a quote is opened and never closed';
            this.#badFrom = from;
            return bad;
          }
          byte = source[i] ?? 0;
          if (byte === escaping && escaping !== quote && i + 1 < length) {
            const following = source[i + 1] ?? 0;
            if (following === quote || following === escaping) {
              byte = following;
              i += 1;
            }
          } else if (byte === quote) {
            if (i + 1 >= length && !last) return unfinished;
            if (escaping !== quote || source[i + 1] !== quote || i + 1 >= length) break;
            i += 1;
          } else if (byte === escaping && escaping !== quote && !last) {
            return unfinished;
          }
          if (byte === end) lines += 1;
          if (byte === comma || byte === doubleQuote || byte === lineFeed || byte === carriageReturn) {
            if (!quoting) {
              target.copyWithin(fieldAt + 1, fieldAt, at);
              target[fieldAt] = doubleQuote;
              at += 1;
              quoting = true;
            }
            if (byte === doubleQuote) target[at++] = doubleQuote;
          }
          target[at++] = byte;
          i += 1;
        }
        i += 1;
        byte = i < length ? (source[i] ?? 0) : end;
      } else {
        while (byte !== end) {
          if (byte === delimiter && (!long || this.#isDelimiter(source, i))) break;
          if (byte === comma || byte === doubleQuote || byte === carriageReturn || byte === lineFeed) {
            // the carriage return of a CRLF is part of the line end
            if (byte === carriageReturn && (i + 1 >= length ? !last : source[i + 1] === end)) break;
            if (!quoting) {
              target.copyWithin(fieldAt + 1, fieldAt, at);
              target[fieldAt] = doubleQuote;
              at += 1;
              quoting = true;
            }
            if (byte === doubleQuote) target[at++] = doubleQuote;
          }
          target[at++] = byte;
          i += 1;
          byte = i < length ? (source[i] ?? 0) : end;
        }
      }
      if (quoting) target[at++] = doubleQuote;
      else at = this.#finishField(fieldAt, at, isText);
      fields += 1;
      if (i >= length) {
        if (!last) return unfinished;
        break;
      }
      if (byte === delimiter && (!long || this.#isDelimiter(source, i))) {
        target[at++] = comma;
        i += this.#delimiter.length;
        if (i >= length && !last) return unfinished;
        continue;
      }
      if (byte === carriageReturn && end !== carriageReturn) {
        if (i + 1 >= length && !last) return unfinished;
        if (source[i + 1] === lineFeed || i + 1 >= length) i += source[i + 1] === lineFeed ? 1 : 0;
        else byte = 0;
      }
      if (byte === end || byte === carriageReturn) {
        i += 1;
        lines += 1;
        break;
      }
      this.#reason = `in field ${fields}, something follows the closing quote`;
      this.#badFrom = i;
      return bad;
    }
    target[at++] = lineFeed;
    this.#written = at;
    this.#fields = fields;
    this.#lines = Math.max(lines, 1);
    return i;
  }

  /** NULL, the empty string, and what needs quotes without holding any special character. */
  #finishField(fieldAt: number, at: number, isText: boolean): number {
    const target = this.#target;
    const length = at - fieldAt;
    const nothing = this.#nullText;
    if (!isText && length === nothing.length && (length === 0 || this.#isNull(fieldAt))) return fieldAt;
    if (length === 0) {
      target[at] = doubleQuote;
      target[at + 1] = doubleQuote;
      return at + 2;
    }
    const first = target[fieldAt];
    // "\." ends the data for PostgreSQL's COPY FROM; a file must not begin with a byte order mark
    const quoting =
      (first === 0x5c && length === 2 && target[fieldAt + 1] === 0x2e) ||
      (first === 0xef && target[fieldAt + 1] === 0xbb && target[fieldAt + 2] === 0xbf);
    if (!quoting) return at;
    target.copyWithin(fieldAt + 1, fieldAt, at);
    target[fieldAt] = doubleQuote;
    target[at + 1] = doubleQuote;
    return at + 2;
  }

  #isNull(fieldAt: number): boolean {
    for (let k = 0; k < this.#nullText.length; k += 1) {
      if (this.#target[fieldAt + k] !== this.#nullText[k]) return false;
    }
    return true;
  }

  #isDelimiter(source: Buffer, at: number): boolean {
    for (let k = 1; k < this.#delimiter.length; k += 1) {
      if (source[at + k] !== this.#delimiter[k]) return false;
    }
    return true;
  }
}

function isBlank(source: Buffer, from: number, next: number): boolean {
  for (let i = from; i < next; i += 1) {
    const byte = source[i];
    if (byte !== lineFeed && byte !== carriageReturn) return false;
  }
  return true;
}

function withoutEnd(bytes: Buffer): Buffer {
  let to = bytes.length;
  if (bytes[to - 1] === lineFeed) to -= 1;
  if (bytes[to - 1] === carriageReturn) to -= 1;
  return bytes.subarray(0, to);
}

const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
