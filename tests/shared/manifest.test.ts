import { expect, test } from 'vitest';
import { SluiceError } from '../../src/shared/errors.ts';
import { manifestKey } from '../../src/shared/manifest.ts';

const jobId = 'd12d74f4-d647-4929-a5a6-d329afd916f4';
const at = new Date('2024-12-31T20:30:00Z');

test('a manifest lies under the path prefix, by the date of the job in its time zone', () => {
  const ending = `job_id=${jobId}/manifest.json`;
  expect(manifestKey('/in/', { at, jobId, timeZone: 'UTC' })).toBe(`in/_sluice/date=2024-12-31/${ending}`);
  expect(manifestKey('', { at, jobId, timeZone: 'Pacific/Auckland' })).toBe(
    `_sluice/date=2025-01-01/${ending}`,
  );
});

test('a key that S3 would not take is refused', () => {
  const key = (length: number) => manifestKey('p'.repeat(length), { at, jobId, timeZone: 'UTC' });
  expect(Buffer.byteLength(key(942))).toBe(1024);
  expect(() => key(943)).toThrow(SluiceError);
  expect(() => key(943)).toThrow(expect.objectContaining({ code: 'PATH_TOO_LONG' }));
});
