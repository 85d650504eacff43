/** CSV files that other programs wrote, read back exactly. */
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvRows } from '../../../src/main/sources/files/csv-rows.ts';
import { openFiles } from '../../../src/main/sources/files/open.ts';
import type { Findings, UnfitRow } from '../../../src/main/sources/source.ts';
import type { FileOptions } from '../../../src/shared/model.ts';
import { failure, never, readCsv, withSnapshot } from '../../support/source-reading.ts';
import { readStrictCsv } from '../../support/strict-csv.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function place(content: string | Buffer, name = 'data.csv'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

const open = (path: string, options: FileOptions = {}) => openFiles({ path, options, signal: never() });

async function read(path: string, options: FileOptions = {}, name = 'data') {
  await using source = await open(path, options);
  return await withSnapshot(source, (snapshot) => readCsv(snapshot, null, name));
}

/** Reads `content` as data.csv: its columns, then its rows. */
async function fieldsOf(content: string | Buffer, options: FileOptions = {}, name = 'data.csv') {
  const { reader, fields } = await read(place(content, name), options);
  return [reader.columns, ...fields];
}

describe('fields', () => {
  test.each<[string, string, (string | null)[][], FileOptions?]>([
    [
      'text stays what it is',
      'a,b\n00123,1.10\n 1e5 ,TRUE\n',
      [
        ['00123', '1.10'],
        [' 1e5 ', 'TRUE'],
      ],
    ],
    [
      'an empty field is NULL, an empty text is not',
      'a,b\n,""\n"",\n',
      [
        [null, ''],
        ['', null],
      ],
    ],
    ['quotes, commas and line feeds', 'a,b\n"x ""y"", z","1\n2"\n', [['x "y", z', '1\n2']]],
    [
      'CRLF, also inside a field',
      'a,b\r\n1,"x\r\ny"\r\n2,3\r\n',
      [
        ['1', 'x\r\ny'],
        ['2', '3'],
      ],
    ],
    [
      'LF and CRLF in one file',
      'a,b\r\n1,2\n3,4\r\n5,6',
      [
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ],
    ],
    [
      'CR alone',
      'a,b\r1,2\r"x\ry","p\nq"\r',
      [
        ['1', '2'],
        ['x\ry', 'p\nq'],
      ],
    ],
    ['a CR inside a line', 'a,b\n1\r2,3\n', [['1\r2', '3']]],
    [
      'no line end at the end',
      'a,b\n1,2\n3,',
      [
        ['1', '2'],
        ['3', null],
      ],
    ],
    ['a byte order mark', '\uFEFFa,b\n1,2\n', [['1', '2']]],
    ['a mark before a quoted header', '\uFEFF"a",b\n1,2\n', [['1', '2']]],
    ['quotes inside an unquoted field', 'a,b\n5" pipe,say "hi"\n', [['5" pipe', 'say "hi"']]],
    ['blanks before a quote are text', 'a,b\n "x",1\n', [[' "x"', '1']]],
    ['NUL bytes', 'a,b\nx\0y,"\0"\n', [['x\0y', '\0']]],
    ['what ends the data elsewhere', 'a,b\n\\.,\uFEFFx\n', [['\\.', '\uFEFFx']]],
    [
      'semicolons',
      'a;b\n1,5;2\n"x;y";3\n',
      [
        ['1,5', '2'],
        ['x;y', '3'],
      ],
    ],
    ['tabs', 'a\tb\n1\t"x\ty"\n', [['1', 'x\ty']]],
    ['bars', 'a|b\n1|2\n', [['1', '2']]],
    [
      'a delimiter of several bytes',
      'a§b\n1§x,y\n"p§q"§2\n',
      [
        ['1', 'x,y'],
        ['p§q', '2'],
      ],
      { delimiter: '§' },
    ],
    [
      'single quotes',
      "a,b\n'x,y','it''s'\n\"p\",q\n",
      [
        ['x,y', "it's"],
        ['"p"', 'q'],
      ],
      { quote: "'" },
    ],
    ['no quotes', 'a,b\n"x,y"\n', [['"x', 'y"']], { quote: '' }],
    ['a backslash as escape', 'a,b\n"x \\"y\\" \\\\ \\n",1\n', [['x "y" \\ \\n', '1']], { escape: '\\' }],
    [
      'another NULL',
      'a,b\n\\N,\n"\\N",NULL\n',
      [
        [null, ''],
        ['\\N', 'NULL'],
      ],
      { nullText: '\\N' },
    ],
    ['one column, whose blank lines are NULL', 'a\n1\n\n""\n', [['1'], [null], ['']]],
  ])('%s', async (_, content, rows, options = {}) => {
    const [columns, ...fields] = await fieldsOf(content, options);
    expect(columns).toEqual(['a', 'b'].slice(0, rows[0]?.length));
    expect(fields).toEqual(rows);
  });

  test('names of columns stay, also twice, empty or odd', async () => {
    expect(await fieldsOf('a,a,,"x, ""y""",é\n1,2,3,4,5\n')).toEqual([
      ['a', 'a', '', 'x, "y"', 'é'],
      ['1', '2', '3', '4', '5'],
    ]);
  });

  test('without a header, columns are counted', async () => {
    expect(await fieldsOf('1,2\n3,4\n', { header: false })).toEqual([
      ['column1', 'column2'],
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  test('an empty file and a header alone have no rows', async () => {
    expect(await fieldsOf('')).toEqual([[]]);
    expect(await fieldsOf('a,b\n')).toEqual([['a', 'b']]);
    expect(await fieldsOf('a,b')).toEqual([['a', 'b']]);
  });

  test('a field of 5 MiB', async () => {
    const long = 'x"y,\n'.repeat(1024 * 1024);
    const rows = await fieldsOf(`a,b\n1,2\n"${long.replaceAll('"', '""')}",3\n4,5\n`);
    expect(rows[2]?.[0] === long).toBe(true);
    expect(rows.slice(3)).toEqual([['4', '5']]);
  });

  test('a row that is too long is refused by its line', async () => {
    const path = place(`a,b\n1,2\n"${'x'.repeat(17 * 1024 * 1024)}",3\n4,5\n`);
    expect((await failure(read(path), 'ROW_INVALID')).message).toMatch(/line 3: .* longer than 16 MiB/);
  });
});

describe('encodings', () => {
  const text = 'a,b\né,"x\u{1F600}, €"\n';
  const expected = [
    ['a', 'b'],
    ['é', 'x\u{1F600}, €'],
  ];
  const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');

  test.each<[string, Buffer, string | undefined]>([
    ['UTF-16 LE by its mark', utf16, undefined],
    ['UTF-16 BE by its mark', Buffer.from(utf16).swap16(), undefined],
    ['UTF-16 as it is told, mark or none', utf16.subarray(2), 'utf-16'],
    ['UTF-16 BE as it is told', Buffer.from(utf16.subarray(2)).swap16(), 'UTF-16BE'],
  ])('%s', async (_, bytes, encoding) => {
    expect(await fieldsOf(bytes, encoding === undefined ? {} : { encoding })).toEqual(expected);
  });

  test('every byte of Latin-1 and of Windows-1252', async () => {
    const high = Buffer.from(Array.from({ length: 128 }, (_, at) => at + 128));
    const bytes = Buffer.concat([Buffer.from('a\n'), high, Buffer.from('\n')]);
    expect((await fieldsOf(bytes, { encoding: 'latin-1' }))[1]).toEqual([high.toString('latin1')]);
    expect((await fieldsOf(bytes, { encoding: 'cp1252' }))[1]?.[0]).toMatch(/^€\x81‚.*ÿ$/);
  });

  test('a character that is split between two reads', async () => {
    const rows = Array.from({ length: 300_000 }, (_, at) => `${at},é${'x'.repeat(at % 3)}`);
    const { bytes } = await read(place(Buffer.from(`\uFEFFa,b\n${rows.join('\n')}\n`, 'utf16le')));
    expect(bytes.equals(Buffer.from(`${rows.join('\n')}\n`))).toBe(true);
  });

  test('an unknown encoding is refused in plain words', async () => {
    const error = await failure(open(place('a\n'), { encoding: 'klingon' }), 'INPUT_INVALID');
    expect(`${error.message}. ${error.fix}`).toMatch(/"klingon" is not known.*iconv/);
  });

  test('bytes that are not UTF-8 are refused by their line', async () => {
    const path = place(
      Buffer.concat([Buffer.from('a,b\n1,2\n'), Buffer.from([0xff, 0xfe, 0x2c, 0x31, 0x0a])]),
    );
    expect((await failure(read(path), 'ROW_INVALID')).message).toMatch(/line 3: .* not UTF-8/);
  });

  test('bytes that UTF-16 does not have are refused', async () => {
    const path = place(Buffer.concat([utf16, Buffer.from([0x00, 0xd8, 0x41, 0x00])]));
    expect((await failure(read(path), 'SOURCE_UNREADABLE')).fix).toMatch(/--encoding/);
  });
});

describe('rows that do not fit', () => {
  const ragged = 'a,b\n1,2\n3\n4,5,6\n"x"y,1\n"p\nq"z,1\n\n7,8\n"never closed,1\n9,10\n';

  test('stop the object, with file, line and reason', async () => {
    const path = place(ragged);
    const error = await failure(read(path), 'ROW_INVALID');
    expect(error.message).toBe(
      `${path}, line 3: the row cannot be read, because it has 1 field instead of 2`,
    );
    expect(error.details).toMatchObject({ path, line: 3 });
  });

  test('are all told where they are set aside, and no others', async () => {
    await using source = await open(place(ragged), { badRows: 'set-aside' });
    const rows: (UnfitRow & { text: string })[] = [];
    const remarks: string[] = [];
    const findings: Findings = {
      setAside: (row) => rows.push({ ...row, text: row.bytes.toString() }),
      remark: (message) => remarks.push(message),
    };
    const chunks: Buffer[] = [];
    await withSnapshot(source, async (snapshot) => {
      const data = (await snapshot.object({ schema: null, name: 'data' })).read(never(), findings);
      if (data.format !== 'csv') throw new Error('not CSV');
      for await (const { bytes } of data.chunks) chunks.push(bytes);
    });
    expect(Buffer.concat(chunks).toString()).toBe('1,2\n7,8\n9,10\n');
    expect(rows.map(({ line, reason, text }) => [line, reason, text])).toEqual([
      [3, 'it has 1 field instead of 2', '3'],
      [4, 'it has 3 fields instead of 2', '4,5,6'],
      [5, 'in field 1, something follows the closing quote', '"x"y,1'],
      [6, 'in field 1, something follows the closing quote', '"p\nq"z,1'],
      [10, 'a quote is opened and never closed', '"never closed,1'],
    ]);
    expect(remarks).toEqual([expect.stringMatching(/^a blank line of .* is no row and was left out$/)]);
  });
});

describe('compressed files', () => {
  const text = 'a,b\n1,x\n2,y\n';

  test.each<[string, Buffer]>([
    ['data.csv.gz', gzipSync(text)],
    ['data.csv.zst', zstdCompressSync(text)],
    // what a name says about compression is not believed
    ['data.csv', gzipSync(text)],
    ['data.csv.gz', Buffer.from(text)],
    ['data.csv.gz', Buffer.concat([gzipSync('a,b\n1,x\n'), gzipSync('2,y\n')])],
    ['data.csv.gz', Buffer.concat([gzipSync(text), Buffer.alloc(0)])],
    ['data.csv.zst', Buffer.concat([zstdCompressSync('a,b\n1,x\n'), zstdCompressSync('2,y\n')])],
  ])('%s', async (name, bytes) => {
    expect(await fieldsOf(bytes, {}, name)).toEqual([
      ['a', 'b'],
      ['1', 'x'],
      ['2', 'y'],
    ]);
  });

  const noise = `a,b\n${Array.from({ length: 200_000 }, (_, at) => `${at},${(at * 7919) % 65_537}`).join('\n')}\n`;

  test.each<[string, Buffer]>([
    ['data.csv.gz', gzipSync(noise)],
    ['data.csv.zst', zstdCompressSync(noise)],
  ])('%s that is cut off or damaged fails', async (name, bytes) => {
    const cut = place(bytes.subarray(0, bytes.length - 10), name);
    expect((await failure(read(cut), 'SOURCE_UNREADABLE')).message).toMatch(/cut off|damaged/);
    const damaged = Buffer.from(bytes);
    damaged.fill(0x55, bytes.length - 2000, bytes.length - 1000);
    await failure(read(place(damaged, name)), 'SOURCE_UNREADABLE');
  });
});

describe('files, folders and patterns', () => {
  test('each file of a folder is an object; what is hidden or of another kind is none', async () => {
    const path = place('a\n1\n', 'orders.csv');
    const inside = join(path, '..');
    writeFileSync(join(inside, 'naïve % name.tsv.gz'), gzipSync('a\tb\n1\t2\n'));
    for (const name of ['.hidden.csv', '_SUCCESS', '_temp.csv', 'notes.md'])
      writeFileSync(join(inside, name), 'x');
    mkdirSync(join(inside, 'folder.csv'));
    symlinkSync('nowhere', join(inside, 'broken.csv'));
    await using source = await open(inside);
    expect(source.database).toBe(basename(inside));
    expect(await source.objects(never())).toEqual([
      {
        schema: null,
        name: 'naïve % name',
        kind: 'file',
        estimatedRows: null,
        columns: [
          { name: 'a', type: 'text' },
          { name: 'b', type: 'text' },
        ],
      },
      {
        schema: null,
        name: 'orders',
        kind: 'file',
        estimatedRows: expect.any(Number),
        columns: [{ name: 'a', type: 'text' }],
      },
    ]);
    const { fields } = await withSnapshot(source, (snapshot) => readCsv(snapshot, null, 'naïve % name'));
    expect(fields).toEqual([['1', '2']]);
    await failure(
      withSnapshot(source, (snapshot) => snapshot.object({ schema: null, name: 'gone' })),
      'OBJECT_NOT_FOUND',
    );
  });

  test('two files that would be one object are refused, with what to do', async () => {
    const path = place('a\n1\n', 'orders.csv');
    writeFileSync(`${path}.gz`, gzipSync('a\n1\n'));
    const error = await failure(open(join(path, '..')), 'SOURCE_UNREADABLE');
    expect(`${error.message}. ${error.fix}`).toMatch(/orders\.csv and orders\.csv\.gz .* "orders".*Rename/);
  });

  test('the files of a pattern are one object, in the order of their names', async () => {
    const path = place('a,b\n3,x\n', 'orders-2.csv');
    writeFileSync(join(path, '..', 'orders-1.csv.gz'), gzipSync('a;b\n1;p\n2;q\n'));
    const { fields } = await read(join(path, '..', 'orders-*'), {}, 'orders');
    expect(fields).toEqual([
      ['1', 'p'],
      ['2', 'q'],
      ['3', 'x'],
    ]);
  });

  test('a pattern whose files differ in their columns is refused', async () => {
    const path = place('a,b\n3,x\n', 'orders-2.csv');
    writeFileSync(join(path, '..', 'orders-1.csv'), 'b,a\n1,p\n');
    const error = await failure(read(join(path, '..', 'orders-*.csv'), {}, 'orders'), 'SOURCE_UNREADABLE');
    expect(error.message).toMatch(/orders-2\.csv has other columns than .*orders-1\.csv/);
  });

  test('what is not there, and what a name does not tell', async () => {
    await failure(open(join(temporaryFolder(), 'gone.csv')), 'SOURCE_NOT_FOUND');
    await failure(open(join(temporaryFolder(), 'gone-*.csv')), 'SOURCE_NOT_FOUND');
    expect((await failure(open(place('a\n1\n', 'data.bin')), 'SOURCE_UNREADABLE')).fix).toMatch(/--format/);
    expect((await read(place('a\n1\n', 'data.bin'), { format: 'csv' })).fields).toEqual([['1']]);
    expect((await read(place('a\n1\n', 'data[1].csv'), {}, 'data[1]')).fields).toEqual([['1']]);
  });
});

describe('a file that changes under the reading', () => {
  const rows = Array.from({ length: 300_000 }, (_, at) => `${at},some text of ordinary length`).join('\n');

  test.each<[string, (path: string) => void]>([
    ['is added to', (path) => appendFileSync(path, '\n300000,more')],
    [
      'is replaced',
      (path) => {
        writeFileSync(`${path}.new`, readFileSync(path));
        renameSync(`${path}.new`, path);
      },
    ],
    ['is touched', (path) => utimesSync(path, statSync(path).atime, new Date(0))],
  ])('fails where it %s while it is read, and before', async (_, change) => {
    for (const when of ['before', 'during']) {
      const path = place(`a,b\n${rows}`);
      await using source = await open(path);
      const reading = withSnapshot(source, async (snapshot) => {
        const reader = await snapshot.object({ schema: null, name: 'data' });
        if (when === 'before') change(path);
        const data = reader.read(never());
        if (data.format !== 'csv') throw new Error('not CSV');
        let chunks = 0;
        for await (const _chunk of data.chunks) {
          chunks += 1;
          if (chunks === 1 && when === 'during') change(path);
        }
      });
      await failure(reading, 'SOURCE_CHANGED');
    }
  });
});

test('reading ends with the signal', async () => {
  const path = place(`a\n${'x\n'.repeat(2_000_000)}`);
  await using source = await open(path);
  const stop = new AbortController();
  await withSnapshot(source, async (snapshot) => {
    const data = (await snapshot.object({ schema: null, name: 'data' })).read(stop.signal);
    if (data.format !== 'csv') throw new Error('not CSV');
    const reading = (async () => {
      for await (const _chunk of data.chunks) stop.abort();
    })();
    await failure(reading, 'CANCELLED');
  });
});

test('whatever the fields and wherever the reads are cut, csv-parse reads the same', () => {
  const field = fc.oneof(
    fc.constantFrom('', ',', '"', '\n', '\r\n', '\r', ';', 'é', '\\.', '\uFEFF', ' "', '""', '\u{1F600}'),
    fc.string({ maxLength: 12 }),
  );
  const rows = fc
    .integer({ min: 2, max: 4 })
    .chain((width) =>
      fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
    );
  fc.assert(
    fc.property(
      rows,
      fc.boolean(),
      fc.constantFrom('\n', '\r\n'),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (table, always, end, cuts) => {
        const quote = (text: string) =>
          always || /[",\r\n]|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
        const bytes = Buffer.from(table.map((row) => row.map(quote).join(',')).join(end) + end);
        const reader = new CsvRows({
          format: { delimiter: ',', quote: '"', escape: '"', nullText: '', lineEnd: 'lf' },
          columns: 0,
          chunkBytes: 16,
          onBadRow: ({ reason }) => {
            throw new Error(reason);
          },
        });
        const out: Buffer[] = [];
        for (let at = 0; at < bytes.length; ) {
          const { value } = cuts.next();
          for (const chunk of reader.push(bytes.subarray(at, at + value))) out.push(chunk.bytes);
          at += value;
        }
        for (const chunk of reader.end()) out.push(chunk.bytes);
        const made = Buffer.concat(out);
        expect(readStrictCsv(made, table[0]?.length ?? 0)).toEqual(table);
        expect(parse(made, { relax_column_count: false, skip_empty_lines: false })).toEqual(
          parse(bytes, { bom: false, record_delimiter: end }),
        );
      },
    ),
    { numRuns: 500 },
  );
});
