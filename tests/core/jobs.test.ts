/** Jobs through the contract: where they write, what they tell, what they estimate, and what verify finds. */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobMoment } from '../../src/main/core/context.ts';
import type { JobEvent } from '../../src/shared/model.ts';
import { bodyOf, bucketName, follow, type Rig, startRig, verify } from './rig.ts';
import { writeTable } from './tables.ts';

let rig: Rig;
const csv = new Map<string, string>();
/** The moment of the next job; undefined for the real one. */
let moment: JobMoment | undefined;

beforeAll(async () => {
  rig = await startRig({
    load: { gzipLevel: 3, gzipInFlight: 1, fileBytes: 64 * 1024 },
    newJob: () => moment ?? { at: new Date(), jobId: crypto.randomUUID() },
  });
  const path = join(rig.folder, 'shop.sqlite');
  csv.set('orders', writeTable(path, 'orders', 8_000, 1_000));
  csv.set('few', writeTable(path, 'few', 7, 60));
  writeTable(path, 'nobody', 0, 1);
  await rig.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path } });
  await rig.addDestination();
  await rig.addPipeline({
    partitionKey: '${YEAR}/${MONTH}/${DAY}/${HOUR}/${JOB_ID}',
    timeZone: 'Pacific/Auckland',
    objects: ['few', 'nobody', 'orders'],
  });
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(() => {
  moment = undefined;
});

describe('where a load writes', () => {
  it('is what the preview says, to the letter', async () => {
    // New Year's Eve in UTC, New Year in Auckland.
    moment = { at: new Date('2024-12-31T20:30:00Z'), jobId: 'd12d74f4-d647-4929-a5a6-d329afd916f4' };
    const preview = await rig.client.pipelines.preview({ name: 'daily' });
    const { end } = await rig.run();
    expect(end.jobId).toBe(moment.jobId);
    expect(end.state).toBe('completed');
    for (const [index, object] of end.objects.entries()) {
      const shown = preview.objects[index];
      expect(shown?.object).toBe(object.object);
      const [first] = object.files;
      if (object.object === 'nobody') expect(object.files).toEqual([]);
      else expect(first?.key).toBe(shown?.firstKey);
      for (const { key } of object.files) expect(key.startsWith(shown?.path ?? '?')).toBe(true);
    }
    const path =
      'in/s3_1_shop_few/year=2025/month=01/day=01/hour=09/job_id=d12d74f4-d647-4929-a5a6-d329afd916f4/';
    expect(preview.objects[0]?.path).toBe(path);
    expect(preview.objects[0]?.pathUtc).toBe(
      path.replace('2025/month=01/day=01/hour=09', '2024/month=12/day=31/hour=20'),
    );
    expect(preview.objects[0]?.keyBytes).toBe(Buffer.byteLength(preview.objects[0]?.firstKey ?? ''));
    const estimate = await rig.client.jobs.estimate({ pipeline: 'daily' });
    expect(estimate.objects.map((object) => object.path)).toEqual(
      preview.objects.map((object) => object.path),
    );
  });

  it('holds the rows of the table, once, in files of their own', async () => {
    const { end } = await rig.run();
    for (const { object, files, rows } of end.objects) {
      const text = bodyOf(await Promise.all(files.map(({ key }) => rig.read(key))));
      expect(text === (csv.get(object) ?? '')).toBe(true);
      expect(files.reduce((sum, file) => sum + file.rows, 0)).toBe(rows);
    }
    expect(end.objects[2]?.files.length).toBeGreaterThan(1);
  });
});

describe('what a job tells', () => {
  it('progress that never goes back, the warning of an empty table, and the end last', async () => {
    const { end, events } = await rig.run();
    const last = new Map<string, Extract<JobEvent, { event: 'progress' }>>();
    for (const event of events) {
      if (event.event !== 'progress') continue;
      const before = last.get(event.object);
      for (const count of ['rows', 'bytesRead', 'bytesSent'] as const) {
        expect(event[count]).toBeGreaterThanOrEqual(before?.[count] ?? 0);
      }
      last.set(event.object, event);
    }
    expect(events.filter(({ event }) => event === 'end')).toHaveLength(1);
    const orders = end.objects.find(({ object }) => object === 'orders');
    expect(last.get('orders')).toMatchObject({
      rows: 8_000,
      bytesRead: csv.get('orders')?.length,
      bytesSent: orders?.files.reduce((sum, file) => sum + file.bytes, 0),
    });
    expect(events).toContainEqual({
      event: 'warning',
      object: 'nobody',
      message: 'has no rows, so no file was written',
    });
    expect(end.objects[1]).toMatchObject({ state: 'completed', rows: 0, files: [] });
    expect((await rig.keys()).some((key) => key.includes('nobody'))).toBe(false);
  });

  it('the same to two watchers, and to one who comes after the end', async () => {
    const { jobId } = await rig.client.jobs.start({ pipeline: 'daily', force: true });
    const [one, two] = await Promise.all([follow(rig.client, jobId), follow(rig.client, jobId)]);
    const late = await follow(rig.client, jobId);
    expect(two.end).toEqual(one.end);
    expect(late.end).toEqual(one.end);
    const receipt = await rig.client.jobs.show({ jobId });
    expect(receipt.objects.map(({ path: _, query: __, snapshotAt: ___, ...object }) => object)).toEqual(
      one.end.objects,
    );
    expect(receipt).toMatchObject({ state: 'completed', bucket: bucketName, timeZone: 'Pacific/Auckland' });
    const [listed] = await rig.client.jobs.list();
    expect(listed).toMatchObject({ jobId, state: 'completed', rows: 8_007 });
  });

  it('a watcher who leaves does not stop it', async () => {
    const { jobId } = await rig.client.jobs.start({ pipeline: 'daily', force: true });
    const leave = new AbortController();
    const watching = (async () => {
      for await (const _ of await rig.client.jobs.watch({ jobId }, { signal: leave.signal })) leave.abort();
    })();
    await watching.catch(() => undefined);
    expect((await follow(rig.client, jobId)).end.state).toBe('completed');
  });

  it('a finished job cannot be resumed or discarded', async () => {
    const { end } = await rig.run();
    for (const call of [rig.client.jobs.resume, rig.client.jobs.discard]) {
      await expect(call({ jobId: end.jobId })).rejects.toMatchObject({ code: 'JOB_NOT_RESUMABLE' });
    }
  });

  it('two runs of one pipeline write beside each other', async () => {
    const before = await rig.keys();
    const ends = await Promise.all([rig.run(), rig.run()]);
    expect(ends.map(({ end }) => end.state)).toEqual(['completed', 'completed']);
    const keys = ends.flatMap(({ end }) => end.objects.flatMap(({ files }) => files.map(({ key }) => key)));
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(await rig.keys())).toEqual(new Set([...before, ...keys]));
  });
});

describe('an estimate', () => {
  it('is near the truth, and writes nothing', async () => {
    const before = await rig.keys();
    rig.faults.calls.length = 0;
    const { objects } = await rig.client.jobs.estimate({ pipeline: 'daily' });
    expect(rig.faults.calls).toEqual([]);
    expect(await rig.keys()).toEqual(before);
    const { end } = await rig.run();
    for (const [index, guess] of objects.entries()) {
      const truth = end.objects[index];
      const bytes = truth?.files.reduce((sum, file) => sum + file.bytes, 0) ?? 0;
      expect(guess.rows).toBe(truth?.rows);
      expect(Math.abs((guess.bytes ?? Number.NaN) - bytes)).toBeLessThanOrEqual(bytes * 0.1 + 100);
    }
    expect(objects[1]).toMatchObject({ rows: 0, files: 0, bytes: 0, requests: 0 });
  });

  it('counts the requests of one file as the load makes them', async () => {
    await using big = await startRig({ load: { gzipLevel: 0, gzipInFlight: 1, partBytes: 5 * 1024 * 1024 } });
    const path = join(big.folder, 'big.sqlite');
    writeTable(path, 'big', 200, 64 * 1024);
    await big.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path } });
    await big.addDestination();
    await big.addPipeline();
    const { objects } = await big.client.jobs.estimate({ pipeline: 'daily' });
    await big.run();
    const writes = big.faults.calls.filter(({ operation }) => /Upload|Put/.test(operation));
    expect(objects[0]?.requests).toBe(writes.length);
  });
});

describe('verify', () => {
  const disk = (key: string) => rig.sandbox.fileOf(bucketName, key) ?? '';

  it('passes what a load wrote', async () => {
    const { end } = await rig.run();
    const { result, files } = await verify(rig.client, end.jobId);
    expect(result).toBe('passed');
    expect(files).toHaveLength(end.objects.flatMap((object) => object.files).length);
    expect(files.reduce((sum, file) => sum + (file.rows ?? 0), 0)).toBe(8_007);
  });

  it('finds the one file that was cut short, changed, or replaced, and the one that is missing', async () => {
    const { end } = await rig.run();
    const keys = end.objects.flatMap((object) => object.files.map(({ key }) => key));
    const [replaced = '', cut = '', changed = '', missing = ''] = keys;
    expect(missing).not.toBe('');
    truncateSync(disk(cut), 20_000);
    const bytes = await rig.read(changed);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0x01;
    writeFileSync(disk(changed), bytes);
    const { S3Client, DeleteObjectCommand, PutObjectCommand } = await import('@aws-sdk/client-s3');
    const { endpoint, region, user } = rig.sandbox;
    const s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials: user });
    await s3.send(new DeleteObjectCommand({ Bucket: bucketName, Key: missing }));
    const other = end.objects.at(-1)?.files.at(-1)?.key ?? '';
    await s3.send(new PutObjectCommand({ Bucket: bucketName, Key: replaced, Body: await rig.read(other) }));
    s3.destroy();
    const { result, files } = await verify(rig.client, end.jobId);
    expect(result).toBe('failed');
    const failed = files.filter(({ verdict }) => verdict === 'failed');
    expect(failed.map(({ key }) => key)).toEqual([replaced, cut, changed, missing]);
    for (const { cause } of failed) expect(cause).toMatch(/\w/);
    expect(failed[0]?.cause).toMatch(/bytes; the receipt says/);
    expect(failed[3]?.cause).toMatch(/does not exist/);
  });

  it('says that it could not look, instead of calling the files wrong', async () => {
    const { end } = await rig.run();
    rig.faults.intercept = ({ operation }) => (operation === 'GetObject' ? { deny: true } : undefined);
    await expect(verify(rig.client, end.jobId)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    });
    rig.faults.intercept = undefined;
  });
});
