import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type History, openHistory } from '../../src/main/stores/history.ts';
import { type ErrorInfo, jobSummarySchema, receiptSchema } from '../../src/shared/model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { fileKey, recordFile, sampleJob, startedAt } from './job-samples.ts';

const endedAt = '2024-11-27T09:20:00.000Z';

function historyIn(folder: string): History {
  const history = openHistory(folder);
  onTestFinished(() => history.close());
  return history;
}

const internal = expect.objectContaining({ code: 'INTERNAL' });

describe('a job in the history', () => {
  test('that completed, as its receipt tells it', () => {
    const history = historyIn(temporaryFolder());
    const job = sampleJob(2);
    const { jobId } = job;
    using _lock = history.lockJob(jobId);
    history.beginJob(job);
    history.setSnapshot(jobId, '2024-11-27T10:15:01.000+01:00');
    history.setObject(jobId, 0, {
      ...{ state: 'running', query: 'SELECT 1', warnings: ['blank lines'] },
      snapshotAt: '2024-11-27T10:15:01.000+01:00',
    });
    recordFile(history, jobId, 0, 1, 100);
    recordFile(history, jobId, 0, 2, 50);
    history.setObject(jobId, 0, { state: 'completed', rows: 150 });
    recordFile(history, jobId, 1, 1, 7);
    history.setObject(jobId, 1, { state: 'completed', rows: 7 });
    history.endJob(jobId, { state: 'completed', endedAt });

    const file = (seq: number, rows: number, ordinal = 0) => ({
      key: fileKey(ordinal, seq),
      rows,
      bytes: rows * 10,
      checksum: 'crc32:AAAAAA==',
    });
    const receipt = history.receipt(jobId);
    expect(receiptSchema.parse(receipt)).toEqual(receipt);
    expect(receipt).toEqual({
      jobId,
      pipeline: 'nightly',
      state: 'completed',
      startedAt,
      endedAt,
      rows: 157,
      files: 3,
      version: '0.1.0',
      sourceVersion: null,
      definition: job.pipeline,
      database: 'db1',
      bucket: 'my-bucket',
      destination: {
        ...{ name: 'lake', bucket: 'my-bucket', region: 'eu-west-1', pathPrefix: 'p', pathStyle: false },
        access: 'keys',
      },
      forced: false,
      manifest: null,
      timeZone: 'UTC',
      snapshotAt: '2024-11-27T09:15:01.000Z',
      resumedAt: [],
      objects: [
        {
          object: 'public.table_0',
          state: 'completed',
          rows: 150,
          files: [file(1, 100), file(2, 50)],
          warnings: ['blank lines'],
          path: `p/s3_1_db1_public_table_0/job=${jobId}/`,
          query: 'SELECT 1',
          snapshotAt: '2024-11-27T09:15:01.000Z',
        },
        {
          object: 'public.table_1',
          state: 'completed',
          rows: 7,
          files: [file(1, 7, 1)],
          path: `p/s3_1_db1_public_table_1/job=${jobId}/`,
          query: null,
          snapshotAt: null,
        },
      ],
    });
    expect(history.summaries()).toEqual([jobSummarySchema.parse(receipt)]);
    expect(history.definition(jobId)).toEqual(job);
  });

  test('lists and counts nothing of an object that is not completed, nor a file that is not committed', () => {
    const history = historyIn(temporaryFolder());
    const job = sampleJob(2);
    const { jobId } = job;
    const error: ErrorInfo = { code: 'SOURCE_LOST', message: 'gone', fix: 'again', details: { n: 1 } };
    history.beginJob(job);
    recordFile(history, jobId, 0, 1, 5);
    history.addFile(jobId, 0, { seq: 2, key: fileKey(0, 2) });
    history.setFile(jobId, 0, 2, { state: 'removed' });
    history.setObject(jobId, 0, { state: 'completed', rows: 5 });
    recordFile(history, jobId, 1, 1, 9);
    history.setObject(jobId, 1, { state: 'failed', rows: 9, error });
    history.endJob(jobId, { state: 'completed_with_failures', endedAt, error });

    const receipt = history.receipt(jobId);
    expect(receipt).toMatchObject({ state: 'completed_with_failures', rows: 5, files: 1, error });
    expect(receipt?.objects[0]?.files.map(({ key }) => key)).toEqual([fileKey(0, 1)]);
    expect(receipt?.objects[1]).toMatchObject({ state: 'failed', files: [], error });
    expect(history.summaries()).toMatchObject([{ rows: 5, files: 1 }]);
  });

  test('keeps the journal of every file, for resume and discard', () => {
    const history = historyIn(temporaryFolder());
    const job = sampleJob(2);
    const { jobId } = job;
    history.beginJob(job);
    history.addFile(jobId, 1, { seq: 1, key: fileKey(1, 1) });
    history.setFile(jobId, 1, 1, { state: 'uploading', uploadId: 'U' });
    history.addFile(jobId, 0, { seq: 2, key: fileKey(0, 2) });
    history.addFile(jobId, 0, { seq: 1, key: fileKey(0, 1) });
    const parts = [{ number: 1, etag: '"e"', crc32: 'AAAAAA==' }];
    history.setFile(jobId, 1, 1, { state: 'uploaded', rows: 0, bytes: 20, checksum: 'c', parts });
    const nothing = { csvBytes: null, confirmed: null, removedAt: null, strays: null };
    const untouched = {
      ...{ state: 'intended', uploadId: null, rows: null, bytes: null, checksum: null, parts: null },
      ...nothing,
    };
    expect(history.files(jobId)).toEqual([
      { ordinal: 0, seq: 1, key: fileKey(0, 1), ...untouched },
      { ordinal: 0, seq: 2, key: fileKey(0, 2), ...untouched },
      {
        ordinal: 1,
        seq: 1,
        key: fileKey(1, 1),
        state: 'uploaded',
        uploadId: 'U',
        rows: 0,
        bytes: 20,
        checksum: 'c',
        ...nothing,
        parts,
      },
    ]);
  });

  test('uses the number of a removed file again, and of no other', () => {
    const history = historyIn(temporaryFolder());
    const { jobId } = sampleJob();
    history.beginJob(sampleJob(2, jobId));
    const file = { seq: 1, key: fileKey(0, 1) };
    recordFile(history, jobId, 0, 1, 3);
    expect(() => history.addFile(jobId, 0, file)).toThrow(internal);
    expect(history.files(jobId)).toMatchObject([{ state: 'committed', rows: 3 }]);
    history.setFile(jobId, 0, 1, { state: 'removed' });
    history.addFile(jobId, 0, file);
    expect(history.files(jobId)).toMatchObject([{ state: 'intended', uploadId: null, rows: null }]);
    expect(() => history.addFile(jobId, 1, { seq: 7, key: file.key })).toThrow(internal);
  });

  test('runs again after an interruption, and remembers when', () => {
    const history = historyIn(temporaryFolder());
    const job = sampleJob(1);
    const { jobId } = job;
    using _lock = history.lockJob(jobId);
    const error: ErrorInfo = { code: 'JOB_INTERRUPTED', message: 'm', fix: 'f', details: {} };
    history.beginJob(job);
    history.setObject(jobId, 0, { state: 'interrupted', error });
    history.endJob(jobId, { state: 'interrupted', endedAt, error });
    expect(history.receipt(jobId)).toMatchObject({ state: 'interrupted', endedAt, error });
    history.resumed(jobId, '2024-11-27T10:00:00Z');
    history.resumed(jobId, '2024-11-27T09:30:00Z');
    history.setObject(jobId, 0, { state: 'running' });
    const receipt = history.receipt(jobId);
    expect(receipt).toMatchObject({ state: 'running', endedAt: null });
    expect(receipt?.resumedAt).toEqual(['2024-11-27T10:00:00.000Z', '2024-11-27T09:30:00.000Z']);
    expect(receipt).not.toHaveProperty('error');
    expect(receipt?.objects[0]).not.toHaveProperty('error');
  });

  test('is absent when nobody recorded it, and refuses to be changed', () => {
    const history = historyIn(temporaryFolder());
    const jobId = randomUUID();
    expect(history.receipt(jobId)).toBeUndefined();
    expect(history.receipt("' OR 1=1 --")).toBeUndefined();
    expect(history.definition(jobId)).toBeUndefined();
    expect(history.files(jobId)).toEqual([]);
    for (const change of [
      () => history.setSnapshot(jobId, startedAt),
      () => history.resumed(jobId, startedAt),
      () => history.setObject(jobId, 0, { state: 'running' }),
      () => history.addFile(jobId, 0, { seq: 1, key: 'k' }),
      () => history.setFile(jobId, 0, 1, { state: 'removed' }),
      () => history.endJob(jobId, { state: 'failed', endedAt }),
    ]) {
      expect(change).toThrow(internal);
    }
    expect(() => history.lockJob('../../etc/passwd')).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  test('begins whole or not at all', () => {
    const history = historyIn(temporaryFolder());
    const job = sampleJob(2);
    history.beginJob(job);
    expect(() => history.beginJob(job)).toThrow(internal);
    const broken = {
      ...sampleJob(1),
      objects: [{ object: { schema: null, name: 'a' }, directory: 'a/', path: null as never }],
    };
    expect(() => history.beginJob(broken)).toThrow(internal);
    expect(history.summaries()).toHaveLength(1);
    expect(history.definition(job.jobId)).toEqual(job);
  });

  test('stores no secret that was handed along by mistake', () => {
    const folder = temporaryFolder();
    const history = openHistory(folder);
    const canary = 'canary-9f8e7d';
    const job = sampleJob(1);
    const destination = Object.assign(structuredClone(job.destination), { secretAccessKey: canary });
    Object.assign(destination.access, { secretAccessKey: canary });
    const pipeline = Object.assign(structuredClone(job.pipeline), { password: canary });
    history.beginJob({ ...job, destination, pipeline });
    expect(history.definition(job.jobId)).toEqual(job);
    history.close();
    const database = new DatabaseSync(join(folder, 'history.db'), { readOnly: true });
    const stored = JSON.stringify(database.prepare('SELECT * FROM jobs').all());
    database.close();
    expect(stored).toContain('my-bucket');
    expect(stored).not.toContain(canary);
  });
});

describe('the list of jobs', () => {
  test('is newest first, by time and not by text', () => {
    const history = historyIn(temporaryFolder());
    const times = ['2024-11-27T10:00:00+02:00', '2024-11-27T09:00:00Z', '2024-11-27T09:00:00Z'];
    const jobs = times.map((at) => ({ ...sampleJob(1), startedAt: at }));
    for (const job of jobs) history.beginJob(job);
    const [oldest, middle, newest] = jobs.map(({ jobId }) => jobId);
    expect(history.summaries().map(({ jobId }) => jobId)).toEqual([newest, middle, oldest]);
  });

  test('of ten thousand jobs comes quickly', () => {
    const folder = temporaryFolder();
    historyIn(folder);
    const database = new DatabaseSync(join(folder, 'history.db'));
    const { pipeline, destination } = sampleJob(1);
    // Straight into the tables: ten thousand jobs through the journal are a hundred thousand synced writes.
    database.exec('BEGIN');
    const job = database.prepare(
      `INSERT INTO jobs (job_id, pipeline, definition, destination, database, version, state, started_at, ended_at)
        VALUES (?, 'nightly', ?, ?, 'db1', '0.1.0', 'completed', ?, ?)`,
    );
    const object = database.prepare(
      `INSERT INTO objects (job_id, ordinal, schema, name, path, state, rows)
        VALUES (?, ?, 'public', 'a', 'p/', 'completed', 10)`,
    );
    const file = database.prepare(
      `INSERT INTO files (job_id, ordinal, seq, key, state, upload_id, rows, bytes, checksum)
        VALUES (?, ?, 1, ?, 'committed', 'u', 10, 100, 'c')`,
    );
    for (let index = 0; index < 10_000; index += 1) {
      const id = randomUUID();
      job.run(id, JSON.stringify(pipeline), JSON.stringify(destination), startedAt, endedAt);
      for (const ordinal of [0, 1, 2]) {
        object.run(id, ordinal);
        file.run(id, ordinal, `k${ordinal}`);
      }
    }
    database.exec('COMMIT');
    database.close();

    const before = performance.now();
    const history = historyIn(folder);
    const opened = performance.now();
    const summaries = history.summaries();
    const listed = performance.now();
    expect(summaries).toHaveLength(10_000);
    expect(summaries[0]).toMatchObject({ rows: 30, files: 3 });
    // Some 0.2 s to open and 0.4 s to list when measured; the limit leaves room for a busy machine and none for a scan per job.
    expect({ open: opened - before < 3_000, list: listed - opened < 3_000 }).toEqual({
      open: true,
      list: true,
    });
  });
});

describe('the lock of a job', () => {
  test('is held once, and its file goes away with the end of the job', () => {
    const folder = temporaryFolder();
    const [one, two] = [historyIn(folder), historyIn(folder)];
    const job = sampleJob(1);
    const path = join(folder, 'jobs', `${job.jobId}.lock`);
    const lock = one.lockJob(job.jobId);
    one.beginJob(job);
    expect(two.lockJob(job.jobId)).toBeUndefined();
    expect(two.summaries()).toMatchObject([{ state: 'running' }]);
    lock?.release();
    expect(existsSync(path)).toBe(true);
    expect(two.summaries()).toMatchObject([{ state: 'interrupted' }]);

    const again = two.lockJob(job.jobId);
    two.resumed(job.jobId, endedAt);
    two.endJob(job.jobId, { state: 'completed', endedAt });
    again?.release();
    again?.release();
    expect(existsSync(path)).toBe(false);
    expect(one.summaries()).toMatchObject([{ state: 'completed' }]);
  });

  test('is given back even when the history was closed before', () => {
    const folder = temporaryFolder();
    const one = openHistory(folder);
    const job = sampleJob(1);
    const lock = one.lockJob(job.jobId);
    one.beginJob(job);
    one.close();
    one.close();
    lock?.release();
    expect(historyIn(folder).summaries()).toMatchObject([{ state: 'interrupted' }]);
  });
});

test.skipIf(process.platform === 'win32')('the files are for their owner only: needs POSIX modes', () => {
  const folder = temporaryFolder();
  historyIn(folder).beginJob(sampleJob(1));
  const files = readdirSync(folder).filter((name) => name.startsWith('history.db'));
  expect(files.sort()).toEqual(['history.db', 'history.db-shm', 'history.db-wal']);
  for (const file of files) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
});
