/** Updates by the library itself, from a real server, in the compiled app: found, fetched, installed, and refused. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ContractClient } from '../../src/shared/contract.ts';
import type { UpdateState } from '../../src/shared/updates.ts';
import { type BuiltApp, buildApp } from '../support/electron/build-app.ts';
import { connectPage } from '../support/electron/page-client.ts';
import { hasChromium, type RunningApp, startApp } from '../support/electron/start-app.ts';
import { startLargeLoad } from './large-load.ts';
import { described, type Feed, type Installed, installed, openFeed, program } from './update-feed.ts';

interface Watched {
  readonly client: ContractClient;
  readonly steps: () => string[];
  /** Waits for a step. */
  readonly until: (step: UpdateState['now']['step']) => Promise<UpdateState['now']>;
}

async function watched(app: RunningApp): Promise<Watched> {
  const { client } = await connectPage(await app.page());
  const heard: UpdateState[] = [];
  void (async () => {
    for await (const state of await client.updates.watch()) heard.push(state);
  })().catch(() => undefined);
  const last = () => heard.at(-1)?.now;
  return {
    client,
    steps: () => heard.map(({ now }) => now.step).filter((step, at, all) => step !== all[at - 1]),
    until: async (step) => {
      await expect.poll(() => last()?.step, { timeout: 15_000 }).toBe(step);
      return last() as UpdateState['now'];
    },
  };
}

describe.skipIf(!hasChromium || process.platform !== 'linux')(
  'updates of the desktop app: needs Chromium',
  () => {
    let built: BuiltApp;
    let feed: Feed;
    beforeAll(async () => {
      built = await buildApp();
    });
    afterAll(() => built?.[Symbol.dispose]());
    beforeEach(async () => {
      feed = await openFeed();
    });
    afterEach(() => feed[Symbol.asyncDispose]());

    const publish = (version: string, { mark }: Installed, more: object = {}): void => {
      feed.file = program(mark);
      feed.latest = described(version, feed.file, more);
    };
    const start = (place: Installed) => startApp(built, place.folder, place.env);
    const downloads = () => feed.asked.filter(({ path }) => path.endsWith('.AppImage'));

    it('finds one, fetches it when asked, and installs it at the quit when asked', async () => {
      const place = installed(feed.url);
      publish('0.2.0', place, { releaseNotes: '- A new thing <b>bold</b>' });
      await using app = await start(place);
      const { client, until, steps } = await watched(app);
      await until('idle');
      await client.updates.check();
      expect(await until('available')).toEqual({
        step: 'available',
        version: '0.2.0',
        notes: '- A new thing <b>bold</b>',
        page: null,
      });
      await delay(500);
      expect(downloads()).toEqual([]);
      await client.updates.download();
      expect(await until('ready')).toEqual({ step: 'ready', version: '0.2.0', atQuit: false });
      expect(steps()).toEqual(['idle', 'checking', 'available', 'downloading', 'ready']);
      expect(place.appImage()).toBe('version 0.1.0');
      await client.updates.install({ when: 'quit' });
      await expect.poll(async () => await until('ready')).toMatchObject({ atQuit: true });
      expect(place.appImage()).toBe('version 0.1.0');
      await app.ask({ do: 'quit' });
      expect(await app.ended).toBe(0);
      expect(place.appImage()).toBe(program(place.mark).toString());
      expect(readFileSync(place.mark, 'utf8')).toBe('exit=true silent=true\n');
      // Nobody is told who asks.
      const numbers = feed.asked.map(({ headers }) => headers['x-user-staging-id']).filter(Boolean);
      expect(new Set(numbers)).toEqual(new Set(['00000000-0000-0000-0000-000000000000']));
      expect(existsSync(join(place.folder, '.updaterId'))).toBe(false);
    });

    it('restarts when asked, after everything is closed', async () => {
      const place = installed(feed.url);
      publish('0.2.0', place);
      await using app = await start(place);
      const { client, until } = await watched(app);
      await client.updates.check();
      await until('available');
      await client.updates.download();
      await until('ready');
      await client.updates.install({ when: 'now' });
      expect(await app.ended).toBe(0);
      await expect
        .poll(() => existsSync(place.mark) && readFileSync(place.mark, 'utf8'))
        .toBe('exit= silent=true\n');
      expect(place.appImage()).toBe(program(place.mark).toString());
    });

    it('neither restarts while a load runs, nor installs without consent or while the system shuts down', async () => {
      const place = installed(feed.url);
      publish('0.2.0', place);
      await using app = await start(place);
      const { client, until } = await watched(app);
      await client.updates.check();
      await until('available');
      await client.updates.download();
      await until('ready');
      const { jobId } = await startLargeLoad(client, place.folder);
      await expect(client.updates.install({ when: 'now' })).rejects.toMatchObject({ code: 'JOB_RUNNING' });
      expect((await client.jobs.show({ jobId })).state).toBe('running');
      await client.updates.install({ when: 'quit' });
      await app.ask({ do: 'shutDown' });
      expect(await app.ended).toBe(0);
      expect(place.appImage()).toBe('version 0.1.0');
      // And the next run installs nothing of it by itself.
      await using again = await start(place);
      await again.page();
      await again.ask({ do: 'quit' });
      expect(await again.ended).toBe(0);
      expect(place.appImage()).toBe('version 0.1.0');
      expect(existsSync(place.mark)).toBe(false);
    });

    it('refuses what is not what was published, and deletes it', async () => {
      const place = installed(feed.url);
      publish('0.2.0', place);
      feed.file = Buffer.from('something else');
      await using app = await start(place);
      const { client, until } = await watched(app);
      await client.updates.check();
      await until('available');
      await client.updates.download();
      expect(await until('failed')).toMatchObject({
        message: expect.stringContaining('checksum is another one'),
      });
      expect(place.kept()).toEqual([]);
      await expect(client.updates.install({ when: 'quit' })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      await app.ask({ do: 'quit' });
      expect(await app.ended).toBe(0);
      expect(place.appImage()).toBe('version 0.1.0');
    });

    it('stops a download when asked', async () => {
      const place = installed(feed.url);
      publish('0.2.0', place);
      feed.file = Buffer.concat([feed.file, Buffer.alloc(2_000_000)]);
      feed.latest = described('0.2.0', feed.file);
      feed.pause = 500;
      await using app = await start(place);
      const { client, until } = await watched(app);
      await client.updates.check();
      await until('available');
      await client.updates.download();
      const moving = expect.objectContaining({ step: 'downloading', total: feed.file.length });
      await expect.poll(async () => await until('downloading'), { timeout: 10_000 }).toEqual(moving);
      await client.updates.stop();
      expect(await until('available')).toMatchObject({ version: '0.2.0' });
      expect(place.kept()).toEqual([]);
    });

    it('says in plain words what it found, or why nothing', { timeout: 120_000 }, async () => {
      const place = installed(feed.url);
      await using app = await start(place);
      const { client, until } = await watched(app);
      const outcome = async (): Promise<string> => {
        await client.updates.check();
        let now = { step: 'checking' } as UpdateState['now'];
        await expect
          .poll(
            async () => {
              const watching = await client.updates.watch();
              const { value } = await watching.next();
              await watching.return?.(undefined);
              now = (value as UpdateState).now;
              return now.step;
            },
            { timeout: 20_000 },
          )
          .toMatch(/up-to-date|failed|available/);
        return now.step === 'failed' ? now.message : now.step;
      };
      const { file } = { file: program(place.mark) };
      for (const version of ['0.1.0', '0.0.9']) {
        feed.latest = described(version, file);
        expect(await outcome()).toBe('up-to-date');
      }
      feed.latest = 404;
      expect(await outcome()).toBe('No version for this system is published there');
      feed.latest = 500;
      expect(await outcome()).toBe('The server with new versions answered with 500');
      for (const text of [
        '',
        'hello',
        '{ [ not yml',
        'version: about two\nfiles: []',
        '<html>Sign in</html>',
      ]) {
        feed.latest = text;
        expect(await outcome(), text).toBe('The answer about new versions cannot be understood');
      }
      await feed[Symbol.asyncDispose]();
      expect(await outcome()).toBe('The server with new versions cannot be reached');
      feed = await openFeed();
      expect(await until('failed')).toBeDefined();
      expect(place.appImage()).toBe('version 0.1.0');
    });

    it('tells of a new version where the package cannot install it', async () => {
      const place = installed(feed.url, { appImage: false });
      publish('0.2.0', place);
      await using app = await start(place);
      const { client, until } = await watched(app);
      await client.updates.check();
      await until('available');
      await expect(client.updates.download()).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      expect(downloads()).toEqual([]);
      const { value } = await (await client.updates.watch()).next();
      expect(value).toMatchObject({ support: 'by-hand', current: '0.1.0' });
    });

    it('has its item in the menu, which shows how far it is', async () => {
      const place = installed(feed.url);
      publish('0.2.0', place);
      await using app = await start(place);
      const { client, until } = await watched(app);
      const requests = await client.system.requests();
      await app.ask({ do: 'clickMenu', label: 'Check for Updates…' });
      expect((await requests.next()).value).toEqual({ show: 'updates' });
      await until('available');
    });

    it.each([
      ['not packed', (): NodeJS.ProcessEnv => ({})],
      ['packed without a place to look', () => installed('', { config: false }).env],
    ])('is off in what is %s', async (_name, env) => {
      const { folder } = installed(feed.url);
      await using app = await startApp(built, folder, env());
      const { client } = await connectPage(await app.page());
      const { value } = await (await client.updates.watch()).next();
      expect(value).toMatchObject({ support: 'none', now: { step: 'idle' } });
      await expect(client.updates.check()).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      const menu = await app.ask<{ items: string[] }[]>({ do: 'menu' });
      expect(menu.flatMap(({ items }) => items).filter((item) => /update/i.test(item))).toEqual([]);
    });

    it('looks by itself after the start, quietly, and not where that is switched off', async () => {
      const quiet = installed(feed.url);
      const off = installed(feed.url);
      const other = await openFeed();
      await using _ = other;
      const failing = installed(other.url);
      publish('0.2.0', quiet);
      await using first = await start(quiet);
      await using third = await start(failing);
      const heard = await watched(first);
      const broken = await watched(third);
      await expect.poll(() => feed.asked.length, { timeout: 30_000 }).toBe(1);
      await heard.until('available');
      expect(heard.steps()).toEqual(['idle', 'available']);
      expect(downloads()).toEqual([]);
      await expect.poll(() => other.asked.length, { timeout: 30_000 }).toBe(1);
      await delay(500);
      expect(broken.steps()).toEqual(['idle']);
      await first[Symbol.asyncDispose]();
      await using second = await start(off);
      await (await watched(second)).client.updates.saveSettings({ automatic: false });
      await delay(17_000);
      expect(feed.asked).toHaveLength(1);
    });
  },
);
