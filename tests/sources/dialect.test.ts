import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blobText, floatText, floatText4 } from '../../src/main/sources/dialect.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';

describe('floatText', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [0.1, '0.1'],
    [1e-4, '0.0001'],
    [9.999e-5, '9.999e-05'],
    [1e-5, '1e-05'],
    [999999999999999, '999999999999999'],
    [1e15, '1e+15'],
    [-1.5e300, '-1.5e+300'],
    [5e-324, '5e-324'],
    [1e23, '9.999999999999999e+22'],
    [-1e23, '-9.999999999999999e+22'],
    [2 ** 54, '1.8014398509481984e+16'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('%d is %s', (value, text) => {
    expect(floatText(value)).toBe(text);
  });

  it('reads back as the same number', () => {
    fc.assert(fc.property(fc.double(), (value) => Object.is(Number(floatText(value)), value)));
  });
});

describe.skipIf(findPostgres() === null)('floatText beside the server: needs PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres({ tls: false });
  });
  afterAll(() => server.stop());

  it('writes 40,000 doubles as PostgreSQL does', async () => {
    const anyBits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    const everyday = fc
      .tuple(fc.integer(), fc.integer({ min: -20, max: 20 }))
      .map(([n, e]) => Number(`${n}e${e}`));
    const boundary = fc.tuple(fc.integer({ min: -30, max: 30 }), fc.integer({ min: -3, max: 3 }));
    const large = fc.tuple(fc.bigInt({ min: 1n, max: 2n ** 54n }), fc.integer({ min: 0, max: 80 }));
    const values = [
      ...fc.sample(large, 20_000).map(([n, shift]) => Number((n * 10n) << BigInt(shift))),
      ...Array.from({ length: 140 }, (_, power) => 2 ** power),
      ...fc.sample(anyBits, 10_000).map((bits) => new Float64Array(BigUint64Array.of(bits).buffer)[0] ?? 0),
      ...fc.sample(everyday, 8_000),
      ...fc.sample(boundary, 2_000).map(([e, steps]) => Number(`1e${e}`) * (1 + steps * Number.EPSILON)),
    ];
    // 17 digits after the point name every double exactly once
    const texts = values.map((value) => (Number.isFinite(value) ? value.toExponential(17) : String(value)));
    const rows = await server.query(
      'SELECT v::float8::text AS t FROM unnest($1::text[]) WITH ORDINALITY AS u(v, i) ORDER BY i',
      {
        values: [texts],
      },
    );
    expect(rows.map(({ t }) => t)).toEqual(values.map(floatText));
  });

  it('writes 30,000 single-precision numbers as PostgreSQL does', async () => {
    const anyBits = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const everyday = fc
      .tuple(fc.integer({ min: -99_999_999, max: 99_999_999 }), fc.integer({ min: -12, max: 12 }))
      .map(([n, e]) => Math.fround(Number(`${n}e${e}`)));
    const values = [
      // the neighbours below a power of two lie twice as dense as those above
      ...Array.from({ length: 277 }, (_, power) => Math.fround(2 ** (power - 149))),
      ...fc.sample(anyBits, 20_000).map((bits) => new Float32Array(Uint32Array.of(bits).buffer)[0] ?? 0),
      ...fc.sample(everyday, 10_000),
    ];
    const texts = values.map((value) => (Number.isFinite(value) ? value.toExponential(17) : String(value)));
    const rows = await server.query(
      'SELECT v::float4::text AS t FROM unnest($1::text[]) WITH ORDINALITY AS u(v, i) ORDER BY i',
      { values: [texts] },
    );
    const differing = rows.flatMap(({ t }, at) => {
      const ours = floatText4(values[at] ?? 0);
      return ours === t ? [] : [`${t} as ${ours}`];
    });
    expect(differing).toEqual([]);
  });
});

describe('blobText', () => {
  it('writes a part of a larger buffer', () => {
    expect(blobText(new Uint8Array(Buffer.from([1, 0xab, 0xff, 2]).buffer, 0, 0))).toBe('\\x');
    expect(blobText(Buffer.from([1, 0xab, 0xff, 2]).subarray(1, 3))).toBe('\\xabff');
  });
});
