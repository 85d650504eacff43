/** The compiled app in its window: the page comes up, calls arrive, and the app ends as it should. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltApp, buildApp } from '../support/electron/build-app.ts';
import { connectPage } from '../support/electron/page-client.ts';
import { hasChromium, type RunningApp, startApp } from '../support/electron/start-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { endOf, jobState, startLargeLoad } from './large-load.ts';

describe.skipIf(!hasChromium)('the desktop window: needs Chromium', () => {
  let built: BuiltApp;
  beforeAll(async () => {
    built = await buildApp();
  });
  afterAll(() => built?.[Symbol.dispose]());

  describe('while it is open', () => {
    let app: RunningApp;
    let folder: string;
    beforeAll(async () => {
      folder = join(built.out, '..', 'data');
      app = await startApp(built, folder);
    });
    afterAll(() => app?.[Symbol.asyncDispose]());

    it('shows the page with its style and script, and complains of nothing', async () => {
      const page = await app.page();
      await expect.poll(() => page.locator('#answer').textContent()).toBe('ready');
      expect(await page.evaluate("getComputedStyle(document.querySelector('#answer')).color")).toBe(
        'rgb(1, 2, 3)',
      );
      expect(app.stderr()).toBe('');
      expect((await app.state()).errorBoxes).toEqual([]);
    });

    it('tells the page about itself, and chooses files in the system’s dialog', async () => {
      const { client } = await connectPage(await app.page());
      expect(await client.system.info()).toMatchObject({
        host: 'electron',
        dataFolder: folder,
        canChooseFiles: true,
        notices: [],
      });
      await app.ask({
        do: 'answerFileDialog',
        answer: { canceled: false, filePaths: ['/data/shop.sqlite'] },
      });
      expect(await client.system.chooseFile()).toEqual({ path: '/data/shop.sqlite' });
      expect(await client.system.chooseFile()).toEqual({ path: null });
      const dialog = expect.objectContaining({ properties: ['openFile'] });
      expect((await app.state()).fileDialogs).toEqual([dialog, dialog]);
    });

    it('keeps settings where the command line keeps them, and what Chromium writes away from them', async () => {
      const { client } = await connectPage(await app.page());
      await client.practice.start();
      expect((await app.state()).paths).toEqual({ userData: folder, sessionData: join(folder, 'window') });
      const { destinations } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
      expect(destinations).toMatchObject([{ name: 'Practice bucket', state: 'tested' }]);
      expect(statSync(join(folder, 'config.json')).mode & 0o777).toBe(0o600);
      expect(readdirSync(folder).filter((name) => /cache|cookies|default|state/i.test(name))).toEqual([]);
    });

    it('ends the streams of a page that is loaded again, not its job, and serves the new page', async () => {
      const page = await app.page();
      const before = await connectPage(page);
      const { jobId, events } = await startLargeLoad(before.client, folder);
      await app.ask({ do: 'loadPage', url: 'app://sluice/index.html' });
      await expect(endOf(events)).rejects.toThrow();
      const { client } = await connectPage(page);
      expect((await client.jobs.show({ jobId })).state).toBe('running');
      await client.jobs.cancel({ jobId });
    });
  });

  it('shows the page again when its process dies, once, and lets the load go on', async () => {
    const folder = temporaryFolder();
    await using app = await startApp(built, folder);
    const { jobId } = await startLargeLoad((await connectPage(await app.page())).client, folder);
    await app.ask({ do: 'crashPage' });
    await expect.poll(async () => (await app.state()).loadsFinished, { timeout: 10_000 }).toBe(2);
    expect((await app.state()).errorBoxes).toEqual([]);
    await app.ask({ do: 'crashPage' });
    await expect
      .poll(async () => (await app.state()).errorBoxes, { timeout: 10_000 })
      .toMatchObject([{ title: 'The window has crashed' }]);
    expect((await app.state()).loads).toBe(2);
    expect(['running', 'completed']).toContain(await jobState(folder, jobId));
  });

  it('runs once for a data folder, and ends in order when the system asks it to', async () => {
    const folder = temporaryFolder();
    await using app = await startApp(built, folder);
    await app.page();
    const second = await startApp(built, folder);
    expect(await second.ended).toBe(0);
    await expect.poll(async () => (await app.state()).secondInstances).toBe(1);
    expect((await app.state()).focused).toBe(1);
    app.process.kill('SIGTERM');
    expect(await app.ended).toBe(0);
    expect(app.stderr()).toBe('');
  });

  it('says why it cannot start, and what to do', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const app = await startApp(built, file);
    expect(await app.ended).toBe(1);
    expect(app.stderr()).toMatch(/Sluice cannot start: .*file.*\.\n\nCheck that the data folder exists/s);
  });
});
