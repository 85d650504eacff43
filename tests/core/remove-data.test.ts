/** What a job added is removed again: exactly that, whatever happened to it since, and whatever happens meanwhile. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CopyObjectCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Removal, RemovalEvent } from '../../src/shared/model.ts';
import { killed, startScript } from '../support/child.ts';
import { bucketName, type EndEvent, type Rig, startRig, verify } from './rig.ts';
import { writeTable } from './tables.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ load: { gzipLevel: 1, gzipInFlight: 1, fileBytes: 32 * 1024 } });
  const path = join(rig.folder, 'shop.sqlite');
  writeTable(path, 'orders', 8_000, 1_000);
  writeTable(path, 'few', 7, 60);
  await rig.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path } });
  await rig.addDestination();
  writeTable(path, 'many', 400, 64 * 1024);
  await rig.addPipeline({ objects: ['few', 'orders'] });
  await rig.addPipeline({ name: 'many', objects: ['many'] });
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(() => {
  rig.faults.intercept = undefined;
});

const load = async (pipeline = 'daily'): Promise<EndEvent> => {
  const { jobId } = await rig.client.jobs.start({ pipeline, force: true });
  let end: EndEvent | undefined;
  for await (const event of await rig.client.jobs.watch({ jobId })) if (event.event === 'end') end = event;
  if (end?.state !== 'completed') throw new Error(`the load ended as ${end?.state}`);
  return end;
};
const keysOf = ({ objects }: EndEvent): string[] =>
  objects.flatMap(({ files }) => files.map(({ key }) => key));

async function remove(jobId: string, signal?: AbortSignal): Promise<Removal> {
  let last: RemovalEvent | undefined;
  const options = signal === undefined ? {} : { signal };
  for await (const event of await rig.client.jobs.removeData({ jobId }, options)) last = event;
  if (last?.event !== 'end') throw new Error('the removal does not stop at the end');
  return last.removal;
}

async function asOwner(command: CopyObjectCommand | PutBucketVersioningCommand): Promise<void> {
  const { endpoint, region, user } = rig.sandbox;
  const s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials: user });
  try {
    await s3.send(command as CopyObjectCommand);
  } finally {
    s3.destroy();
  }
}

/** Puts another object in the place of a file, with its metadata or without any. */
async function replace(key: string, by: string, metadata: 'kept' | 'gone'): Promise<void> {
  const copy = { Bucket: bucketName, Key: key, CopySource: `${bucketName}/${encodeURI(by)}` };
  await asOwner(
    new CopyObjectCommand(metadata === 'kept' ? copy : { ...copy, MetadataDirective: 'REPLACE' }),
  );
}

const versioning = (Status: 'Enabled' | 'Suspended'): Promise<void> =>
  asOwner(new PutBucketVersioningCommand({ Bucket: bucketName, VersioningConfiguration: { Status } }));

describe('the data of a job', () => {
  it('is removed, and nothing else is; the receipt stays and says so', async () => {
    const [other, end] = [await load(), await load()];
    expect(keysOf(end).length).toBeGreaterThan(3);
    const removal = await remove(end.jobId);
    expect(removal).toEqual({ jobId: end.jobId, removed: keysOf(end), left: [], versionsKept: false });
    const there = await rig.keys();
    expect(there).toEqual(expect.arrayContaining(keysOf(other)));
    expect(there.filter((key) => keysOf(end).includes(key))).toEqual([]);
    const receipt = await rig.client.jobs.show({ jobId: end.jobId });
    expect(receipt).toMatchObject({ state: 'completed', rows: 8_007, removedAt: expect.any(String) });
    for (const file of receipt.objects.flatMap(({ files }) => files)) expect(file.removedAt).toMatch(/Z$/);
    const listed = (await rig.client.jobs.list()).find(({ jobId }) => jobId === end.jobId);
    expect(listed).toMatchObject({ state: 'completed', removedAt: receipt.removedAt });
    expect((await verify(rig.client, other.jobId)).result).toBe('passed');
    await expect(verify(rig.client, end.jobId)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    rig.faults.calls.length = 0;
    expect(await remove(end.jobId)).toEqual(removal);
    expect(rig.faults.calls.filter(({ operation }) => operation === 'DeleteObject')).toEqual([]);
  });

  it('that is not as the job left it stays, and is named with the reason', async () => {
    const [other, end] = [await load(), await load()];
    const [cut = '', foreign = '', others = '', gone = ''] = keysOf(end);
    // The size is another; the metadata are gone; all is as it was but of another job; somebody removed it.
    writeFileSync(rig.sandbox.fileOf(bucketName, cut) ?? '', 'x');
    await replace(foreign, foreign, 'gone');
    await replace(others, keysOf(other)[2] ?? '', 'kept');
    rig.faults.intercept = ({ operation, key }) =>
      operation === 'HeadObject' && key === gone
        ? { status: 404, code: 'NoSuchKey', message: 'No' }
        : undefined;
    const { left, removed } = await remove(end.jobId);
    expect(left.map(({ key }) => key).toSorted()).toEqual([cut, foreign, others].toSorted());
    for (const { code, reason } of left) expect([code, reason.length > 10]).toEqual(['DATA_CHANGED', true]);
    expect(removed).toEqual(keysOf(end).filter((key) => ![cut, foreign, others].includes(key)));
    expect(await rig.keys()).toEqual(expect.arrayContaining([cut, foreign, others]));
    expect(await rig.client.jobs.show({ jobId: end.jobId })).toHaveProperty('removedAt');
  });

  it('that is replaced between the look and the removal stays', async () => {
    const [other, end] = [await load(), await load()];
    const [key = ''] = keysOf(end);
    let replaced = false;
    rig.faults.intercept = async ({ operation, key: asked }) => {
      if (operation !== 'DeleteObject' || asked !== key || replaced) return undefined;
      replaced = true;
      await replace(key, keysOf(other)[2] ?? '', 'gone');
      return undefined;
    };
    const { left, removed } = await remove(end.jobId);
    expect(left).toEqual([{ key, code: 'DATA_CHANGED', reason: expect.stringContaining('taken the place') }]);
    expect(removed).toEqual(keysOf(end).slice(1));
    expect(await rig.keys()).toContain(key);
  });

  it.each(['HeadObject', 'DeleteObject'])(
    'stays where %s is denied, and goes when it is allowed',
    async (denied) => {
      const end = await load();
      const [first = ''] = keysOf(end);
      rig.faults.intercept = ({ operation, key }) =>
        operation === denied && key !== first ? { deny: true } : undefined;
      const { removed, left } = await remove(end.jobId);
      expect(removed).toEqual([first]);
      expect(left).toHaveLength(keysOf(end).length - 1);
      expect(left[0]).toMatchObject({ code: 'ACCESS_DENIED', reason: expect.stringContaining('s3:') });
      const receipt = await rig.client.jobs.show({ jobId: end.jobId });
      expect(receipt).not.toHaveProperty('removedAt');
      expect(receipt).toHaveProperty('removalStartedAt');
      const checked = await verify(rig.client, end.jobId).catch(() => undefined);
      if (checked !== undefined) expect(checked.files.map(({ key }) => key)).not.toContain(first);
      rig.faults.intercept = undefined;
      expect((await remove(end.jobId)).removed).toEqual(keysOf(end));
      expect((await rig.keys()).filter((key) => keysOf(end).includes(key))).toEqual([]);
    },
  );

  it('goes on after a removal that was cancelled', async () => {
    const end = await load('many');
    expect(keysOf(end).length).toBeGreaterThan(12);
    const stop = new AbortController();
    rig.faults.intercept = ({ operation }) => {
      if (operation === 'HeadObject') stop.abort();
      return undefined;
    };
    await expect(remove(end.jobId, stop.signal)).rejects.toThrow();
    // What was sent is still being carried out, and the job is not free before.
    const removal = await vi.waitFor(() => remove(end.jobId), { timeout: 10_000, interval: 100 });
    expect(removal.removed).toEqual(keysOf(end));
    expect((await rig.keys()).filter((key) => keysOf(end).includes(key))).toEqual([]);
  });

  it('goes on after one whose answers were lost', async () => {
    const end = await load();
    const carriedOut = new Set<string | undefined>();
    rig.faults.intercept = ({ operation, key }) => {
      if (operation !== 'DeleteObject') return undefined;
      // Later tries do not arrive: they would be told that the file is gone.
      const again = carriedOut.has(key);
      carriedOut.add(key);
      return { hangUp: again ? 'before' : 'after' };
    };
    await expect(remove(end.jobId)).rejects.toMatchObject({ code: 'DESTINATION_UNREACHABLE' });
    expect(await rig.client.jobs.show({ jobId: end.jobId })).not.toHaveProperty('removedAt');
    rig.faults.intercept = undefined;
    expect(await remove(end.jobId)).toMatchObject({ removed: keysOf(end), left: [] });
    expect((await rig.keys()).filter((key) => keysOf(end).includes(key))).toEqual([]);
  });

  it('goes on after the process was killed in the middle', async () => {
    const end = await load();
    const script = new URL('./children/remove-data.ts', import.meta.url);
    const child = startScript(script, [
      ...[join(rig.folder, 'data'), rig.sandbox.user.secretAccessKey, end.jobId],
    ]);
    const said = once(createInterface(child.stdout), 'line');
    let deletes = 0;
    const reached = Promise.withResolvers<void>();
    rig.faults.intercept = async ({ operation }) => {
      if (operation !== 'DeleteObject' || ++deletes < 4) return undefined;
      await killed(child);
      reached.resolve();
      // Carried out, though nobody is there to note it.
      return { hangUp: 'after' };
    };
    await said;
    await reached.promise;
    await new Promise((resolve) => setTimeout(resolve, 100));
    rig.faults.intercept = undefined;
    const half = await rig.client.jobs.show({ jobId: end.jobId });
    expect(half.removedAt).toBeUndefined();
    expect(half.removalStartedAt).toMatch(/Z$/);
    expect(await remove(end.jobId)).toMatchObject({ removed: keysOf(end), left: [] });
    expect((await rig.keys()).filter((key) => keysOf(end).includes(key))).toEqual([]);
    expect((await rig.client.jobs.show({ jobId: end.jobId })).removedAt).toMatch(/Z$/);
  });

  it('in a bucket that keeps versions is hidden, and that is said', async () => {
    const end = await load();
    await versioning('Enabled');
    try {
      expect(await remove(end.jobId)).toMatchObject({ removed: keysOf(end), versionsKept: true });
    } finally {
      await versioning('Suspended');
    }
  });
});

it('an unknown job has nothing to remove', async () => {
  await expect(remove(crypto.randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
