/** Looks at the beginning of a CSV file and says what it found. Pure. */
import type { FileOptions } from '../../../shared/model.ts';
import { type CsvFormat, CsvRows } from './csv-rows.ts';

export interface Sniffed {
  readonly format: CsvFormat;
  readonly header: boolean;
  readonly columns: readonly string[];
  /** The first rows, without the header; null is NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** What the user should look at. */
  readonly notes: readonly string[];
}

const candidates = [',', '\t', ';', '|'];
const rowsShown = 20;

/**
 * What the options leave open is found out: the delimiter as the one that gives the first rows the same number of
 * fields, the line end. Everything else has a fixed default, so that one odd file does not change how a row is read.
 * @param sample the beginning of the file in UTF-8
 * @param whole the sample is the whole file
 */
export function sniff(sample: Buffer, whole: boolean, options: FileOptions): Sniffed {
  const quote = options.quote ?? '"';
  const rest: Omit<CsvFormat, 'delimiter'> = {
    quote,
    escape: options.escape ?? quote,
    nullText: options.nullText ?? '',
    lineEnd: lineEndOf(sample, quote),
  };
  const delimiter = options.delimiter ?? bestDelimiter(sample, whole, rest);
  const format = { ...rest, delimiter };
  const rows = firstRows(sample, whole, format);
  const header = options.header ?? true;
  const [first = []] = rows;
  const columns = first.map((name, at) => (header ? (name ?? '') : `column${at + 1}`));
  return {
    ...{ format, header, columns },
    rows: rows.slice(header ? 1 : 0, rowsShown + 1),
    notes: notesOf(sample, rows, { ...options, header }, columns),
  };
}

/** By the first line end that is not in quotes: a carriage return that no line feed follows ends lines by itself. */
function lineEndOf(sample: Buffer, quote: string): CsvFormat['lineEnd'] {
  const mark = quote === '' ? -1 : quote.charCodeAt(0);
  let quoted = false;
  for (const [at, byte] of sample.entries()) {
    if (byte === mark) quoted = !quoted;
    else if (!quoted && byte === 0x0a) return 'lf';
    else if (!quoted && byte === 0x0d) return sample[at + 1] === 0x0a ? 'lf' : 'cr';
  }
  return 'lf';
}

function bestDelimiter(sample: Buffer, whole: boolean, rest: Omit<CsvFormat, 'delimiter'>): string {
  let best = ',';
  let most = 0;
  for (const delimiter of candidates) {
    const counts = firstRows(sample, whole, { ...rest, delimiter }).map((row) => row.length);
    const [first = 0] = counts;
    if (first < 2) continue;
    // rows of the same length count most; more fields decide between two that agree
    const agreeing = counts.filter((count) => count === first).length / counts.length;
    const score = agreeing * 1000 + Math.min(first, 500);
    if (score > most) {
      most = score;
      best = delimiter;
    }
  }
  return best;
}

function firstRows(
  sample: Buffer,
  whole: boolean,
  format: CsvFormat,
): readonly (readonly (string | null)[])[] {
  const rows: (string | null)[][] = [];
  let at = 0;
  // each row by itself: here rows may differ in length
  const reader = new CsvRows({
    ...{ format, columns: 0, chunkBytes: 1, onBadRow: () => undefined, anyLength: true },
  });
  for (const part of [reader.push(sample), ...(whole ? [reader.end()] : [])]) {
    for (const { bytes } of part) {
      rows.push(...fieldsOf(bytes.toString()));
      at += 1;
      if (at > rowsShown * 5) return rows;
    }
  }
  return rows;
}

/** Reads CSV of our own dialect. */
export function fieldsOf(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n)/g;
  for (const [, quoted, plain, end] of text.matchAll(field)) {
    row.push(quoted === undefined ? plain || null : quoted.replaceAll('""', '"'));
    if (end === '\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

function notesOf(
  sample: Buffer,
  rows: readonly (readonly (string | null)[])[],
  options: FileOptions & { readonly header: boolean },
  columns: readonly string[],
): string[] {
  const notes: string[] = [];
  if (sample.length === 0) return ['the file is empty'];
  const [first = [], second] = rows;
  const numbers = first.filter((field) => field !== null && /^[-+]?[\d.,]+$/.test(field)).length;
  if (options.header && numbers > 0) {
    notes.push(
      'the first row is taken for the header, but looks like data; if it is, say that there is no header',
    );
  }
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined) notes.push(`two columns are called "${twice}"`);
  if (second !== undefined && second.length !== first.length) {
    notes.push('the first rows do not have the same number of fields; check the delimiter');
  }
  if (options.quote === undefined && looksQuotedBy("'", rows)) {
    notes.push(
      "fields seem to stand in single quotes, which stay part of the value unless the quote is set to '",
    );
  }
  return notes;
}

function looksQuotedBy(quote: string, rows: readonly (readonly (string | null)[])[]): boolean {
  const fields = rows.flat().filter((field) => field !== null);
  const quoted = fields.filter(
    (field) => field.length > 1 && field.startsWith(quote) && field.endsWith(quote),
  );
  return quoted.length > 0 && quoted.length * 3 > fields.length;
}
