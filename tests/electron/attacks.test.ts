/** What a hostile page could try in the window of the compiled app, and what comes of it. */

import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '../../src/main/hosts/page.ts';
import { type BuiltApp, buildApp } from '../support/electron/build-app.ts';
import { connectPage } from '../support/electron/page-client.ts';
import { hasChromium, type RunningApp, startApp } from '../support/electron/start-app.ts';

const home = 'https://sluice.test/index.html';

describe.skipIf(!hasChromium)('attacks on the desktop window: needs Chromium', () => {
  let built: BuiltApp;
  let app: RunningApp;
  let page: Page;
  beforeAll(async () => {
    built = await buildApp();
    app = await startApp(built, join(built.out, '..', 'data'));
    page = await app.page();
  });
  afterAll(async () => {
    await app?.[Symbol.asyncDispose]();
    built?.[Symbol.dispose]();
  });

  it('sets every flag of the window, turns the sandbox on and makes the scheme secure', async () => {
    const { windows, sandboxed, privileges } = await app.state();
    expect(windows).toHaveLength(1);
    expect(windows[0]?.webPreferences).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: true,
      preload: join(built.out, 'preload', 'preload.cjs'),
    });
    expect(sandboxed).toBe(true);
    expect(privileges).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
  });

  it('listens on one channel only', async () => {
    const { client } = await connectPage(page);
    await client.practice.start();
    expect(await app.ask({ do: 'channels' })).toEqual(['sluice:connect']);
  });

  it('exposes nothing to the page', async () => {
    const names = [
      'require',
      'process',
      'module',
      'Buffer',
      'electron',
      'ipcRenderer',
      'standInIpc',
      'standInSend',
    ];
    expect(await page.evaluate(`${JSON.stringify(names)}.filter((name) => name in window)`)).toEqual([]);
  });

  describe('leaving the page', () => {
    for (const [name, script] of [
      ['location', "location.href = 'https://evil.example/'"],
      ['replace', "location.replace('https://evil.example/')"],
      [
        'a form',
        "const f = document.createElement('form'); f.action = 'https://evil.example/'; document.body.append(f); f.submit()",
      ],
      [
        'a link',
        "const a = document.createElement('a'); a.href = 'https://evil.example/'; document.body.append(a); a.click()",
      ],
      ['another page of ours', "location.href = '/page.css'"],
    ] as const) {
      it(`is denied by ${name}`, async () => {
        await page.evaluate(script);
        await page.waitForTimeout(150);
        expect(page.url()).toBe(home);
        expect(await page.locator('#answer').textContent()).toBe('ready');
      });
    }

    it('opens no window, and hands only named places to the system', async () => {
      for (const url of [
        'https://evil.example/',
        'file:///etc/passwd',
        'app://sluice/index.html',
        'about:blank',
      ]) {
        await page.evaluate(`void window.open(${JSON.stringify(url)})`);
      }
      const docs = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/';
      await page.evaluate(`void window.open('${docs}')`);
      await expect.poll(async () => (await app.state()).opened).toEqual([docs]);
      expect((await app.state()).windows).toHaveLength(1);
      await expect.poll(() => page.context().pages().length).toBe(1);
    });

    it('is denied to a server that sends the window elsewhere', async () => {
      const load = app.ask({ do: 'loadPage', url: 'https://evil.example/redirect' });
      await expect(load).rejects.toThrow('ERR_ABORTED');
      expect(page.url()).toBe(home);
    });

    it('attaches no webview', async () => {
      expect(await app.ask({ do: 'emitWebview' })).toBe(true);
    });
  });

  describe('permissions', () => {
    it.each([
      'geolocation',
      'notifications',
      'media',
      'midi',
      'midiSysex',
      'pointerLock',
      'fullscreen',
      'openExternal',
      'clipboard-read',
      'display-capture',
      'idle-detection',
      'fileSystem',
      'hid',
      'serial',
      'usb',
      'unknown',
    ])('%s is refused', async (permission) => {
      const answer = await app.ask({ do: 'askPermission', permission, url: 'app://sluice/index.html' });
      expect(answer).toEqual({ requested: false, checked: false, device: false });
    });

    it('text may be put on the clipboard by our page, and by no other', async () => {
      const ask = (url: string) =>
        app.ask({ do: 'askPermission', permission: 'clipboard-sanitized-write', url });
      expect(await ask('app://sluice/index.html')).toMatchObject({ requested: true, checked: true });
      for (const url of ['app://sluice.evil/x', 'app://evil/x', 'https://sluice/x']) {
        expect(await ask(url)).toMatchObject({ requested: false, checked: false });
      }
    });

    it('is what the page meets', async () => {
      const state = (name: string) =>
        page.evaluate(`navigator.permissions.query({ name: '${name}' }).then(({ state }) => state)`);
      expect(await state('geolocation')).toBe('denied');
      expect(await state('notifications')).toBe('denied');
      expect(await state('camera')).toBe('denied');
      expect(await state('clipboard-read')).toBe('denied');
      expect(await state('clipboard-write')).toBe('granted');
    });
  });

  describe('the own scheme', () => {
    const fetched = (path: string, init = '{}'): Promise<unknown> =>
      page.evaluate(`fetch(${JSON.stringify(path)}, ${init}).then((r) => r.status)`);

    it.each(['/page.css', '/./page.css', '/a/../page.css'])('answers %s', async (path) => {
      expect(await fetched(path)).toBe(200);
    });

    it.each([
      '/link.txt',
      '/%2e%2e/renderer-secret.txt',
      '/..%2frenderer-secret.txt',
      '/%2e%2e%2frenderer-secret.txt',
      '/..%5crenderer-secret.txt',
      '/%00',
      '/page.css%00.js',
      '/%ff',
      '/missing.js',
      '/page.css/',
      '//etc/passwd',
      '/C:/windows/win.ini',
    ])('has no %s', async (path) => {
      expect(await fetched(`https://sluice.test${path}`)).toBe(404);
    });

    it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'])('refuses %s', async (method) => {
      expect(await fetched('/page.css', `{ method: '${method}' }`)).toBe(405);
    });

    it('sends the policy with every answer, refusals too', async () => {
      const policy = (path: string): Promise<unknown> =>
        page.evaluate(
          `fetch('${path}').then((r) => [r.headers.get('content-security-policy'), r.headers.get('x-content-type-options')])`,
        );
      for (const path of ['/index.html', '/page.js', '/missing'])
        expect(await policy(path)).toEqual([contentSecurityPolicy, 'nosniff']);
    });

    it('runs no script of a string, and talks to nobody', async () => {
      const violations = await page.evaluate(`new Promise((resolve) => {
        const seen = [];
        document.addEventListener('securitypolicyviolation', (e) => seen.push(e.effectiveDirective));
        const script = document.createElement('script');
        script.textContent = 'window.injected = true';
        document.body.append(script);
        fetch('https://evil.example/').catch(() => {});
        const image = new Image();
        image.src = 'https://evil.example/leak.png';
        const frame = document.createElement('iframe');
        frame.src = 'https://evil.example/';
        document.body.append(frame);
        setTimeout(() => { frame.remove(); resolve([...new Set(seen), String(window.injected)].sort()); }, 300);
      })`);
      expect(violations).toEqual(['connect-src', 'frame-src', 'img-src', 'script-src-elem', 'undefined']);
    });
  });

  it('left nothing on the standard error of the main process', () => {
    expect(app.stderr()).toBe('');
  });
});
