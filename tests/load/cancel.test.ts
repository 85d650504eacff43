/** A load is cancelled at many moments: it ends within a second, and nothing of it is there. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bucketName, follow, type Rig, startRig } from '../core/rig.ts';
import { randomOf, writeTable } from '../core/tables.ts';

const MiB = 1024 * 1024;
let rig: Rig;
let before: string[] = [];

beforeAll(async () => {
  rig = await startRig({
    load: { gzipLevel: 0, gzipInFlight: 1, partBytes: 5 * MiB, fileBytes: 5.2 * MiB },
  });
  const path = join(rig.folder, 'shop.sqlite');
  for (const name of ['one', 'two']) writeTable(path, name, 800, 16 * 1024);
  await rig.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path } });
  await rig.addDestination();
  await rig.addPipeline();
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(async () => {
  rig.faults.intercept = undefined;
  before = await rig.keys();
});

/** What `cancel` leads to. Objects that were completed before it stay. */
async function expectCancelled(jobId: string, cancelledAt: number): Promise<void> {
  const { end } = await follow(rig.client, jobId);
  expect(performance.now() - cancelledAt).toBeLessThan(1000);
  expect(end).toMatchObject({ state: 'cancelled', error: { code: 'CANCELLED' } });
  expect((await rig.client.jobs.show({ jobId })).state).toBe('cancelled');
  const kept = end.objects.filter(({ state }) => state === 'completed');
  for (const { state, files } of end.objects) {
    if (state !== 'completed') expect([state, files]).toEqual(['cancelled', []]);
  }
  const keys = kept.flatMap(({ files }) => files.map(({ key }) => key));
  expect(new Set(await rig.keys())).toEqual(new Set([...before, ...keys]));
  expect(rig.sandbox.pendingUploads(bucketName)).toEqual([]);
}

describe('cancel', () => {
  const random = randomOf(20241127);
  const delays = Array.from({ length: 12 }, () => Math.floor(random() * 400));

  it.each(delays)('after %i ms', async (delay) => {
    const { jobId } = await rig.client.jobs.start({ pipeline: 'daily', force: true });
    await sleep(delay);
    const at = performance.now();
    const running = (await rig.client.jobs.show({ jobId })).state === 'running';
    await rig.client.jobs.cancel({ jobId });
    if (running) await expectCancelled(jobId, at);
  });

  it.each([
    ['CreateMultipartUpload', 1],
    ['UploadPart', 1],
    ['UploadPart', 4],
    ['CompleteMultipartUpload', 1],
    ['CompleteMultipartUpload', 2],
    ['CompleteMultipartUpload', 3],
  ] as const)('during %s, number %i', async (operation, nth) => {
    let seen = 0;
    const reached = new Promise<void>((resolve) => {
      rig.faults.intercept = async (call) => {
        if (call.operation === operation && ++seen === nth) {
          resolve();
          await sleep(100);
        }
        return undefined;
      };
    });
    const { jobId } = await rig.client.jobs.start({ pipeline: 'daily', force: true });
    await reached;
    const at = performance.now();
    await rig.client.jobs.cancel({ jobId });
    await expectCancelled(jobId, at);
  });

  it('names the upload that is left where the policy forbids the abort', async () => {
    const reached = new Promise<void>((resolve) => {
      rig.faults.intercept = ({ operation }) => {
        if (operation === 'UploadPart') resolve();
        return operation === 'AbortMultipartUpload' ? { deny: true } : undefined;
      };
    });
    const { jobId } = await rig.client.jobs.start({ pipeline: 'daily', force: true });
    await reached;
    await rig.client.jobs.cancel({ jobId });
    const { end } = await follow(rig.client, jobId);
    const [left] = rig.sandbox.pendingUploads(bucketName);
    expect(end.state).toBe('cancelled');
    expect(end.error?.code).toBe('CANCELLED');
    expect(end.error?.message).toContain(`upload ${left?.uploadId} of ${left?.key}`);
    // The upload is that of the first object alone.
    expect(end.objects.map(({ error }) => error?.message.includes('upload '))).toEqual([true, false]);
  });
});

describe('closing the core', () => {
  it('cancels what runs and waits for it', async () => {
    await using other = await startRig({ load: { gzipLevel: 0, partBytes: 5 * MiB } });
    const path = join(rig.folder, 'shop.sqlite');
    await other.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path } });
    await other.addDestination();
    await other.addPipeline();
    await other.client.jobs.start({ pipeline: 'daily', force: true });
    await sleep(50);
    await other.core[Symbol.asyncDispose]();
    expect(await other.keys()).toEqual([]);
    expect(other.sandbox.pendingUploads(bucketName)).toEqual([]);
  });
});
