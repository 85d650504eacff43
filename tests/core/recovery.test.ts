/** A loading process is killed; afterwards every row is there once, or nothing is. */
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Intercept } from '../../src/main/sandbox/sandbox.ts';
import { openHistory } from '../../src/main/stores/history.ts';
import { killed, startScript } from '../support/child.ts';
import { bodyOf, bucketName, follow, type Rig, startRig, verify } from './rig.ts';
import { writeTable } from './tables.ts';

const MiB = 1024 * 1024;
const load = { gzipLevel: 0, gzipInFlight: 1, partBytes: 5 * MiB, fileBytes: 5.2 * MiB, networkPatience: 0 };
let rig: Rig;
const csv = new Map<string, string>();

beforeAll(async () => {
  rig = await startRig({ load });
  const path = join(rig.folder, 'shop.sqlite');
  csv.set('big', writeTable(path, 'big', 800, 16 * 1024));
  csv.set('first', writeTable(path, 'first', 30, 20));
  await rig.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path } });
  await rig.addDestination();
  await rig.addPipeline({ objects: ['first', 'big'] });
});
afterAll(() => rig[Symbol.asyncDispose]());

let before: string[] = [];
beforeEach(async () => {
  rig.faults.intercept = undefined;
  before = await rig.keys();
});

/** The moments: a request of the load that has come to S3 and is not answered, or was carried out. */
const moments: readonly (readonly [operation: string, nth: number, when: 'before' | 'after'])[] = [
  ['CreateMultipartUpload', 1, 'before'],
  ['CreateMultipartUpload', 1, 'after'],
  ['UploadPart', 2, 'after'],
  ['CreateMultipartUpload', 2, 'after'],
  ['CompleteMultipartUpload', 1, 'before'],
  ['CompleteMultipartUpload', 1, 'after'],
  ['CompleteMultipartUpload', 2, 'after'],
];

/** Starts a load and kills it at that moment; returns the id of its job. */
async function killAt(operation: string, nth: number, when: 'before' | 'after'): Promise<string> {
  const script = new URL('./children/load.ts', import.meta.url);
  const secret = rig.sandbox.user.secretAccessKey;
  const child = startScript(script, [join(rig.folder, 'data'), secret, JSON.stringify(load), 'daily']);
  const lines = createInterface(child.stdout);
  const said = once(lines, 'line') as Promise<[string]>;
  let seen = 0;
  let gone: Promise<void> | undefined;
  const reached = new Promise<void>((resolve) => {
    const intercept: Intercept = async (call) => {
      if (call.operation !== operation) return undefined;
      seen += 1;
      if (seen !== nth) return seen > nth ? { hangUp: 'before' } : undefined;
      gone = killed(child);
      resolve();
      // Nobody hears the answer: with `after` the request is carried out all the same.
      await gone;
      return { hangUp: when };
    };
    rig.faults.intercept = intercept;
  });
  const [line] = await said;
  await reached;
  await gone;
  // What the sandbox had begun is at its end before anybody looks.
  await new Promise((resolve) => setTimeout(resolve, 100));
  rig.faults.intercept = undefined;
  return line.replace('job ', '');
}

/** The key of each visible file that the tests before did not make. */
const added = async (): Promise<string[]> => (await rig.keys()).filter((key) => !before.includes(key));

async function expectInterrupted(jobId: string): Promise<void> {
  const job = (await rig.client.jobs.list()).find((summary) => summary.jobId === jobId);
  expect(job?.state).toBe('interrupted');
  const receipt = await rig.client.jobs.show({ jobId });
  expect(receipt.objects.map(({ state }) => state)).toEqual(['completed', 'interrupted']);
}

/** No file is left in a state between. */
function expectSettled(jobId: string, visible: number): void {
  using history = openHistory(join(rig.folder, 'data'));
  const states = history.files(jobId).map(({ state }) => state);
  expect(states.filter((state) => state === 'committed')).toHaveLength(visible);
  expect(states.filter((state) => state !== 'committed' && state !== 'removed')).toEqual([]);
}

describe.each(moments)('killed at %s, number %i, %s', (operation, nth, when) => {
  it('and resumed: every row once, in the same directory', async () => {
    const jobId = await killAt(operation, nth, when);
    await expectInterrupted(jobId);
    const { path: directory } = (await rig.client.jobs.show({ jobId })).objects[1] ?? { path: '?' };
    expect(await rig.client.jobs.resume({ jobId })).toEqual({ jobId });
    const { end } = await follow(rig.client, jobId);
    expect(end).toMatchObject({ jobId, state: 'completed' });
    const keys = await added();
    expect(keys.every((key) => key.includes(`job_id=${jobId}`))).toBe(true);
    for (const table of ['big', 'first']) {
      const files = keys.filter((key) => key.includes(`shop_${table}/`));
      expect(bodyOf(await Promise.all(files.map(rig.read))) === csv.get(table)).toBe(true);
    }
    for (const { key } of end.objects[1]?.files ?? []) expect(key.startsWith(directory)).toBe(true);
    expect(rig.sandbox.pendingUploads(bucketName)).toEqual([]);
    expectSettled(jobId, keys.length);
    expect((await rig.client.jobs.show({ jobId })).resumedAt).toHaveLength(1);
    expect((await verify(rig.client, jobId)).result).toBe('passed');
  });
});

describe('discarded', () => {
  it.each([
    ['UploadPart', 2, 'after'],
    ['CreateMultipartUpload', 1, 'after'],
    ['CompleteMultipartUpload', 2, 'after'],
  ] as const)(
    'after a kill at %s, number %i: nothing of the unfinished object is left',
    async (operation, nth, when) => {
      const jobId = await killAt(operation, nth, when);
      const receipt = await rig.client.jobs.discard({ jobId });
      expect(receipt).toMatchObject({ jobId, state: 'cancelled' });
      expect(receipt.objects.map(({ state }) => state)).toEqual(['completed', 'cancelled']);
      const keys = await added();
      expect(keys.filter((key) => key.includes('shop_big'))).toEqual([]);
      expect(keys).toHaveLength(1);
      expect(rig.sandbox.pendingUploads(bucketName)).toEqual([]);
      expectSettled(jobId, 1);
      await expect(rig.client.jobs.resume({ jobId })).rejects.toMatchObject({ code: 'JOB_NOT_RESUMABLE' });
    },
  );

  it('says which upload stays where the policy forbids the abort', async () => {
    const jobId = await killAt('UploadPart', 2, 'after');
    rig.faults.intercept = ({ operation }) =>
      operation === 'AbortMultipartUpload' ? { deny: true } : undefined;
    const [upload] = rig.sandbox.pendingUploads(bucketName);
    await expect(rig.client.jobs.discard({ jobId })).rejects.toMatchObject({
      code: 'UPLOAD_LEFT',
      message: expect.stringContaining(`upload ${upload?.uploadId} of ${upload?.key}`),
    });
    expect((await rig.client.jobs.show({ jobId })).state).toBe('cancelled');
  });

  it('fails, and can be tried again, where the service does not answer', async () => {
    const jobId = await killAt('CompleteMultipartUpload', 2, 'after');
    rig.faults.intercept = ({ operation }) =>
      operation === 'DeleteObject' || operation === 'AbortMultipartUpload'
        ? { status: 500, code: 'InternalError', message: 'We encountered an internal error.' }
        : undefined;
    await expect(rig.client.jobs.discard({ jobId })).rejects.toMatchObject({ code: 'DESTINATION_FAILED' });
    expect((await rig.client.jobs.show({ jobId })).state).toBe('interrupted');
    rig.faults.intercept = undefined;
    expect((await rig.client.jobs.discard({ jobId })).state).toBe('cancelled');
    expect((await added()).filter((key) => key.includes('shop_big'))).toEqual([]);
  });
});

it('a resumed job says which upload stays where the policy forbids the abort', async () => {
  const jobId = await killAt('UploadPart', 2, 'after');
  rig.faults.intercept = ({ operation }) =>
    operation === 'AbortMultipartUpload' ? { deny: true } : undefined;
  const uploads = rig.sandbox.pendingUploads(bucketName).map(({ uploadId }) => uploadId);
  await rig.client.jobs.resume({ jobId });
  const { end, events } = await follow(rig.client, jobId);
  expect(end.state).toBe('completed');
  const warnings = events.flatMap((event) => (event.event === 'warning' ? [event.message] : []));
  expect(warnings.join()).toContain(`upload ${uploads.at(-1)} of `);
});
