/** What a load proves: what S3 says of each file, the same content recognised, the manifest, the receipt. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHistory } from '../../src/main/stores/history.ts';
import { manifestDocumentSchema } from '../../src/shared/manifest.ts';
import { bodyOf, bucketName, type EndEvent, follow, type Rig, startRig, verify } from './rig.ts';
import { writeTable } from './tables.ts';

let rig: Rig;
let csv: string;
beforeAll(async () => {
  rig = await startRig({ load: { gzipLevel: 1, gzipInFlight: 1, fileBytes: 256 * 1024 } });
  const path = join(rig.folder, 'shop.sqlite');
  csv = writeTable(path, 'orders', 4_000, 1_000);
  writeTable(path, 'few', 7, 60);
  writeTable(path, 'nobody', 0, 1);
  await rig.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path } });
  await rig.addDestination();
  await rig.addPipeline({ objects: ['few', 'nobody', 'orders'] });
  await rig.addPipeline({ name: 'sealed', objects: ['few', 'orders'], manifest: true });
});
afterAll(() => rig[Symbol.asyncDispose]());
beforeEach(() => {
  rig.faults.intercept = undefined;
});

async function load(pipeline: string, force: boolean) {
  const { jobId } = await rig.client.jobs.start({ pipeline, force });
  return await follow(rig.client, jobId);
}
const keysOf = ({ objects }: EndEvent): string[] =>
  objects.flatMap(({ files }) => files.map(({ key }) => key));
const messagesOf = ({ events }: Awaited<ReturnType<typeof load>>): string[] =>
  events.flatMap((event) => (event.event === 'warning' ? [event.message] : []));
/** The answers of S3 without any checksum, as those of some services. */
const withoutChecksums = { answer: { withoutChecksum: true } } as const;

describe('the same content', () => {
  it('is refused before anything is visible, and loaded by force', async () => {
    const first = await load('daily', true);
    const before = await rig.keys();
    const second = await load('daily', false);
    expect(second.end).toMatchObject({
      state: 'completed_with_failures',
      objects: [
        { object: 'few', state: 'failed', files: [], error: { code: 'ALREADY_APPENDED' } },
        // Nothing is no content.
        { object: 'nobody', state: 'completed', rows: 0 },
        { object: 'orders', state: 'failed', files: [], error: { code: 'ALREADY_APPENDED' } },
      ],
    });
    expect(second.end.objects[2]?.error).toMatchObject({
      message: expect.stringContaining(first.end.jobId),
      fix: expect.stringContaining('--force'),
      details: { jobId: first.end.jobId },
    });
    expect(await rig.keys()).toEqual(before);
    expect(rig.sandbox.pendingUploads(bucketName)).toEqual([]);
    const third = await load('daily', true);
    expect(third.end.state).toBe('completed');
    expect(await rig.client.jobs.show({ jobId: third.end.jobId })).toMatchObject({ forced: true });
    // What was removed does not count any more; what is still there of another job does.
    for (const { end } of [first, third]) {
      for await (const _ of await rig.client.jobs.removeData({ jobId: end.jobId }));
    }
    const fourth = await load('daily', false);
    expect(fourth.end.state).toBe('completed');
    for await (const _ of await rig.client.jobs.removeData({ jobId: fourth.end.jobId }));
  });

  it('is known by its hash: of the header once and all rows, whatever files they lie in', async () => {
    const { end } = await load('daily', true);
    const orders = end.objects.find(({ object }) => object === 'orders');
    expect(orders?.files.length).toBeGreaterThan(1);
    const expected = createHash('sha256').update(`id,filler\n${csv}`).digest('hex');
    expect(orders?.contentHash).toBe(`sha256:${expected}`);
    expect(end.objects.find(({ object }) => object === 'nobody')).not.toHaveProperty('contentHash');
    for await (const _ of await rig.client.jobs.removeData({ jobId: end.jobId }));
  });

  it('with a row more is other content; by another path of another pipeline, too', async () => {
    const first = await load('daily', false);
    expect(first.end.state).toBe('completed');
    await rig.addPipeline({ name: 'beside', destinationPrefix: 's3_2', objects: ['few'] });
    expect((await load('beside', false)).end.state).toBe('completed');
    const database = new DatabaseSync(join(rig.folder, 'shop.sqlite'));
    database.exec("INSERT INTO few VALUES (1000, 'new')");
    const second = await load('daily', false);
    expect(second.end.objects.map(({ state }) => state)).toEqual(['completed', 'completed', 'failed']);
    database.exec('DELETE FROM few WHERE id = 1000');
    database.close();
    expect((await load('daily', false)).end.objects[0]?.error?.code).toBe('ALREADY_APPENDED');
  });
});

describe('what S3 says of a file', () => {
  it('is its checksum, without a request more', async () => {
    rig.faults.calls.length = 0;
    const { end, ...told } = await load('daily', true);
    for (const { files } of end.objects)
      for (const { confirmed } of files) expect(confirmed).toBe('checksum');
    expect(rig.faults.calls.filter(({ operation }) => operation === 'HeadObject')).toEqual([]);
    expect(messagesOf({ end, ...told }).join()).not.toMatch(/checksum/);
  });

  it('is asked for where the answer does not tell; that nothing can be told is said once, and is no failure', async () => {
    rig.faults.intercept = ({ operation }) => {
      if (/^(PutObject|CompleteMultipartUpload)$/.test(operation)) return withoutChecksums;
      return undefined;
    };
    const asked = await load('daily', true);
    expect(asked.end.objects[0]?.files[0]?.confirmed).toBe('checksum');
    rig.faults.intercept = ({ operation }) =>
      /^(PutObject|CompleteMultipartUpload|HeadObject)$/.test(operation) ? withoutChecksums : undefined;
    const sizes = await load('daily', true);
    expect(sizes.end.state).toBe('completed');
    expect(
      new Set(sizes.end.objects.flatMap(({ files }) => files.map(({ confirmed }) => confirmed))),
    ).toEqual(new Set(['size']));
    expect(messagesOf(sizes).filter((message) => /reports no checksums/.test(message))).toHaveLength(1);
    rig.faults.intercept = ({ operation }) => {
      if (operation === 'HeadObject') return { deny: true };
      return /^(PutObject|CompleteMultipartUpload)$/.test(operation) ? withoutChecksums : undefined;
    };
    const blind = await load('daily', true);
    expect(blind.end.state).toBe('completed');
    expect(messagesOf(blind).filter((message) => /s3:GetObject/.test(message))).toHaveLength(1);
    const receipt = await rig.client.jobs.show({ jobId: blind.end.jobId });
    expect(receipt.objects[0]?.files[0]?.confirmed).toBe('nothing');
  });
});

describe('a file of which S3 says something else', () => {
  it.each([
    ['in its answer', 'PutObject'],
    ['when it is looked at', 'HeadObject'],
  ])('%s fails its object, and is not left', async (_, wrong) => {
    const before = await rig.keys();
    rig.faults.intercept = ({ operation, key }) => {
      if (key?.includes('_few/') !== true) return undefined;
      if (operation === wrong) return { answer: { headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } } };
      return operation === 'PutObject' ? withoutChecksums : undefined;
    };
    const { end } = await load('daily', true);
    expect(end).toMatchObject({
      state: 'completed_with_failures',
      objects: [
        { object: 'few', state: 'failed', error: { code: 'CHECKSUM_MISMATCH' } },
        {},
        { state: 'completed' },
      ],
    });
    expect((await rig.keys()).filter((key) => !before.includes(key) && key.includes('_few/'))).toEqual([]);
  });
});

describe('a manifest', () => {
  it('is written last, where the preview said, and names every file; it is checked and removed with the data', async () => {
    const preview = await rig.client.pipelines.preview({ name: 'sealed' });
    expect(preview.manifestKey).toMatch(
      /^in\/_sluice\/date=\d{4}-\d\d-\d\d\/job_id=[0-9a-f-]{36}\/manifest\.json$/,
    );
    expect(await rig.client.pipelines.preview({ name: 'daily' })).not.toHaveProperty('manifestKey');
    rig.faults.calls.length = 0;
    const { end } = await load('sealed', true);
    const { manifest, ...receipt } = await rig.client.jobs.show({ jobId: end.jobId });
    const key = manifest?.key ?? '';
    expect(key.replace(end.jobId, '')).toBe(preview.manifestKey?.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, ''));
    expect(rig.faults.calls.filter(({ operation }) => /Put|Complete/.test(operation)).at(-1)?.key).toBe(key);
    const document = manifestDocumentSchema.parse(JSON.parse((await rig.read(key)).toString('utf8')));
    expect(document).toMatchObject({
      jobId: end.jobId,
      state: 'completed',
      sourceVersion: receipt.sourceVersion,
    });
    expect(document.objects.flatMap(({ files }) => files.map((file) => file.key))).toEqual(keysOf(end));
    const bytes = document.objects[1]?.files.map((file) => file.csvBytes) ?? [];
    const sizes = await Promise.all(
      (end.objects[1]?.files ?? []).map(async (file) => gunzipSync(await rig.read(file.key)).length),
    );
    expect(bytes).toEqual(sizes);
    const checked = await verify(rig.client, end.jobId);
    expect(checked).toMatchObject({ result: 'passed' });
    expect(checked.files.at(-1)).toMatchObject({ key, verdict: 'passed', rows: null });
    rig.faults.calls.length = 0;
    for await (const _ of await rig.client.jobs.removeData({ jobId: end.jobId }));
    const deletes = rig.faults.calls.filter(({ operation }) => operation === 'DeleteObject');
    expect(deletes[0]?.key).toBe(key);
    expect((await rig.keys()).filter((there) => there === key || keysOf(end).includes(there))).toEqual([]);
  });

  it('that cannot be written leaves the job to be resumed, which writes it alone', async () => {
    rig.faults.intercept = ({ operation, key }) =>
      operation === 'PutObject' && key?.endsWith('manifest.json') ? { deny: true } : undefined;
    const { end } = await load('sealed', true);
    expect(end).toMatchObject({ state: 'interrupted', error: { code: 'ACCESS_DENIED' } });
    expect(end.error?.message).toMatch(/All files are there, but the manifest/);
    expect(end.objects.map(({ state }) => state)).toEqual(['completed', 'completed']);
    rig.faults.intercept = undefined;
    rig.faults.calls.length = 0;
    const { jobId } = await rig.client.jobs.resume({ jobId: end.jobId });
    const again = await follow(rig.client, jobId);
    expect(again.end).toMatchObject({ state: 'completed', objects: end.objects });
    const writes = rig.faults.calls.filter(({ operation }) => /Put|Upload/.test(operation));
    expect(writes.map(({ operation }) => operation)).toEqual(['PutObject']);
    expect((await verify(rig.client, jobId)).result).toBe('passed');
  });

  it('of which nobody knows whether it was written is written anew, or taken back by a discard', async () => {
    for (const way of ['resume', 'discard'] as const) {
      const { end } = await load('sealed', true);
      const { manifest } = await rig.client.jobs.show({ jobId: end.jobId });
      // As a process leaves it that dies between the write and its note.
      using history = openHistory(join(rig.folder, 'data'));
      history.setManifest(end.jobId, { state: 'committing' });
      history.resumed(end.jobId, new Date().toISOString());
      if (way === 'resume') {
        await rig.client.jobs.resume({ jobId: end.jobId });
        expect((await follow(rig.client, end.jobId)).end.state).toBe('completed');
        expect((await verify(rig.client, end.jobId)).result).toBe('passed');
        expect(await rig.keys()).toContain(manifest?.key);
      } else {
        await rig.client.jobs.discard({ jobId: end.jobId });
        expect(await rig.keys()).not.toContain(manifest?.key);
        expect(await rig.keys()).toEqual(expect.arrayContaining(keysOf(end)));
      }
    }
  });
});

it('the receipt is complete: versions, times, sizes of each file, and the destination without its keys', async () => {
  const { end } = await load('daily', true);
  const receipt = await rig.client.jobs.show({ jobId: end.jobId });
  expect(receipt).toMatchObject({
    ...{ sourceVersion: expect.stringMatching(/^SQLite \d/), timeZone: 'UTC', database: 'shop' },
    destination: {
      name: 'lake',
      bucket: bucketName,
      region: rig.sandbox.region,
      pathPrefix: 'in',
      access: 'keys',
    },
  });
  expect(JSON.stringify(receipt)).not.toContain(rig.sandbox.user.accessKeyId);
  for (const { readFrom = '', readTo = '', files, query } of receipt.objects) {
    expect(query).toMatch(/^SELECT/i);
    expect(Date.parse(readFrom)).toBeGreaterThanOrEqual(Date.parse(receipt.startedAt));
    expect(Date.parse(readTo)).toBeGreaterThanOrEqual(Date.parse(readFrom));
    for (const { key, csvBytes } of files) expect(gunzipSync(await rig.read(key)).length).toBe(csvBytes);
  }
  const orders = receipt.objects.find(({ object }) => object === 'orders');
  expect(bodyOf(await Promise.all((orders?.files ?? []).map(({ key }) => rig.read(key)))) === csv).toBe(true);
});
