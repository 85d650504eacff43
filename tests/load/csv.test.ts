import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunksOf, encodeHeader, encodeRows, rowCounter } from '../../src/main/load/csv.ts';
import type { Row } from '../../src/main/sources/source.ts';
import { readStrictCsv } from '../support/strict-csv.ts';

const field = fc.oneof(
  fc.constant(null),
  fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
  fc.string(),
  fc.constantFrom(
    '',
    ' ',
    '\n',
    '\r',
    '\r\n',
    '"',
    '""',
    ',',
    '\\.',
    '\\N',
    'NULL',
    '\uFEFF',
    "'",
    ';',
    '\t',
  ),
);
const table = fc
  .integer({ min: 1, max: 5 })
  .chain((width) =>
    fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 20 }),
  );

/** What the forgiving reader of csv-parse makes of a row: it knows no NULL. */
const withoutNull = (rows: readonly Row[]): string[][] => rows.map((row) => row.map((value) => value ?? ''));

async function* inBatches(rows: readonly Row[], size: number): AsyncGenerator<readonly Row[]> {
  for (let from = 0; from < rows.length; from += size) yield rows.slice(from, from + size);
}

describe('encodeRows', () => {
  it('writes what the strict reader gives back, NULL and the empty string apart', () => {
    fc.assert(
      fc.property(table, (rows) => {
        expect(readStrictCsv(encodeRows(rows), rows[0]?.length)).toEqual(rows);
      }),
      { numRuns: 300 },
    );
  });

  it('agrees with csv-parse wherever a line is not blank', () => {
    const wide = table.filter((rows) => (rows[0]?.length ?? 0) > 1);
    fc.assert(
      fc.property(wide, (rows) => {
        const bytes = encodeRows(rows);
        expect(parse(bytes, { record_delimiter: '\n', bom: false })).toEqual(withoutNull(rows));
      }),
      { numRuns: 200 },
    );
  });

  it('agrees with csv-stringify', () => {
    const dialect = {
      record_delimiter: '\n' as const,
      quote_record_delimiter: true,
      quoted_match: [/^$/, /^\\\.$/, /^\uFEFF/, /[\n\r]/],
    };
    fc.assert(
      fc.property(table, (rows) => {
        expect(encodeRows(rows).toString()).toBe(stringify(rows, dialect));
      }),
      { numRuns: 300 },
    );
  });

  it('is exactly the dialect', () => {
    const rows = [
      [null, '', 'a'],
      ['x,y', 'say "hi"', 'two\nlines'],
      ['\\.', 'plain text', ' '],
    ];
    expect(encodeRows(rows).toString()).toBe(',"",a\n"x,y","say ""hi""","two\nlines"\n"\\.",plain text, \n');
    expect(encodeHeader(['id', 'a,b', '']).toString()).toBe('id,"a,b",""\n');
  });

  it('never begins a file with a BOM, even where a column is named so', () => {
    expect(encodeHeader(['\uFEFFid', 'b']).toString()).toBe('"\uFEFFid",b\n');
  });

  it('quotes a bare carriage return, which readers take for a line end', () => {
    expect(encodeRows([['a\rb', 'c']]).toString()).toBe('"a\rb",c\n');
  });
});

describe('chunksOf', () => {
  it('gives whole rows, all of them, in order, whatever the batches', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 7 }), async (rows, size) => {
        const chunks = [];
        for await (const chunk of chunksOf({ format: 'rows', batches: inBatches(rows, size) })) {
          expect(chunk.bytes.at(-1)).toBe(0x0a);
          chunks.push(chunk);
        }
        expect(Buffer.concat(chunks.map(({ bytes }) => bytes)).equals(encodeRows(rows))).toBe(true);
        expect(chunks.reduce((sum, chunk) => sum + chunk.rows, 0)).toBe(rows.length);
      }),
      { numRuns: 50 },
    );
  });

  it('hands on about 1 MiB at a time', async () => {
    const rows = Array.from({ length: 300 }, (_, id) => [String(id), 'x'.repeat(20_000)]);
    const sizes: number[] = [];
    for await (const { bytes } of chunksOf({ format: 'rows', batches: inBatches(rows, 10) })) {
      sizes.push(bytes.length);
    }
    for (const size of sizes.slice(0, -1)) {
      expect(size).toBeGreaterThan(0.75 * 1024 * 1024);
      expect(size).toBeLessThanOrEqual(1024 * 1024);
    }
  });
});

describe('rowCounter', () => {
  it('counts as many records as were written, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 9 }), (rows, step) => {
        const bytes = encodeRows(rows);
        const counter = rowCounter();
        for (let from = 0; from < bytes.length; from += step) counter.push(bytes.subarray(from, from + step));
        expect(counter.records).toBe(rows.length);
      }),
      { numRuns: 200 },
    );
  });
});
