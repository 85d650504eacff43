/** Unfinished uploads: this installation's abandoned ones are found and swept, and no others. */
import { join } from 'node:path';
import { CreateMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openHistory } from '../../src/main/stores/history.ts';
import { openSettings } from '../../src/main/stores/settings.ts';
import type { JobState } from '../../src/shared/model.ts';
import { bucketName, type Rig, startRig } from './rig.ts';
import { writeTable } from './tables.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  const path = join(rig.folder, 'shop.sqlite');
  writeTable(path, 'few', 7, 60);
  await rig.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path } });
  await rig.addDestination();
  await rig.addPipeline();
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(async () => {
  rig.faults.intercept = undefined;
  for (const { key, uploadId } of rig.sandbox.pendingUploads(bucketName)) await rig.abandon(key, uploadId);
});

async function begin(key: string): Promise<string> {
  const { endpoint, region, user } = rig.sandbox;
  const s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials: user });
  const { UploadId = '' } = await s3.send(new CreateMultipartUploadCommand({ Bucket: bucketName, Key: key }));
  s3.destroy();
  return UploadId;
}

/** An upload of a job that is in that state; with `lost`, its id was never heard. */
async function uploadOf(
  state: JobState,
  lost = false,
): Promise<{ key: string; uploadId: string; jobId: string }> {
  const { pipelines, destinations } = openSettings(join(rig.folder, 'data')).read();
  const [[pipeline], [destination]] = [pipelines, destinations];
  if (pipeline === undefined || destination === undefined) throw new Error('nothing is saved');
  const jobId = crypto.randomUUID();
  const directory = 'in/s3_1_shop_few/';
  const path = `${directory}job_id=${jobId}/`;
  const key = `${path}part-00001-${jobId.slice(0, 8)}.csv.gz`;
  const uploadId = await begin(key);
  using history = openHistory(join(rig.folder, 'data'));
  history.beginJob({
    ...{ jobId, pipeline, destination, database: 'shop', version: '0', force: false },
    startedAt: new Date().toISOString(),
    objects: [{ object: { schema: null, name: 'few' }, path, directory }],
  });
  history.addFile(jobId, 0, { seq: 1, key });
  history.setFile(jobId, 0, 1, { state: 'uploading', ...(lost ? { strays: true } : { uploadId }) });
  if (state !== 'running' && state !== 'interrupted') {
    history.endJob(jobId, { state, endedAt: new Date().toISOString() });
  }
  return { key, uploadId, jobId };
}

const list = () => rig.client.uploads.list({ destination: 'lake' });
const sweep = () => rig.client.uploads.sweep({ destination: 'lake' });
const pending = () => rig.sandbox.pendingUploads(bucketName).map(({ key }) => key);
const receiptLeft = async (jobId: string) => (await rig.client.jobs.show({ jobId })).leftUploads;
const without = <T extends { jobId?: unknown }>({ jobId: _, ...upload }: T) => upload;

it('lists each with its owner, and sweeps the abandoned ones only', async () => {
  const abandoned = await uploadOf('failed');
  const lost = await uploadOf('cancelled', true);
  const interrupted = await uploadOf('interrupted');
  const running = await uploadOf('running');
  using history = openHistory(join(rig.folder, 'data'));
  using _ = history.lockJob(running.jobId);
  const foreign = 'in/s3_1_shop_few/part-00001-0badcafe.csv.gz';
  await begin(foreign);
  await begin('in/somebody-elses.bin');
  await begin('outside/part-00001-0badcafe.csv.gz');
  const { uploads, limitation } = await list();
  expect(limitation).toBeNull();
  expect(new Map(uploads.map(({ key, owner }) => [key, owner]))).toEqual(
    new Map([
      [abandoned.key, 'abandoned'],
      [lost.key, 'abandoned'],
      [interrupted.key, 'interrupted'],
      [running.key, 'running'],
      [foreign, 'foreign'],
    ]),
  );
  for (const { startedAt } of uploads) expect(startedAt).toMatch(/Z$/);
  const { aborted, left } = await sweep();
  expect(left).toEqual([]);
  expect(aborted).toHaveLength(2);
  expect(aborted).toEqual(expect.arrayContaining([without(abandoned), without(lost)]));
  expect(pending().toSorted()).toEqual(
    [
      interrupted.key,
      running.key,
      foreign,
      'in/somebody-elses.bin',
      'outside/part-00001-0badcafe.csv.gz',
    ].toSorted(),
  );
  expect(await sweep()).toMatchObject({ aborted: [], left: [] });
});

it('says so where listing is not allowed, and goes by what the history knows', async () => {
  const known = await uploadOf('failed');
  const lost = await uploadOf('failed', true);
  rig.faults.intercept = ({ operation }) =>
    operation === 'ListMultipartUploads' ? { deny: true } : undefined;
  const found = await list();
  expect(found.limitation).toMatch(/s3:ListBucketMultipartUploads/);
  expect(JSON.parse(found.lifecycleRule)).toMatchObject({
    Rules: [{ Filter: { Prefix: 'in/' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }],
  });
  const keys = found.uploads.map(({ key }) => key);
  expect(keys).toContain(known.key);
  expect(keys).not.toContain(lost.key);
  // Nobody can tell whether it is there, so it is named as one that may be.
  const { key, jobId } = lost;
  expect(found.lost).toContainEqual({ key, jobId, owner: 'abandoned' });
  expect(await receiptLeft(jobId)).toEqual([{ key, uploadId: null }]);
  expect((await sweep()).aborted).toEqual([without(known)]);
  expect(pending()).toEqual([lost.key]);
  const later = await list();
  expect(later.uploads.map((upload) => upload.key)).not.toContain(known.key);
  expect(later.lost).toContainEqual({ key, jobId, owner: 'abandoned' });
});

it('settles by looking what may be there, as soon as listing is allowed', async () => {
  const there = await uploadOf('failed', true);
  const gone = await uploadOf('cancelled', true);
  await rig.abandon(gone.key, gone.uploadId);
  expect((await list()).lost).toEqual([]);
  rig.faults.intercept = ({ operation }) =>
    operation === 'AbortMultipartUpload' ? { deny: true } : undefined;
  expect((await sweep()).left).toMatchObject([without(there)]);
  rig.faults.intercept = ({ operation }) =>
    operation === 'ListMultipartUploads' ? { deny: true } : undefined;
  const named = (await list()).lost.map(({ key }) => key);
  expect(named).toContain(there.key);
  expect(named).not.toContain(gone.key);
  rig.faults.intercept = undefined;
  expect((await sweep()).aborted).toEqual([without(there)]);
  expect(await receiptLeft(there.jobId)).toBeUndefined();
  rig.faults.intercept = ({ operation }) =>
    operation === 'ListMultipartUploads' ? { deny: true } : undefined;
  expect((await list()).lost.map(({ key }) => key)).not.toContain(there.key);
});

it('names what may not be aborted, and keeps it in mind', async () => {
  const upload = await uploadOf('failed');
  rig.faults.intercept = ({ operation }) =>
    operation === 'AbortMultipartUpload' ? { deny: true } : undefined;
  const { aborted, left } = await sweep();
  expect(aborted).toEqual([]);
  expect(left).toEqual([{ ...without(upload), reason: expect.stringContaining('s3:AbortMultipartUpload') }]);
  rig.faults.intercept = undefined;
  expect((await sweep()).aborted).toEqual([without(upload)]);
});

it('forgets an upload that is gone already', async () => {
  const upload = await uploadOf('failed');
  await rig.abandon(upload.key, upload.uploadId);
  expect((await list()).uploads).toEqual([]);
  expect(await sweep()).toMatchObject({ aborted: [], left: [] });
  rig.faults.intercept = ({ operation }) =>
    operation === 'ListMultipartUploads' ? { deny: true } : undefined;
  expect((await list()).uploads.map(({ key }) => key)).not.toContain(upload.key);
});

it('of a destination that is not there is an error', async () => {
  await expect(rig.client.uploads.list({ destination: 'nowhere' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});
