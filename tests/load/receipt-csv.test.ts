import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { receiptCsv } from '../../src/main/load/receipt-csv.ts';
import type { Receipt } from '../../src/shared/model.ts';

const jobId = 'd12d74f4-d647-4929-a5a6-d329afd916f4';
const at = '2024-11-27T09:15:00.000Z';

const receipt: Receipt = {
  ...{ jobId, pipeline: '=daily()', state: 'completed_with_failures', startedAt: at, endedAt: at },
  ...{ rows: 3, files: 2, version: '0.1.0', database: 'db1', bucket: 'lake', timeZone: 'UTC' },
  ...{ snapshotAt: at, resumedAt: [] },
  ...{ sourceVersion: 'PostgreSQL 15.18', forced: false, manifest: null },
  destination: {
    ...{ name: 'd', bucket: 'lake', region: 'eu-west-1', pathPrefix: 'p', pathStyle: false, access: 'keys' },
  },
  definition: {
    ...{ name: '=daily()', source: 's', destination: 'd', destinationPrefix: 'p', timeZone: 'UTC' },
    ...{ partitionKey: '${DATE}', objects: [{ schema: null, name: 'a' }] },
  },
  objects: [
    {
      ...{
        object: 'a,"b"',
        state: 'completed',
        rows: 3,
        path: 'p/a/',
        snapshotAt: null,
        query: 'SELECT "x\ny"',
      },
      files: [
        {
          key: 'p/a/part-00001-d12d74f4.csv.gz',
          rows: 2,
          bytes: 80,
          csvBytes: 200,
          checksum: 'crc32:AAAAAA==',
        },
        { key: 'p/a/part-00002-d12d74f4.csv.gz', rows: 1, bytes: 70, checksum: 'crc32:BBBBBB==' },
      ],
    },
    {
      ...{ object: 'c', state: 'failed', rows: 0, path: 'p/c/', snapshotAt: null, query: null, files: [] },
      error: { code: 'SOURCE_LOST', message: 'The connection broke', fix: 'Again', details: {} },
    },
  ],
};

test('a receipt has a line per file, and one per object without files', () => {
  const lines = parse(receiptCsv(receipt), { columns: true }) as Record<string, string>[];
  expect(lines.map(({ object, state, key, rows, bytes }) => [object, state, key, rows, bytes])).toEqual([
    ['a,"b"', 'completed', 'p/a/part-00001-d12d74f4.csv.gz', '2', '80'],
    ['a,"b"', 'completed', 'p/a/part-00002-d12d74f4.csv.gz', '1', '70'],
    ['c', 'failed', '', '0', ''],
  ]);
  expect(lines[0]).toMatchObject({ job_id: jobId, started_at: at, bucket: 'lake', query: 'SELECT "x\ny"' });
  expect(lines[0]).toMatchObject({
    ...{ sluice_version: '0.1.0', source_version: 'PostgreSQL 15.18', time_zone: 'UTC', region: 'eu-west-1' },
    ...{ csv_bytes: '200', removed_at: '' },
  });
  expect(lines[2]?.error).toBe('The connection broke');
});

test('a name that a spreadsheet would take for a formula is made harmless', () => {
  const [line] = parse(receiptCsv(receipt), { columns: true }) as Record<string, string>[];
  expect(line?.pipeline).toBe("'=daily()");
});
