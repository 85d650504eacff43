/** A job as the load records it. */
import { randomUUID } from 'node:crypto';
import type { History, JobStart } from '../../src/main/stores/history.ts';

export const startedAt = '2024-11-27T09:15:00.000Z';

/** A job of that many objects: `public.table_0`, `public.table_1`, … */
export function sampleJob(objects = 2, jobId: string = randomUUID()): JobStart {
  const names = Array.from({ length: objects }, (_, index) => ({ schema: 'public', name: `table_${index}` }));
  return {
    jobId,
    pipeline: {
      name: 'nightly',
      source: 'pg',
      destination: 'lake',
      destinationPrefix: 's3_1',
      partitionKey: '${YEAR}/${JOB_ID}',
      timeZone: 'UTC',
      objects: names,
    },
    destination: {
      name: 'lake',
      access: { type: 'keys', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
      bucket: 'my-bucket',
      region: 'eu-west-1',
      pathPrefix: 'p',
      pathStyle: false,
      state: 'tested',
      testedAt: startedAt,
    },
    database: 'db1',
    startedAt,
    version: '0.1.0',
    objects: names.map((object) => {
      const directory = `p/s3_1_db1_${object.schema}_${object.name}/`;
      return { object, directory, path: `${directory}job=${jobId}/` };
    }),
    force: false,
  };
}

export const fileKey = (ordinal: number, seq: number): string => `p/table_${ordinal}/part-0000${seq}.csv.gz`;

/** Brings a file through all its states. */
export function recordFile(
  history: History,
  jobId: string,
  ordinal: number,
  seq: number,
  rows: number,
): void {
  history.addFile(jobId, ordinal, { seq, key: fileKey(ordinal, seq) });
  history.setFile(jobId, ordinal, seq, { state: 'uploading', uploadId: `upload-${ordinal}-${seq}` });
  history.setFile(jobId, ordinal, seq, {
    state: 'uploaded',
    rows,
    bytes: rows * 10,
    checksum: 'crc32:AAAAAA==',
  });
  history.setFile(jobId, ordinal, seq, { state: 'committing' });
  history.setFile(jobId, ordinal, seq, { state: 'committed' });
}
