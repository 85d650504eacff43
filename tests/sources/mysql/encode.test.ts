import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRows } from '../../../src/main/load/csv.ts';
import * as encode from '../../../src/main/sources/mysql/encode.ts';
import { invalidColumn } from '../../../src/main/sources/mysql/invalid-text.ts';

/** What an encoder makes of bytes that stand in the middle of others. */
function encoded(encoder: encode.FieldEncoder, field: Buffer): string {
  const source = Buffer.concat([Buffer.from('"before,'), field, Buffer.from(',after"')]);
  const target = Buffer.alloc(16 * field.length + 100, '~');
  const end = encoder(source, 8, 8 + field.length, target, 3);
  expect(target.toString('latin1', end)).toMatch(/^~+$/);
  return target.toString('utf8', 3, end);
}

describe('a field of a part file', () => {
  it('is in quotes exactly where other sources put it in quotes', () => {
    const pieces = fc.string({ unit: fc.constantFrom(...'ab",\n\r\\. ü\uFEFF?'), maxLength: 200 });
    fc.assert(
      fc.property(pieces, (text) => {
        const expected = encodeRows([[text]])
          .toString()
          .slice(0, -1);
        expect(encoded(encode.text, Buffer.from(text))).toBe(expected);
      }),
    );
  });

  it('is a vector as pgvector writes it', () => {
    const bytes = Buffer.alloc(16);
    for (const [at, value] of [1, 2.5, -0.1, 1e-5].entries()) bytes.writeFloatLE(value, 4 * at);
    expect(encoded(encode.vector, bytes)).toBe('"[1,2.5,-0.1,1e-05]"');
    expect(encoded(encode.vector, Buffer.alloc(0))).toBe('"[]"');
  });

  it('is a geometry as EWKB in either byte order', () => {
    const little = Buffer.from('0101000000000000000000F03F0000000000000040', 'hex');
    const big = Buffer.from('00000000013FF00000000000004000000000000000', 'hex');
    const stored = (srid: number, wkb: Buffer): Buffer => {
      const head = Buffer.alloc(4);
      head.writeUInt32LE(srid);
      return Buffer.concat([head, wkb]);
    };
    expect(encoded(encode.geometry, stored(0, big))).toBe(big.toString('hex').toUpperCase());
    expect(encoded(encode.geometry, stored(4326, little))).toBe(
      '0101000020E6100000000000000000F03F0000000000000040',
    );
    expect(encoded(encode.geometry, stored(4326, big))).toBe(
      '0020000001000010E63FF00000000000004000000000000000',
    );
  });

  it('leaves the zeros of a fraction out, and nothing else', () => {
    const time = (text: string): string => encoded(encode.time, Buffer.from(text));
    expect(time('10:20:30.500000')).toBe('10:20:30.5');
    expect(time('10:20:30.000000')).toBe('10:20:30');
    expect(time('10:20:00')).toBe('10:20:00');
    expect(encoded(encode.instant, Buffer.from('2024-01-01 00:00:00.100'))).toBe('2024-01-01 00:00:00.1+00');
    expect(encoded(encode.instant, Buffer.from('0000-00-00 00:00:00'))).toBe('0000-00-00 00:00:00');
  });
});

it('the column whose bytes are no UTF-8 is found among commas and quotes', () => {
  const rows = Buffer.concat([Buffer.from('1,"a,""b\nc",ü\n2,,"x'), Buffer.from([0xff]), Buffer.from('"\n')]);
  expect(invalidColumn(rows)).toBe(2);
  expect(invalidColumn(Buffer.from('1,"a,""b\nc",ü\n'))).toBe(-1);
});
