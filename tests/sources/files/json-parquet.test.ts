/** JSON and Parquet files of other programs, read back exactly. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { floatText, floatText4 } from '../../../src/main/sources/dialect.ts';
import { openFiles } from '../../../src/main/sources/files/open.ts';
import type { FileOptions } from '../../../src/shared/model.ts';
import { failure, never, readCsv, withSnapshot } from '../../support/source-reading.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function read(content: string | Uint8Array, name: string, options: FileOptions = {}) {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  await using source = await openFiles({ path, options, signal: never() });
  const object = name.split('.')[0] ?? '';
  const { reader, fields } = await withSnapshot(source, (snapshot) => readCsv(snapshot, null, object));
  return [reader.columns, ...fields];
}

describe('JSON', () => {
  const objects = [
    '{"a":1.10,"b":"x\\u00e9\\n\\"","c":{"z": 1.000, "y":[1, "]}"]}}',
    '{"b":"","a":0.12345678901234567890123,"d":123456789012345678901234567890}',
    '{"a":null,"c":[],"d":true,"e f, g":"null"}',
    '{}',
  ];
  const expected = [
    ['a', 'b', 'c', 'd', 'e f, g'],
    ['1.10', 'xé\n"', '{"z": 1.000, "y":[1, "]}"]}', null, null],
    ['0.12345678901234567890123', '', null, '123456789012345678901234567890', null],
    [null, null, '[]', 'true', 'null'],
    [null, null, null, null, null],
  ];

  test.each<[string, string | Buffer, string]>([
    ['NDJSON', `${objects.join('\n')}\n`, 'data.ndjson'],
    ['NDJSON with CRLF, a mark and blank lines', `\uFEFF${objects.join('\r\n\r\n')}`, 'data.jsonl'],
    ['an array', `[${objects.join(',')}]`, 'data.json'],
    ['an array over lines', ` [\n${objects.join(',\n')}\n]\n`, 'data.json'],
    [
      'objects one after another over lines',
      objects.map((one) => one.replace('{', '{\n')).join('\n'),
      'data.json',
    ],
    ['gzip', gzipSync(objects.join('\n')), 'data.ndjson.gz'],
    ['zstd', zstdCompressSync(`[${objects.join(',')}]`), 'data.json.zst'],
    ['UTF-16', Buffer.from(`\uFEFF${objects.join('\n')}`, 'utf16le'), 'data.ndjson'],
  ])('%s keeps every digit and every text', async (_, content, name) => {
    expect(await read(content, name)).toEqual(expected);
  });

  test('a key that only the last of many rows has is a column', async () => {
    const rows = await read(`${'{"a":1}\n'.repeat(50_000)}{"late":2}\n`, 'data.ndjson');
    expect(rows[0]).toEqual(['a', 'late']);
    expect(rows).toHaveLength(50_002);
    expect(rows.at(-1)).toEqual([null, '2']);
  });

  test.each<[string, string, RegExp]>([
    ['a broken line', '{"a":1}\n{"a":\n{"a":3}\n', /line 2: .* not valid JSON/],
    ['a line that is no object', '{"a":1}\n[1]\n', /line 2: .* not an object/],
    ['a key that comes twice', '{"a":1}\n\n{"a":1,"a":2}\n', /line 3: .* key "a" twice/],
    ['half a character', '{"a":"\\ud800"}\n', /line 1: .* half of a character/],
    ['an array that is cut off', '[{"a":1},\n{"a":2}', /line 2: .* not closed/],
    ['something else in an array', '[{"a":1},\n2]', /line 2: .* an object was expected/],
    ['something behind the array', '[{"a":1}]\n{"a":1}', /line 2: .* an object was expected/],
  ])('%s is refused by its line', async (_, content, message) => {
    expect((await failure(read(content, 'data.json'), 'ROW_INVALID')).message).toMatch(message);
  });

  test('no objects are no rows', async () => {
    expect(await read('', 'data.ndjson')).toEqual([[]]);
    expect(await read('[]', 'data.json')).toEqual([[]]);
  });
});

describe('Parquet of another program', () => {
  test('every type', async () => {
    const buffer = parquetWriteBuffer({
      columnData: [
        { name: 'flag', data: [true, false, null], type: 'BOOLEAN' },
        { name: 'small', data: [1, -2_147_483_648, null], type: 'INT32' },
        { name: 'large', data: [9_223_372_036_854_775_807n, 0n, null], type: 'INT64' },
        { name: 'double', data: [0.1 + 0.2, 1e15, null], type: 'DOUBLE' },
        { name: 'text, "quoted"', data: ['say "hi",\nthere', '', null], type: 'STRING' },
        {
          name: 'when',
          data: [new Date('2024-11-27T09:15:00.500Z'), new Date('0044-03-15T00:00:00Z'), null],
          type: 'TIMESTAMP',
        },
        { name: 'json', data: [{ a: [1, 'x'] }, {}, null], type: 'JSON' },
        { name: 'bytes', data: [new Uint8Array([0, 255, 10]), new Uint8Array(), null], type: 'BYTE_ARRAY' },
      ],
    });
    expect(await read(new Uint8Array(buffer), 'data[1].parquet')).toEqual([
      ['flag', 'small', 'large', 'double', 'text, "quoted"', 'when', 'json', 'bytes'],
      [
        'true',
        '1',
        '9223372036854775807',
        '0.30000000000000004',
        'say "hi",\nthere',
        expect.stringMatching(/^2024-11-27 09:15:00\.5(\+00)?$/),
        '{"a":[1,"x"]}',
        '\\x00ff0a',
      ],
      [
        'false',
        '-2147483648',
        '0',
        '1e+15',
        '',
        expect.stringMatching(/^0044-03-15 00:00:00(\+00)?$/),
        '{}',
        '\\x',
      ],
      [null, null, null, null, null, null, null, null],
    ]);
  });

  test('many rows in their order, and numbers in the shortest digits', async () => {
    const doubles = Array.from({ length: 100_000 }, (_, at) => ((at * 7919) % 9973) * 10 ** ((at % 61) - 30));
    const floats = doubles.map((value) => Math.fround(value));
    const buffer = parquetWriteBuffer({
      columnData: [
        { name: 'd', data: doubles, type: 'DOUBLE' },
        { name: 'f', data: floats, type: 'FLOAT' },
      ],
    });
    const [, ...rows] = await read(new Uint8Array(buffer), 'data.parquet');
    const wrong = rows.filter(
      ([d, f], at) => Number(d) !== doubles[at] || Math.fround(Number(f)) !== floats[at],
    );
    expect([rows.length, wrong]).toEqual([doubles.length, []]);
    // of two texts that mean the same number, another one than PostgreSQL's may be written, but no longer one
    const longer = rows.filter(
      ([d, f], at) =>
        (d?.length ?? 0) > floatText(doubles[at] ?? 0).length ||
        (f?.length ?? 0) > floatText4(floats[at] ?? 0).length,
    );
    expect(longer).toEqual([]);
  });

  test('what is not Parquet, or is packed again, is refused in plain words', async () => {
    expect((await failure(read('PAR1 nonsense', 'data.parquet'), 'SOURCE_UNREADABLE')).message).toMatch(
      /cannot be read as Parquet/,
    );
    const packed = await failure(read(gzipSync('PAR1'), 'data.parquet.gz'), 'SOURCE_UNREADABLE');
    expect(packed.fix).toMatch(/Unpack it first/);
  });
});
