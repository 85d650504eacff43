/** Every procedure at least once, on real ground. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openHistory } from '../../src/main/stores/history.ts';
import { openSettings } from '../../src/main/stores/settings.ts';
import type { Inputs } from '../../src/shared/contract.ts';
import { contractError, events, roleDestination, saveShop } from './calling.ts';
import type { Suite } from './contract-suite.ts';

export function procedureTests(suite: Suite): void {
  const { kind } = suite;
  describe('procedures', () => {
    test('the program tells about itself', async () => {
      const { client, ground } = suite;
      const info = await client.system.info();
      expect(info).toMatchObject({ host: kind.host, dataFolder: ground.folder('data'), notices: [] });
      if (info.canChooseFiles) {
        expect(await client.system.chooseFile()).toEqual({
          path: expect.toBeOneOf([null, expect.any(String)]),
        });
      } else {
        expect(await contractError(client.system.chooseFile())).toMatchObject({ code: 'INPUT_INVALID' });
      }
    });

    test('the window is asked nothing while there is nothing to ask, and stops listening when it wants', async () => {
      const end = new AbortController();
      const requests = await suite.client.system.requests(undefined, { signal: end.signal });
      const first = requests.next();
      expect(await Promise.race([first.catch(() => 'ended'), sleep(200, 'silent')])).toBe('silent');
      end.abort();
      const last = await first.catch(() => ({ done: true }));
      expect(last.done).toBe(true);
    });

    test('what is not updated from here says so, and keeps the setting all the same', async () => {
      const { client } = suite;
      const states = [];
      for await (const state of await client.updates.watch()) states.push(state);
      expect(states).toMatchObject([{ support: 'none', now: { step: 'idle' } }]);
      for (const call of [
        client.updates.check,
        client.updates.download,
        client.updates.stop,
        client.updates.openPage,
      ])
        expect(await contractError(call())).toMatchObject({ code: 'INPUT_INVALID' });
      expect(await contractError(client.updates.install({ when: 'now' }))).toMatchObject({
        code: 'INPUT_INVALID',
      });
      expect(await client.updates.settings()).toEqual({ automatic: true });
      await client.updates.saveSettings({ automatic: false });
      expect(await client.updates.settings()).toEqual({ automatic: false });
    });

    test('identity, external ID and trust policy', async () => {
      const { client, ground } = suite;
      const { externalId } = await client.access.externalId();
      expect(await client.access.externalId()).toEqual({ externalId });
      const { arn } = ground.sandbox.user;
      const signer = { kind: 'default' } as const;
      expect(await client.access.whoami({ signer })).toMatchObject({
        ...{ arn, kind: 'user', name: 'practice', principal: { aws: arn } },
        foundBy: { way: 'environment', words: expect.stringContaining('AWS_ACCESS_KEY_ID') },
      });
      expect(await client.access.profiles()).toEqual({ profiles: expect.any(Array), current: null });
      const { document } = await client.access.trustPolicy({ signer });
      expect(document).toMatchObject({
        Statement: [
          { Principal: { AWS: arn }, Condition: { StringEquals: { 'sts:ExternalId': externalId } } },
        ],
      });
      const principal = 'arn:aws:iam::210987654321:user/somebody';
      const other = await client.access.trustPolicy({ signer, principal, externalId: 'other-id' });
      expect(JSON.stringify(other.document)).toMatch(/210987654321:user\/somebody.*other-id/);
    });

    test('a waiting that is over is ended quietly', async () => {
      expect(await suite.client.destinations.stopWaiting({ wait: crypto.randomUUID() })).toEqual({});
    });

    test('a bucket tells its region, and one that is not there does not', async () => {
      const { client, ground } = suite;
      const { endpoint, region } = ground.sandbox;
      const signer = { kind: 'default' } as const;
      const ask = (bucket: string) => client.access.bucketRegion({ bucket, signer, endpoint });
      expect(await ask('contract-tests')).toEqual({ found: true, region });
      expect(await ask('nobody-has-this-bucket')).toEqual({ found: false, region: null });
      expect(await contractError(ask('Capital'))).toMatchObject({ code: 'INPUT_INVALID' });
    });

    test('a setup that was begun is kept, replaced and forgotten', async () => {
      const { client } = suite;
      expect(await client.setup.read()).toBeNull();
      expect(await client.setup.forget()).toEqual({});
      const setup: Inputs['setup']['save'] = {
        ...{ step: 2, name: 'Half', roleArn: 'arn:', profile: 'dev', accessKeyId: '', region: '' },
        ...{ bucket: 'Not yet right', pathPrefix: '', endpoint: '', stsEndpoint: '' },
        accessType: 'role',
        signer: 'profile',
        scope: 'prefix',
        pathStyle: false,
        withAbort: false,
        kmsKey: 'arn:aws:kms:',
        gzipLevel: '1',
      };
      expect(await client.setup.save(setup)).toEqual({});
      expect(await client.setup.read()).toEqual(setup);
      await client.setup.save({ ...setup, step: 3 });
      expect(await client.setup.read()).toEqual({ ...setup, step: 3 });
      expect(await client.setup.forget()).toEqual({});
      expect(await client.setup.read()).toBeNull();
      const withSecret = { ...setup, secretAccessKey: 'shall not be kept' };
      expect(await contractError(client.setup.save(withSecret))).toMatchObject({ code: 'INPUT_INVALID' });
      expect(await client.setup.read()).toBeNull();
    });

    test('practice mode: set up, looked at, loaded, checked, taken away', async () => {
      const { client } = suite;
      const { pipeline } = await client.practice.start();
      expect(await client.practice.start()).toEqual({ pipeline });
      const [definition] = await client.pipelines.list();
      const [destination] = await client.destinations.list();
      const [source] = await client.sources.list();
      expect(definition).toMatchObject({
        name: pipeline,
        source: source?.name,
        destination: destination?.name,
      });
      expect(destination).toMatchObject({ state: 'tested', access: { signer: { kind: 'sandbox' } } });

      const tested = await events(client.destinations.test({ name: destination?.name ?? '' }));
      expect(tested.at(-1)).toEqual({ result: 'passed' });
      const reached = await client.sources.test({ name: source?.name ?? '' });
      expect(reached.version).toMatch(/^SQLite 3\./);
      expect(reached.database).toBe(source?.database);
      const objects = await client.sources.objects({ name: source?.name ?? '' });
      expect(objects.map(({ name }) => name)).toContain('orders');
      const look = { name: source?.name ?? '', object: { schema: null, name: 'orders' } };
      const described = await client.sources.columns(look);
      expect(described.object).toEqual(look.object);
      expect(described.columns[0]).toMatchObject({ name: 'id', nullable: false, key: 'primary' });
      const seen = await client.sources.rows({ ...look, object: 'orders', rows: 2 });
      expect(seen).toMatchObject({
        object: look.object,
        rows: [['1', '32', '2024-01-01 01:15:00', '79.19', null], expect.any(Array)],
        more: true,
      });
      expect(seen.columns).toEqual(described.columns.map(({ name }) => name));
      const missing = client.sources.rows({ ...look, object: { schema: null, name: 'gone' } });
      expect(await contractError(missing)).toMatchObject({ code: 'OBJECT_NOT_FOUND' });
      for (const rows of [0, 101, 1.5]) {
        expect(await contractError(client.sources.rows({ ...look, rows }))).toMatchObject({
          code: 'INPUT_INVALID',
        });
      }
      const preview = await client.pipelines.preview({ name: pipeline });
      expect(preview.objects).toHaveLength(objects.length);
      const { schedules } = await client.pipelines.schedule({ name: pipeline, at: '06:30' });
      expect(schedules.map(({ scheduler }) => scheduler)).toEqual(['cron', 'systemd', 'task-scheduler']);
      for (const { text } of schedules) expect(text).toContain(pipeline);
      expect(await contractError(client.pipelines.schedule({ name: 'none' }))).toMatchObject({
        code: 'NOT_FOUND',
      });
      const noon = client.pipelines.schedule({ name: pipeline, at: '24:00' });
      expect(await contractError(noon)).toMatchObject({ code: 'INPUT_INVALID' });
      const estimate = await client.jobs.estimate({ pipeline });
      expect(estimate.objects.find(({ object }) => object === 'orders')).toMatchObject({ rows: 5000 });

      const { jobId } = await client.jobs.start({ pipeline, force: true });
      const happened = await events(client.jobs.watch({ jobId }));
      expect(happened.at(-1)).toMatchObject({ event: 'end', jobId, state: 'completed' });
      expect(happened.filter(({ event }) => event === 'progress').length).toBeGreaterThan(0);
      expect(await client.jobs.list()).toMatchObject([{ jobId, state: 'completed' }]);
      const receipt = await client.jobs.show({ jobId });
      expect(receipt.objects.find(({ object }) => object === 'orders')).toMatchObject({ rows: 5000 });
      const { csv } = await client.jobs.receiptCsv({ jobId });
      expect(csv.match(/^job_id,|part-00001-/gm)).toHaveLength(1 + receipt.files);
      const checked = (await events(client.jobs.verify({ jobId }))).at(-1);
      expect(checked).toMatchObject({ event: 'end', verification: { jobId, result: 'passed' } });
      if (checked?.event === 'end') expect(checked.verification.files).toHaveLength(receipt.files);
      const removal = (await events(client.jobs.removeData({ jobId }))).at(-1);
      expect(removal).toMatchObject({ event: 'end', removal: { jobId, left: [], versionsKept: false } });
      const keys = receipt.objects.flatMap(({ files }) => files.map(({ key }) => key));
      if (removal?.event === 'end') expect(removal.removal.removed).toEqual(keys);
      expect(await client.jobs.show({ jobId })).toMatchObject({
        state: 'completed',
        removedAt: expect.any(String),
      });
      const destinationName = destination?.name ?? '';
      const uploads = await client.uploads.list({ destination: destinationName });
      expect(uploads).toMatchObject({ uploads: [], lifecycleRule: expect.stringContaining('"landing/"') });
      expect(await client.uploads.sweep({ destination: destinationName })).toMatchObject({
        aborted: [],
        left: [],
      });

      for (const end of [client.jobs.resume({ jobId }), client.jobs.discard({ jobId })]) {
        expect(await contractError(end)).toMatchObject({ code: 'JOB_NOT_RESUMABLE' });
      }
      expect(await client.practice.remove()).toEqual({});
      expect([await client.pipelines.list(), await client.sources.list()]).toEqual([[], []]);
    });

    test('a destination, a source and a pipeline of one own: saved, refused while used, removed', async () => {
      const { client, ground } = suite;
      const settings = await roleDestination(client, ground, 'own');
      const saved = await events(client.destinations.save({ settings }));
      expect(saved.slice(-2)).toEqual([{ result: 'passed' }, { saved: true }]);
      const source = await client.sources.save({
        name: 'own',
        location: { kind: 'sqlite', path: ground.shop },
      });
      expect(source).toEqual({ kind: 'sqlite', name: 'own', path: ground.shop, database: 'shop' });
      const definition = {
        ...{ name: 'own', source: 'own', destination: 'own', destinationPrefix: 'p' },
        ...{ partitionKey: '${DATE}', timeZone: 'Asia/Ho_Chi_Minh' },
      };
      const pipeline = await client.pipelines.save({ ...definition, objects: ['orders'] });
      expect(pipeline).toEqual({ ...definition, objects: [{ schema: null, name: 'orders' }] });
      expect((await client.pipelines.preview({ name: 'own' })).objects[0]).toHaveProperty('pathUtc');

      const changed = { ...settings, pathPrefix: 'elsewhere' };
      const replaced = await events(client.destinations.save({ settings: changed, replaces: 'own' }));
      expect(replaced.at(-1)).toEqual({ saved: true });
      expect(await client.destinations.list()).toMatchObject([{ name: 'own', pathPrefix: 'elsewhere' }]);
      const again = await events(client.destinations.test({ name: 'own', from: 'put' }));
      expect(again.at(-1)).toEqual({ result: 'passed' });
      const renamed = events(
        client.destinations.save({ settings: { ...changed, name: 'other' }, replaces: 'own' }),
      );
      expect(await contractError(renamed)).toMatchObject({ code: 'IN_USE' });

      for (const remove of [
        client.sources.remove({ name: 'own' }),
        client.destinations.remove({ name: 'own' }),
      ]) {
        expect(await contractError(remove)).toMatchObject({
          code: 'IN_USE',
          details: { pipelines: ['own'] },
        });
      }
      expect(await client.pipelines.remove({ name: 'own' })).toEqual({});
      expect(await client.sources.remove({ name: 'own' })).toEqual({});
      expect(await client.destinations.remove({ name: 'own' })).toEqual({});
      expect(await client.destinations.list()).toEqual([]);
    });

    test('files are looked at before they are saved and after', async () => {
      const { client, ground } = suite;
      const path = join(dirname(ground.shop), 'orders.csv');
      writeFileSync(path, 'id;note\n001;\n');
      const location = { kind: 'files', path, database: 'exports', options: { nullText: '-' } } as const;
      const files = await client.sources.previewFiles({ location });
      expect(files).toMatchObject([{ object: 'orders', csv: { delimiter: ';' }, rows: [['001', '']] }]);
      const { options, database } = location;
      const saved = await client.sources.save({ name: 'files', location });
      expect(saved).toEqual({ kind: 'files', name: 'files', path, database, options });
      expect(await client.sources.previewFiles({ name: 'files' })).toEqual(files);
      await client.sources.remove({ name: 'files' });
    });

    test('a workspace is exported, looked at and imported; a file of strangers is refused', async () => {
      const { client, ground } = suite;
      await client.sources.save({ name: 'shared', location: { kind: 'sqlite', path: ground.shop } });
      const exported = await client.workspace.export();
      const { externalId } = await client.access.externalId();
      const file = JSON.parse(exported.text);
      expect(file).toMatchObject({ format: 'sluice-workspace', version: 1, externalId });
      expect(file.sources).toContainEqual(expect.objectContaining({ name: 'shared' }));
      const same = await client.workspace.plan({ text: exported.text });
      expect(same).toMatchObject({ ready: true, problems: [], externalId: { action: 'same' } });
      expect(new Set(same.items.map(({ action }) => action))).toEqual(new Set(['same']));

      const text = exported.text.replaceAll(ground.shop, ground.wide);
      const open = await client.workspace.plan({ text });
      expect(open.items.find(({ name }) => name === 'shared')).toMatchObject({ action: 'conflict' });
      const refused = client.workspace.import({ text, fingerprint: open.fingerprint });
      expect(await contractError(refused)).toMatchObject({ code: 'NAME_TAKEN', details: { name: 'shared' } });
      const choices = {
        items: [{ kind: 'source', name: 'shared', choice: 'rename', newName: 'theirs' } as const],
      };
      const { fingerprint } = await client.workspace.plan({ text, choices });
      const done = await client.workspace.import({ text, choices, fingerprint });
      expect(done.items.find(({ name }) => name === 'shared')).toMatchObject({ savedAs: 'theirs' });
      expect(await client.sources.list()).toContainEqual(
        expect.objectContaining({ name: 'theirs', path: ground.wide }),
      );
      const password = { name: 'theirs', password: 'a file has none' };
      expect(await contractError(client.sources.enterPassword(password))).toMatchObject({
        code: 'INPUT_INVALID',
      });
      for (const name of ['shared', 'theirs']) await client.sources.remove({ name });
      const foreign = client.workspace.plan({ text: '{"destinations":[]}' });
      expect(await contractError(foreign)).toMatchObject({ code: 'INPUT_INVALID' });
    });

    test('a running load is cancelled', async () => {
      const { client, ground } = suite;
      const pipeline = await saveShop(client, ground);
      const release = ground.hold(({ key }) => key?.includes('orders') === true);
      try {
        const { jobId } = await client.jobs.start({ pipeline, force: true });
        const happened = events(client.jobs.watch({ jobId }));
        expect(await client.jobs.cancel({ jobId })).toEqual({});
        release();
        expect((await happened).at(-1)).toMatchObject({ event: 'end', state: 'cancelled' });
      } finally {
        release();
      }
    });

    test('an interrupted job is resumed, another is discarded', async () => {
      const { client, ground } = suite;
      await saveShop(client, ground);
      const [resumed, discarded] = [
        leaveInterrupted(ground.folder('data')),
        leaveInterrupted(ground.folder('data')),
      ];
      expect(await client.jobs.show({ jobId: resumed })).toMatchObject({ state: 'interrupted' });

      expect(await client.jobs.resume({ jobId: resumed })).toEqual({ jobId: resumed });
      const happened = await events(client.jobs.watch({ jobId: resumed }));
      expect(happened.at(-1), JSON.stringify(happened.at(-1))).toMatchObject({
        event: 'end',
        state: 'completed',
      });
      expect(await client.jobs.discard({ jobId: discarded })).toMatchObject({
        jobId: discarded,
        state: 'cancelled',
      });
    });

    test('an answer of 5,000 objects comes whole', async () => {
      const { client, ground } = suite;
      await client.sources.save({ name: 'wide', location: { kind: 'sqlite', path: ground.wide } });
      const objects = await client.sources.objects({ name: 'wide' });
      expect(objects).toHaveLength(5000);
      expect(new Set(objects.map(({ name }) => name)).size).toBe(5000);
      expect(JSON.stringify(objects).length).toBeGreaterThan(500_000);
      await client.sources.remove({ name: 'wide' });
    });
  });
}

/** A job as a process leaves it that dies right after the start: recorded as running, locked by nobody. */
function leaveInterrupted(folder: string): string {
  const { pipelines, destinations } = openSettings(folder).read();
  const pipeline = pipelines.find(({ name }) => name === 'shop');
  const destination = destinations.find(({ name }) => name === 'shop');
  if (pipeline === undefined || destination === undefined) throw new Error('the shop is not saved');
  const jobId = crypto.randomUUID();
  const objects = [
    {
      object: { schema: null, name: 'orders' },
      directory: 'landing/c_shop_orders/',
      path: `landing/c_shop_orders/job_id=${jobId}/`,
    },
  ];
  const start = { jobId, pipeline, destination, database: 'shop', objects, force: false };
  using history = openHistory(folder);
  history.beginJob({ ...start, startedAt: new Date().toISOString(), version: '0.0.0' });
  return jobId;
}
