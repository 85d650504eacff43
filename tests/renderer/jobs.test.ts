/** What the page of a job shows, worked out from its record and from what is heard while it runs. */
import { describe, expect, test } from 'vitest';
import { formatDuration, formatMany, formatSize } from '../../src/renderer/components/format.ts';
import { viewOf } from '../../src/renderer/pages/jobs/job-view.ts';
import { follow, nothingYet } from '../../src/renderer/pages/jobs/watched.ts';
import type { JobEvent, Receipt } from '../../src/shared/model.ts';

const jobId = 'd12d74f4-d647-4929-a5a6-d329afd916f4';
const startedAt = '2024-11-27T09:15:00.000Z';

const object = (name: string, state: Receipt['objects'][number]['state']): Receipt['objects'][number] => ({
  object: name,
  state,
  rows: state === 'completed' ? 10 : 0,
  files:
    state === 'completed' ? [{ key: `${name}/1`, rows: 10, bytes: 100, checksum: 'crc32:AAAAAA==' }] : [],
  path: `${name}/`,
  query: null,
  snapshotAt: null,
});

const receipt = (state: Receipt['state'], objects: Receipt['objects']): Receipt => ({
  ...{
    jobId,
    pipeline: 'p',
    state,
    startedAt,
    endedAt: null,
    rows: 0,
    files: 0,
    version: '1',
    database: 'd',
  },
  ...{ sourceVersion: 'PostgreSQL 15.18', forced: false, manifest: null },
  destination: {
    ...{ name: 'd', bucket: 'b', region: 'eu-west-1', pathPrefix: 'p', pathStyle: false, access: 'keys' },
  },
  definition: {
    ...{ name: 'p', source: 's', destination: 'd', destinationPrefix: '', partitionKey: '${DATE}' },
    timeZone: 'UTC',
    objects: [{ schema: null, name: 'a' }],
  },
  ...{ bucket: 'b', timeZone: 'UTC', snapshotAt: null, resumedAt: [], objects },
});

const progress = (name: string, rows: number): JobEvent => ({
  ...{ event: 'progress' as const, object: name, phase: 'reading' as const, estimatedRows: null },
  ...{ rows, bytesRead: rows * 4, bytesSent: rows * 2 },
});

describe('a job', () => {
  test('that runs is shown as it is heard, over a record that is a moment behind', () => {
    const watched = follow(nothingYet, [progress('a', 1), progress('b', 3), progress('b', 7)]);
    const view = viewOf(
      receipt('running', [object('a', 'completed'), object('b', 'pending'), object('c', 'pending')]),
      watched,
    );
    expect(view.objects).toMatchObject([
      { state: 'completed', rows: 10, bytesSent: 100 },
      { state: 'running', rows: 7, bytesRead: 28, bytesSent: 14 },
      { state: 'pending', rows: undefined },
    ]);
    expect(view).toMatchObject({ done: 1, rows: 17, bytes: 114 });
    expect(view.files.map(({ key }) => key)).toEqual(['a/1']);
  });

  test('that failed counts nothing of what was taken back', () => {
    const watched = follow(nothingYet, [progress('a', 5)]);
    const view = viewOf(receipt('failed', [object('a', 'failed')]), watched);
    expect(view).toMatchObject({
      done: 1,
      rows: 0,
      bytes: 0,
      objects: [{ state: 'failed', rows: undefined }],
    });
  });

  test('says a warning once, whether it was heard, recorded or both', () => {
    const warned = { ...object('a', 'completed'), warnings: ['has no rows'] };
    const heard = (message: string) => ({ event: 'warning', object: 'a', message }) as const;
    const view = viewOf(
      receipt('completed', [warned]),
      follow(nothingYet, [heard('has no rows'), heard('left')]),
    );
    expect(view.warnings.map(({ message }) => message)).toEqual(['has no rows', 'left']);
  });
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_960, '1.0 MB'],
  [8_400_000, '8.4 MB'],
  [3.2e15, '3,200.0 TB'],
])('%d bytes are %s', (bytes, words) => expect(formatSize(bytes)).toBe(words));

test.each([
  [-5, '0.0 s'],
  [1240, '1.2 s'],
  [9960, '10 s'],
  [59_400, '59 s'],
  [59_600, '1 min 0 s'],
  [7_500_000, '2 h 5 min'],
])('%d ms take %s', (milliseconds, words) => expect(formatDuration(milliseconds)).toBe(words));

test('one is one', () => {
  expect([formatMany(1, 'file'), formatMany(0, 'file'), formatMany(5000, 'row')]).toEqual([
    '1 file',
    '0 files',
    '5,000 rows',
  ]);
});
