/**
 * `npm run bench:encoders`: why rows are encoded by hand, and why level 3. Rows like those of a source through our
 * encoder and through csv-stringify, then that CSV through the load's own gzip at each level. Prints a table.
 */
import { stringify } from 'csv-stringify/sync';
import { encodeRows } from '../src/main/load/csv.ts';
import { gzipWriter } from '../src/main/load/gzip.ts';
import { permitsOf } from '../src/main/load/permits.ts';
import type { Row } from '../src/main/sources/source.ts';
import { median } from './statistics.ts';

/** Rows of a batch, as a source gives them. */
const batchRows = 1_000;
const batches = Number(process.argv[2] ?? 200);
const rounds = 5;
const inFlight = 4;
const blockBytes = 1024 * 1024;

/** Like those of data.ts: a quarter of the fields are text, some are NULL, some are empty, some need quotes. */
function makeRow(i: number): Row {
  const token = ((i * 2654435761) % 4294967296).toString(16).padStart(8, '0');
  const note = i % 50 === 0 ? 'said "call me", then\nhung up' : `urgent, paid in cash, parcel ${token}`;
  return [
    String(i),
    `Customer ${(i * 7919) % 100_000}`,
    `user${i}@example.com`,
    (((i * 7919) % 10_000_000) / 100).toFixed(2),
    i % 17 === 0 ? null : String(i % 3 === 0),
    `2024-11-27 09:${String(i % 60).padStart(2, '0')}:13.123457+00`,
    '2024-11-27',
    `${token}-${token.slice(0, 4)}-4${token.slice(1, 4)}-${token}`,
    String((i * 2654435761) / 97),
    i % 11 === 0 ? null : i % 13 === 0 ? '' : note,
  ];
}

/** Our dialect, as far as csv-stringify can be told: NULL without quotes, the empty string with them. */
const byLibrary = (rows: readonly Row[]): Buffer =>
  Buffer.from(
    stringify(rows as Row[], { quoted_empty: false, quoted_string: false, record_delimiter: '\n' }),
  );

interface Timed {
  readonly name: string;
  readonly run: () => Promise<number>;
}

const data = Array.from({ length: batches }, (_, batch) =>
  Array.from({ length: batchRows }, (_, row) => makeRow(batch * batchRows + row)),
);
const csv = Buffer.concat(data.map((rows) => encodeRows(rows)));

const encoder = (encode: (rows: readonly Row[]) => Buffer) => async (): Promise<number> => {
  let bytes = 0;
  for (const rows of data) bytes += encode(rows).length;
  return bytes;
};

const compressor = (level: number) => async (): Promise<number> => {
  let bytes = 0;
  const gzip = gzipWriter({
    ...{ level, permits: permitsOf(inFlight) },
    output: async (compressed) => {
      bytes += compressed.length;
    },
  });
  for (let from = 0; from < csv.length; from += blockBytes) {
    // A copy: the writer frees what it has taken.
    const block = Buffer.allocUnsafeSlow(Math.min(blockBytes, csv.length - from));
    csv.copy(block, 0, from);
    await gzip.write(block);
  }
  await gzip.end();
  return bytes;
};

const contenders: readonly Timed[] = [
  { name: 'rows by our encoder', run: encoder(encodeRows) },
  { name: 'rows by csv-stringify', run: encoder(byLibrary) },
  ...[1, 3, 6].map((level) => ({ name: `gzip in parallel, level ${level}`, run: compressor(level) })),
];

const results = contenders.map(({ name, run }) => ({ name, run, seconds: [] as number[], bytes: 0 }));
for (let round = 0; round < rounds; round++) {
  for (const result of results) {
    const began = performance.now();
    result.bytes = await result.run();
    result.seconds.push((performance.now() - began) / 1000);
  }
}
console.log(
  `${batches * batchRows} rows, ${(csv.length / 1e6).toFixed(0)} MB of CSV, medians of ${rounds} interleaved rounds`,
);
console.log(
  '\n|                          | MB/s | bytes in / out |\n| ------------------------ | ---: | -------------: |',
);
for (const { name, seconds, bytes } of results) {
  const speed = (csv.length / 1e6 / median(seconds)).toFixed(0);
  console.log(
    `| ${name.padEnd(24)} | ${speed.padStart(4)} | ${(csv.length / bytes).toFixed(2).padStart(14)} |`,
  );
}
