/** The real Electron, where its runtime is installed and a window can be shown. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { electronPath, whyNoWindow } from '../../scripts/start/electron-runtime.ts';
import { type BuiltApp, buildApp } from '../support/electron/build-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');
const executablePath = electronPath(join(root, 'node_modules/electron'), process.env);
const why = whyNoWindow({ platform: process.platform, env: process.env, uid: process.getuid?.() });

/** Does what src/renderer/bridge.ts does, with one call of oRPC's in the place of its client. */
const info = `new Promise((resolve, reject) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => resolve(JSON.parse(data));
  port1.postMessage(JSON.stringify({ i: '1', p: { u: '/system/info' } }));
  window.postMessage('sluice:connect', location.origin, [port2]);
  setTimeout(() => reject(new Error('no answer')), 5000);
})`;

describe.skipIf(executablePath === undefined || why !== undefined)(
  'Electron itself: needs its runtime, a display and a user other than root',
  () => {
    let built: BuiltApp;
    beforeAll(async () => {
      built = await buildApp();
    });
    afterAll(() => built?.[Symbol.dispose]());

    it('shows the page, answers its calls, and shuts what must be shut', async () => {
      const folder = temporaryFolder();
      const app = await _electron.launch({
        executablePath: executablePath ?? '',
        args: [join(built.out, '..')],
        env: { ...(process.env as Record<string, string>), SLUICE_DATA_DIR: folder },
      });
      try {
        const page = await app.firstWindow();
        await expect.poll(() => page.locator('#answer').textContent()).toBe('ready');
        expect(page.url()).toBe('app://sluice/index.html');
        expect(await page.evaluate('location.origin')).toBe('app://sluice');
        expect(await page.evaluate(info)).toMatchObject({
          p: { b: { json: { host: 'electron', dataFolder: folder } } },
        });
        expect(
          await page.evaluate("['require', 'process', 'electron'].filter((name) => name in window)"),
        ).toEqual([]);
        await page.evaluate(
          "location.href = 'https://evil.example/'; void window.open('https://evil.example/')",
        );
        await page.waitForTimeout(500);
        expect(page.url()).toBe('app://sluice/index.html');
        expect(app.windows()).toHaveLength(1);
        expect(await page.evaluate("fetch('/..%2frenderer-secret.txt').then(({ status }) => status)")).toBe(
          404,
        );
        expect(
          await page.evaluate(
            "navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state)",
          ),
        ).toBe('denied');
      } finally {
        await app.close();
      }
      expect(existsSync(join(folder, 'config.json'))).toBe(true);
      expect(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))).toHaveProperty('externalId');
    });
  },
);
