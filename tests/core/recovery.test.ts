/** A loading process is killed; afterwards every row is there once, or nothing is. */
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
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
  for (const { key, uploadId } of rig.sandbox.pendingUploads(bucketName)) await rig.abandon(key, uploadId);
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

/**
 * Starts a load and kills it at that moment; returns the id of its job.
 * @param ahead disturbs one request before that
 */
async function killAt(
  operation: string,
  nth: number,
  when: 'before' | 'after',
  { ahead }: { readonly ahead?: Intercept } = {},
): Promise<string> {
  const script = new URL('./children/load.ts', import.meta.url);
  const secret = rig.sandbox.user.secretAccessKey;
  const child = startScript(script, [join(rig.folder, 'data'), secret, JSON.stringify(load), 'daily']);
  const lines = createInterface(child.stdout);
  const said = once(lines, 'line') as Promise<[string]>;
  let seen = 0;
  let disturbed = false;
  let gone: Promise<void> | undefined;
  const reached = new Promise<void>((resolve) => {
    const intercept: Intercept = async (call) => {
      if (call.operation !== operation) {
        const answer = disturbed ? undefined : await ahead?.(call);
        disturbed ||= answer !== undefined;
        return answer;
      }
      seen += 1;
      if (seen !== nth) return seen > nth ? { stall: 'before' } : undefined;
      // Nobody hears the answer: with `after` the request is carried out while its client still lives.
      gone = sleep(when === 'after' ? 150 : 0).then(() => killed(child));
      resolve();
      return { stall: when };
    };
    rig.faults.intercept = intercept;
  });
  const [line] = await said;
  await reached;
  await gone;
  // What the sandbox had begun is at its end before anybody looks.
  await sleep(100);
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

  describe('where S3 does not list the uploads', () => {
    const unlisted: Intercept = ({ operation }) =>
      operation === 'ListMultipartUploads' ? { deny: true } : undefined;

    it('says of which file one may be left whose answer nobody heard, and what to do', async () => {
      const jobId = await killAt('CreateMultipartUpload', 2, 'after');
      rig.faults.intercept = unlisted;
      const error = await rig.client.jobs.discard({ jobId }).catch((refusal: unknown) => refusal);
      const [{ key, uploadId } = { key: 'none', uploadId: '' }] = rig.sandbox.pendingUploads(bucketName);
      expect(error).toMatchObject({
        code: 'UPLOAD_LEFT',
        message: expect.stringContaining(`perhaps an upload of ${key}`),
        data: { fix: expect.stringMatching(/s3:ListBucketMultipartUploads.*AbortIncompleteMultipartUpload/) },
      });
      const receipt = await rig.client.jobs.show({ jobId });
      expect(receipt).toMatchObject({ state: 'cancelled', leftUploads: [{ key, uploadId: null }] });
      expect(receipt.error?.message).toContain(`perhaps an upload of ${key}`);
      const { lost } = await rig.client.uploads.list({ destination: 'lake' });
      expect(lost).toContainEqual({ key, jobId, owner: 'abandoned' });
      rig.faults.intercept = undefined;
      const { aborted } = await rig.client.uploads.sweep({ destination: 'lake' });
      expect(aborted).toEqual([{ key, uploadId }]);
      expect((await rig.client.jobs.show({ jobId })).leftUploads).toBeUndefined();
    });

    it('says nothing of uploads whose answers all came', async () => {
      const jobId = await killAt('UploadPart', 2, 'after');
      rig.faults.intercept = unlisted;
      const receipt = await rig.client.jobs.discard({ jobId });
      expect(receipt).toMatchObject({ jobId, state: 'cancelled' });
      expect(receipt.leftUploads).toBeUndefined();
      expect(rig.sandbox.pendingUploads(bucketName)).toEqual([]);
    });
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

describe('killed after a Complete, when the answer to a Create had been lost before', () => {
  /** The first Create is carried out twice, since its first answer is cut off; nobody hears that id. */
  const cutOff: Intercept = ({ operation }) =>
    operation === 'CreateMultipartUpload' ? { hangUp: 'after' } : undefined;

  it('and resumed: the upload that nobody knew is gone', async () => {
    const jobId = await killAt('CompleteMultipartUpload', 1, 'after', { ahead: cutOff });
    expect(rig.sandbox.pendingUploads(bucketName).length).toBeGreaterThan(0);
    await rig.client.jobs.resume({ jobId });
    expect((await follow(rig.client, jobId)).end.state).toBe('completed');
    expect(rig.sandbox.pendingUploads(bucketName)).toEqual([]);
    expect((await rig.client.jobs.show({ jobId })).leftUploads).toBeUndefined();
  });

  it('and resumed where S3 does not list uploads: it is named', async () => {
    const jobId = await killAt('CompleteMultipartUpload', 1, 'after', { ahead: cutOff });
    rig.faults.intercept = ({ operation }) =>
      operation === 'ListMultipartUploads' ? { deny: true } : undefined;
    const pending = rig.sandbox.pendingUploads(bucketName);
    const [stray] = pending;
    await rig.client.jobs.resume({ jobId });
    const { end, events } = await follow(rig.client, jobId);
    expect(end.state).toBe('completed');
    const warnings = events.flatMap((event) => (event.event === 'warning' ? [event.message] : []));
    expect(warnings.join()).toContain(`perhaps an upload of ${stray?.key}`);
    expect((await rig.client.jobs.show({ jobId })).leftUploads).toContainEqual({
      key: stray?.key,
      uploadId: null,
    });
  });
});
