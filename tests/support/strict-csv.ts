/**
 * A reader of exactly what a part file may hold, and of nothing else: RFC 4180 with LF, UTF-8 without BOM,
 * NULL as an empty field, the empty string as "". It throws on whatever a forgiving reader would let pass.
 */

/** A field; null is NULL. */
export type CsvField = string | null;

const [comma, quote, lineFeed, carriageReturn] = [0x2c, 0x22, 0x0a, 0x0d];
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Rows of fields. `columns`, where given, is what every row must have.
 * @throws Error with the offset of the first violation
 */
export function readStrictCsv(bytes: Uint8Array, columns?: number): CsvField[][] {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) throw new Error('a BOM at offset 0');
  const rows: CsvField[][] = [];
  let row: CsvField[] = [];
  let at = 0;
  const width = (): void => {
    const expected = columns ?? rows[0]?.length ?? row.length;
    if (row.length !== expected) {
      throw new Error(`row ${rows.length + 1} has ${row.length} fields, not ${expected}, at offset ${at}`);
    }
  };
  while (at < bytes.length) {
    const [field, end] = bytes[at] === quote ? readQuoted(bytes, at) : readBare(bytes, at);
    row.push(field);
    at = end;
    const separator = bytes[at];
    if (separator === undefined) throw new Error('the last row does not end in a line feed');
    at += 1;
    if (separator === lineFeed) {
      width();
      rows.push(row);
      row = [];
    } else if (separator !== comma) {
      throw new Error(`a field is followed by byte ${separator} at offset ${at - 1}`);
    } else if (at === bytes.length) {
      throw new Error('the file ends after a comma');
    }
  }
  return rows;
}

function readBare(bytes: Uint8Array, start: number): [CsvField, number] {
  let at = start;
  for (; at < bytes.length && bytes[at] !== comma && bytes[at] !== lineFeed; at += 1) {
    if (bytes[at] === quote || bytes[at] === carriageReturn) {
      throw new Error(`byte ${bytes[at]} in an unquoted field at offset ${at}`);
    }
  }
  return [at === start ? null : decoder.decode(bytes.subarray(start, at)), at];
}

function readQuoted(bytes: Uint8Array, start: number): [CsvField, number] {
  const pieces: string[] = [];
  let from = start + 1;
  for (;;) {
    const end = bytes.indexOf(quote, from);
    if (end < 0) throw new Error(`the quote at offset ${start} is never closed`);
    if (bytes[end + 1] !== quote) {
      pieces.push(decoder.decode(bytes.subarray(from, end)));
      return [pieces.join('"'), end + 1];
    }
    pieces.push(decoder.decode(bytes.subarray(from, end)));
    from = end + 2;
  }
}
