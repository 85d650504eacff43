import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStrictCsv } from './strict-csv.ts';

const read = (text: string) => readStrictCsv(Buffer.from(text));

describe('the strict reader', () => {
  it('tells NULL from the empty string', () => {
    expect(read('a,,""\n')).toEqual([['a', null, '']]);
    expect(read('\n""\nx\n')).toEqual([[null], [''], ['x']]);
  });

  it('takes what may stand in quotes', () => {
    expect(read('"a""b","x,y\r\nz"\n')).toEqual([['a"b', 'x,y\r\nz']]);
  });

  it.each([
    ['no last line feed', 'a,b'],
    ['a bare quote', 'a"b\n'],
    ['a bare carriage return', 'a\r\n'],
    ['an open quote', '"a\n'],
    ['text after a quote', '"a"b\n'],
    ['rows of different widths', 'a,b\nc\n'],
    ['a comma at the end', 'a,'],
    ['a BOM', '\uFEFFa\n'],
  ])('refuses %s', (_name, text) => {
    expect(() => read(text)).toThrow();
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => readStrictCsv(Buffer.from([0x61, 0xff, 0x0a]))).toThrow();
  });

  it('agrees with csv-parse on whatever can be written', () => {
    const field = fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('', '\n', '"', ',', '\r'),
    );
    const table = fc
      .integer({ min: 2, max: 5 })
      .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1 }));
    fc.assert(
      fc.property(table, (rows) => {
        const write = (value: string | null) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`);
        const bytes = Buffer.from(rows.map((row) => `${row.map(write).join(',')}\n`).join(''));
        expect(readStrictCsv(bytes)).toEqual(rows);
        expect(parse(bytes, { record_delimiter: '\n' })).toEqual(rows.map((row) => row.map((f) => f ?? '')));
      }),
    );
  });
});
