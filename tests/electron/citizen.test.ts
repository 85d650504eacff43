/** The compiled app among others on a desktop: menus, notifications, progress, sleep, questions, opened files. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostRequest } from '../../src/shared/host-request.ts';
import { type BuiltApp, buildApp } from '../support/electron/build-app.ts';
import { connectPage } from '../support/electron/page-client.ts';
import { hasChromium, type RunningApp, startApp } from '../support/electron/start-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { jobState, startLargeLoad, storedObjects } from './large-load.ts';

const [stay, resumeLater, cancelAndQuit] = [0, 1, 2];

/** What the window is asked, as its page hears it. */
async function requestsOf(app: RunningApp): Promise<HostRequest[]> {
  const { client } = await connectPage(await app.page());
  const heard: HostRequest[] = [];
  void (async () => {
    for await (const request of await client.system.requests()) heard.push(request);
  })().catch(() => undefined);
  return heard;
}

describe.skipIf(!hasChromium)('the desktop app among others: needs Chromium', () => {
  let built: BuiltApp;
  beforeAll(async () => {
    built = await buildApp();
  });
  afterAll(() => built?.[Symbol.dispose]());

  describe('menus', () => {
    let app: RunningApp;
    let folder: string;
    beforeAll(async () => {
      folder = join(built.out, '..', 'data');
      app = await startApp(built, folder);
    });
    afterAll(() => app?.[Symbol.asyncDispose]());

    it('has pages, editing, zoom and folders, with the accelerators of the platform', async () => {
      const menu = await app.ask<{ menu: string; items: string[] }[]>({ do: 'menu' });
      expect(menu.map(({ menu: name }) => name)).toEqual([
        '&File',
        'editMenu',
        '&View',
        'windowMenu',
        'help',
      ]);
      const items = menu.flatMap((part) => part.items);
      expect(items).toContain('New Pipeline  CmdOrCtrl+N');
      expect(items).toContain('History  CmdOrCtrl+3');
      const reloads = items.filter((item) => /reload/i.test(item));
      expect(reloads).toEqual([]);
    });

    it('leads to pages, and shows folders and what this program is', async () => {
      const heard = await requestsOf(app);
      for (const label of ['New Pipeline', 'History', 'Destinations']) {
        await app.ask({ do: 'clickMenu', label });
      }
      const pages = ['/pipelines/new', '/jobs', '/destinations'].map((page) => ({ page }));
      await expect.poll(() => heard).toEqual(pages);
      for (const label of ['Show the Data Folder', 'Show the Logs Folder', 'About Sluice']) {
        await app.ask({ do: 'clickMenu', label });
      }
      const { shown, aboutShown, errorBoxes } = await app.state();
      expect(shown).toEqual([folder, join(folder, 'logs')]);
      expect(aboutShown).toBe(1);
      expect(errorBoxes).toEqual([]);
    });

    it('asks the page that came last', async () => {
      const before = await requestsOf(app);
      await app.ask({ do: 'loadPage', url: 'app://sluice/index.html' });
      const heard = await requestsOf(app);
      await app.ask({ do: 'clickMenu', label: 'Sources' });
      await expect.poll(() => heard).toEqual([{ page: '/sources' }]);
      expect(before).toEqual([]);
    });
  });

  it('says the end of a load to who looks elsewhere, keeps the computer awake, and moves the icon', async () => {
    const folder = temporaryFolder();
    await using app = await startApp(built, folder);
    const heard = await requestsOf(app);
    const { client } = await connectPage(await app.page());
    const { jobId } = await startLargeLoad(client, folder);
    await expect.poll(async () => (await app.state()).awake).toBe(true);
    await expect
      .poll(async () => (await app.state()).progress.length, { timeout: 10_000 })
      .toBeGreaterThan(0);
    await app.ask({ do: 'setFocus', focused: false });
    await client.jobs.cancel({ jobId });
    await expect
      .poll(async () => (await app.state()).notifications, { timeout: 10_000 })
      .toEqual([{ title: expect.stringMatching(/^Cancelled: ./), body: 'Nothing was loaded' }]);
    const { awake, progress, focused } = await app.state();
    expect({ awake, last: progress.at(-1) }).toEqual({ awake: false, last: -1 });
    await app.ask({ do: 'clickNotification' });
    await expect.poll(() => heard).toEqual([{ page: `/jobs/${jobId}` }]);
    expect((await app.state()).focused).toBe(focused + 1);
    const log = readFileSync(join(folder, 'logs', 'sluice.log'), 'utf8');
    expect(log).toMatch(/Sluice .* starts[\s\S]*Load .* begins\n[\s\S]*is cancelled/);
  });

  it('says nothing to who looks at the window', async () => {
    const folder = temporaryFolder();
    await using app = await startApp(built, folder);
    const { client } = await connectPage(await app.page());
    const { jobId } = await startLargeLoad(client, folder);
    await client.jobs.cancel({ jobId });
    await expect.poll(async () => (await app.state()).awake).toBe(false);
    expect((await app.state()).notifications).toEqual([]);
  });

  describe('asked to end while a load runs', () => {
    const start = async (): Promise<{ app: RunningApp; folder: string; jobId: string }> => {
      const folder = temporaryFolder();
      const app = await startApp(built, folder);
      const { jobId } = await startLargeLoad((await connectPage(await app.page())).client, folder);
      return { app, folder, jobId };
    };

    it('asks once, and goes on when the user wants that', async () => {
      const { app, folder, jobId } = await start();
      await using _ = app;
      await app.ask({ do: 'closeWindow' });
      await app.ask({ do: 'closeWindow' });
      await app.ask({ do: 'quit' });
      const { questions } = await app.state();
      expect(questions).toHaveLength(1);
      expect(questions[0]).toMatchObject({
        message: expect.stringMatching(/^The load “.+” is running$/),
        buttons: ['Go on loading', 'Quit and resume later', 'Cancel and quit'],
      });
      expect(['running', 'completed']).toContain(await jobState(folder, jobId));
    });

    it('can be asked again after that', async () => {
      const { app } = await start();
      await using _ = app;
      await app.ask({ do: 'answerQuestion', answer: stay });
      await app.ask({ do: 'closeWindow' });
      await delay(50);
      await app.ask({ do: 'answerQuestion', answer: cancelAndQuit });
      await app.ask({ do: 'quit' });
      expect(await app.ended).toBe(0);
    });

    it('leaves the load to be resumed', async () => {
      const { app, folder, jobId } = await start();
      await using _ = app;
      await app.ask({ do: 'answerQuestion', answer: resumeLater });
      await app.ask({ do: 'closeWindow' });
      expect(await app.ended).toBe(0);
      expect(app.stderr()).toBe('');
      expect(await jobState(folder, jobId)).toBe('interrupted');
    });

    it('cancels it, and leaves nothing half-done', async () => {
      const { app, folder, jobId } = await start();
      await using _ = app;
      await app.ask({ do: 'answerQuestion', answer: cancelAndQuit });
      await app.ask({ do: 'quit' });
      expect(await app.ended).toBe(0);
      expect(await jobState(folder, jobId)).toBe('cancelled');
      expect(storedObjects(folder)).toEqual([]);
    });

    it('does not keep a system waiting that shuts down', async () => {
      const { app, folder, jobId } = await start();
      await using _ = app;
      await app.ask({ do: 'shutDown' });
      expect(await app.ended).toBe(0);
      expect(await jobState(folder, jobId)).toBe('interrupted');
    });
  });

  describe('workspace files', () => {
    const text = '{"format":"sluice-workspace","version":1}';
    const workspace = (name: string): string => {
      const path = join(temporaryFolder(), name);
      writeFileSync(path, text);
      return path;
    };

    it('opens one that it was started with, one that a second start brings, and one from the system', async () => {
      const folder = temporaryFolder();
      await using app = await startApp(built, folder, {}, [workspace('first.sluice')]);
      const heard = await requestsOf(app);
      const opened = (name: string) => [{ workspace: { name, text } }, { page: '/workspace' }];
      await expect.poll(() => heard).toEqual(opened('first.sluice'));
      const second = await startApp(built, folder, {}, [workspace('second one.sluice')]);
      expect(await second.ended).toBe(0);
      await expect.poll(() => heard.slice(2)).toEqual(opened('second one.sluice'));
      expect((await app.state()).focused).toBe(1);
      await app.ask({ do: 'openFile', path: workspace('third.sluice') });
      await expect.poll(() => heard.slice(4)).toEqual(opened('third.sluice'));
    });

    it('says what is wrong with one', async () => {
      const folder = temporaryFolder();
      await using app = await startApp(built, folder);
      await app.page();
      const binary = join(folder, 'binary.sluice');
      writeFileSync(binary, Buffer.from([0xff, 0xfe, 0x00]));
      const large = join(folder, 'large.sluice');
      writeFileSync(large, Buffer.alloc(7 * 1024 * 1024));
      for (const path of [binary, large, join(folder, 'gone.sluice')])
        await app.ask({ do: 'openFile', path });
      expect((await app.state()).errorBoxes).toEqual([
        { title: '“binary.sluice” cannot be opened', content: expect.stringContaining('no text in UTF-8') },
        { title: '“large.sluice” cannot be opened', content: expect.stringContaining('too large') },
        { title: '“gone.sluice” cannot be opened', content: expect.stringContaining('no such file') },
      ]);
    });
  });

  it('writes no log where it could not start', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const home = temporaryFolder();
    const app = await startApp(built, file, { HOME: home, XDG_CONFIG_HOME: home });
    expect(await app.ended).toBe(1);
    expect(existsSync(join(home, 'logs'))).toBe(false);
  });
});
