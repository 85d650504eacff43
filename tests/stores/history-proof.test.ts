/** What the history knows beside the journal: older files, repeated content, removed data, uploads that were left. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { type History, openHistory } from '../../src/main/stores/history.ts';
import { migrationsFrom } from '../../src/main/stores/history-schema.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { fileKey, recordFile, sampleJob } from './job-samples.ts';

function historyIn(folder: string): History {
  const history = openHistory(folder);
  onTestFinished(() => history.close());
  return history;
}

const at = '2024-11-27T10:00:00.000Z';
const hash = `sha256:${'a'.repeat(64)}`;

/** A job whose object 0 was completed with that content. */
function completed(history: History, job = sampleJob(1)): string {
  const { jobId } = job;
  history.beginJob(job);
  recordFile(history, jobId, 0, 1, 5);
  history.setObject(jobId, 0, { state: 'completed', rows: 5, contentHash: hash });
  history.endJob(jobId, { state: 'completed', endedAt: at });
  return jobId;
}

test('a file of the first format is brought to the present one, and keeps its jobs', () => {
  const folder = temporaryFolder();
  const database = new DatabaseSync(join(folder, 'history.db'));
  database.exec(`${migrationsFrom(0)[0]} PRAGMA user_version = 1`);
  const { jobId, pipeline, destination } = sampleJob(1);
  const settings = [JSON.stringify(pipeline), JSON.stringify(destination)];
  database
    .prepare("INSERT INTO jobs VALUES (?, 'nightly', ?, ?, 'db1', '0.1.0', 'completed', ?, ?, ?, NULL)")
    .run(jobId, ...settings, at, at, at);
  database
    .prepare(
      "INSERT INTO objects VALUES (?, 0, 'public', 'a', 'p/a/', 'completed', 3, 'SELECT 1', NULL, NULL)",
    )
    .run(jobId);
  database
    .prepare("INSERT INTO files VALUES (?, 0, 1, 'p/a/1', 'committed', 'u', 3, 30, 'crc32:A')")
    .run(jobId);
  database.close();
  const history = historyIn(folder);
  expect(history.receipt(jobId)).toMatchObject({
    ...{ state: 'completed', rows: 3, sourceVersion: null, forced: false, manifest: null },
    objects: [{ files: [{ key: 'p/a/1', rows: 3, bytes: 30, checksum: 'crc32:A' }] }],
  });
  expect(history.definition(jobId)).toMatchObject({ force: false, objects: [{ directory: null }] });
  history.beginRemoval(jobId, at);
  expect(history.receipt(jobId)).toMatchObject({ removalStartedAt: at });
});

test('of a file that the format before recorded, nothing is known about lost answers', () => {
  const folder = temporaryFolder();
  const job = sampleJob(1);
  const key = fileKey(0, 1);
  const database = new DatabaseSync(join(folder, 'history.db'));
  database.exec(`${migrationsFrom(0).slice(0, 5).join('')} PRAGMA user_version = 5`);
  const [pipeline, destination] = [JSON.stringify(job.pipeline), JSON.stringify(job.destination)];
  database.exec(`
    INSERT INTO jobs (job_id, pipeline, definition, destination, database, version, state, started_at)
      VALUES ('${job.jobId}', 'nightly', '${pipeline}', '${destination}', 'db1', '0.1.0', 'running', '${at}');
    INSERT INTO objects (job_id, ordinal, schema, name, path, state, rows)
      VALUES ('${job.jobId}', 0, 'public', 'a', 'p/a/', 'running', 0);
    INSERT INTO files (job_id, ordinal, seq, key, state) VALUES ('${job.jobId}', 0, 1, '${key}', 'uploading')`);
  database.close();
  const history = historyIn(folder);
  expect(history.files(job.jobId)).toMatchObject([{ state: 'uploading', strays: null }]);
  expect(history.lostUploads(job.destination)).toEqual([]);
  history.setFile(job.jobId, 0, 1, { state: 'uploading', strays: true });
  expect(history.lostUploads(job.destination)).toEqual([{ jobId: job.jobId, key }]);
});

test('content that was appended before is found: the same, of the same object, at the same place, and still there', () => {
  const history = historyIn(temporaryFolder());
  const before = completed(history);
  const job = sampleJob(2);
  const { jobId } = job;
  history.beginJob(job);
  expect(history.appendedBefore(jobId, 0, hash)).toMatchObject({ jobId: before });
  expect(history.appendedBefore(jobId, 0, hash.replace('a', 'b'))).toBeUndefined();
  expect(history.appendedBefore(jobId, 1, hash)).toBeUndefined();
  // An own object does not stand in its own way when the job is resumed.
  expect(history.appendedBefore(before, 0, hash)).toBeUndefined();

  const elsewhere = { ...sampleJob(1) };
  const moved = {
    ...elsewhere,
    destination: { ...elsewhere.destination, endpoint: 'https://s3.example.com' },
  };
  history.beginJob(moved);
  expect(history.appendedBefore(moved.jobId, 0, hash)).toBeUndefined();

  history.beginRemoval(before, at);
  expect(history.appendedBefore(jobId, 0, hash)).toMatchObject({ jobId: before });
  history.fileRemoved(before, 0, 1, at);
  expect(history.appendedBefore(jobId, 0, hash)).toBeUndefined();
});

test('an object that failed was not appended', () => {
  const history = historyIn(temporaryFolder());
  const before = sampleJob(1);
  history.beginJob(before);
  history.setObject(before.jobId, 0, { state: 'failed', contentHash: hash });
  const { jobId } = sampleJob(1);
  history.beginJob({ ...sampleJob(1), jobId });
  expect(history.appendedBefore(jobId, 0, hash)).toBeUndefined();
});

test('uploads without a recorded end are known, of the asked place only, and forgotten when they are gone', () => {
  const history = historyIn(temporaryFolder());
  const job = sampleJob(1);
  const { jobId, destination } = job;
  history.beginJob(job);
  recordFile(history, jobId, 0, 1, 5);
  history.addFile(jobId, 0, { seq: 2, key: fileKey(0, 2) });
  history.setFile(jobId, 0, 2, { state: 'uploading', uploadId: 'U2' });
  history.addLeftUpload({ jobId, key: fileKey(0, 3), uploadId: 'U3' });
  const known = [
    { jobId, key: fileKey(0, 2), uploadId: 'U2' },
    { jobId, key: fileKey(0, 3), uploadId: 'U3' },
  ];
  expect(history.openUploads(destination)).toEqual(known);
  expect(history.openUploads({ bucket: 'another' })).toEqual([]);
  expect(history.openUploads({ bucket: 'my-bucket', endpoint: 'https://s3.example.com' })).toEqual([]);
  for (const upload of known) history.forgetUpload(upload);
  expect(history.openUploads(destination)).toEqual([]);
});

test('uploads that may exist without a known id are known until somebody has looked, also in the receipt', () => {
  const history = historyIn(temporaryFolder());
  const job = sampleJob(1);
  const { jobId, destination } = job;
  history.beginJob(job);
  const keys = [1, 2, 3, 4].map((seq) => fileKey(0, seq));
  for (const [at, key] of keys.entries()) {
    history.addFile(jobId, 0, { seq: at + 1, key });
    history.setFile(jobId, 0, at + 1, { state: 'uploading', strays: true });
  }
  // The first was answered at once, the second after a lost answer, the third by nobody, the fourth not at all.
  history.setFile(jobId, 0, 1, { state: 'uploading', uploadId: 'U1', strays: false });
  history.setFile(jobId, 0, 2, { state: 'uploading', uploadId: 'U2', strays: true });
  history.setFile(jobId, 0, 4, { state: 'removed', strays: false });
  history.addLeftUpload({ jobId, key: fileKey(0, 4), uploadId: null });
  const lost = [2, 3, 4].map((seq) => ({ jobId, key: fileKey(0, seq) }));
  expect(history.files(jobId).map(({ strays }) => strays)).toEqual([false, true, true, false]);
  expect(history.lostUploads(destination)).toEqual(lost);
  expect(history.lostUploads({ bucket: 'another' })).toEqual([]);
  expect(history.receipt(jobId)?.leftUploads).toBeUndefined();
  history.endJob(jobId, { state: 'failed', endedAt: at });
  const known = [1, 2].map((seq) => ({ key: fileKey(0, seq), uploadId: `U${seq}` }));
  const all = [...known, ...lost.map(({ key }) => ({ key, uploadId: null }))];
  const left = history.receipt(jobId)?.leftUploads;
  expect(left).toHaveLength(all.length);
  expect(left).toEqual(expect.arrayContaining(all));
  // A file that is made anew does not hide the upload of its forerunner.
  history.addFile(jobId, 0, { seq: 4, key: fileKey(0, 4) });
  history.setFile(jobId, 0, 4, { state: 'uploading', uploadId: 'U4', strays: false });
  expect(history.lostUploads(destination)).toEqual(lost);
  for (const upload of lost) history.forgetLostUpload(upload);
  expect(history.lostUploads(destination)).toEqual([]);
});

test('a key tells its job, by the history and not by its name', () => {
  const history = historyIn(temporaryFolder());
  const job = sampleJob(1);
  const { jobId, destination } = job;
  const key = `p/a/part-00001-${jobId.slice(0, 8)}.csv.gz`;
  history.beginJob(job);
  history.addFile(jobId, 0, { seq: 1, key });
  expect(history.jobOfKey(destination, key)).toBe(jobId);
  expect(history.jobOfKey({ bucket: 'another' }, key)).toBeUndefined();
  expect(history.jobOfKey(destination, key.replace('p/a', 'p/b'))).toBeUndefined();
  expect(history.jobOfKey(destination, 'p/a/part-00001-00000000.csv.gz')).toBeUndefined();
});

test('a manifest is listed from its commit on, and its removal is noted', () => {
  const history = historyIn(temporaryFolder());
  const jobId = completed(history);
  history.setManifest(jobId, { state: 'committing', key: 'p/m.json', bytes: 9, checksum: 'crc32:M' });
  expect(history.receipt(jobId)?.manifest).toBeNull();
  expect(history.manifest(jobId)).toMatchObject({ key: 'p/m.json', state: 'committing' });
  history.setManifest(jobId, { state: 'committed' });
  expect(history.receipt(jobId)?.manifest).toEqual({ key: 'p/m.json', bytes: 9, checksum: 'crc32:M' });
  history.manifestRemoved(jobId, at);
  expect(history.receipt(jobId)?.manifest).toMatchObject({ removedAt: at });
});

test('the speed of the latest large load is known, not that of a small or a resumed one', () => {
  const history = historyIn(temporaryFolder());
  const load = (rows: number, startedAt: string, endedAt: string, resumed = false): void => {
    const job = { ...sampleJob(1), startedAt };
    history.beginJob(job);
    recordFile(history, job.jobId, 0, 1, rows);
    history.setObject(job.jobId, 0, { state: 'completed', rows });
    if (resumed) history.resumed(job.jobId, startedAt);
    history.endJob(job.jobId, { state: 'completed', endedAt });
  };
  const { destination } = sampleJob(1);
  expect(history.sentPerSecond(destination)).toBeUndefined();
  load(2_000_000, '2024-11-27T09:00:00.000Z', '2024-11-27T09:00:10.000Z');
  load(10, '2024-11-28T09:00:00.000Z', '2024-11-28T09:00:10.000Z');
  load(4_000_000, '2024-11-29T09:00:00.000Z', '2024-11-29T09:30:00.000Z', true);
  expect(history.sentPerSecond(destination)).toBeCloseTo(2_000_000, -2);
  expect(history.sentPerSecond({ bucket: 'another' })).toBeUndefined();
});
