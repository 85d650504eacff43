/** Who may have the contract at a port, and what becomes of a port that is used for anything else. */

import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltApp, buildApp } from '../support/electron/build-app.ts';
import { connectPage } from '../support/electron/page-client.ts';
import { hasChromium, type RunningApp, startApp } from '../support/electron/start-app.ts';
import { closedWord } from '../support/electron/world.ts';

/** Whether a port that the page posts in some way is served: a call is put on it and waited for. */
const isServed = (post: string): string => `new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => resolve(data !== '${closedWord}');
  port1.postMessage(JSON.stringify({ i: '1', p: { u: '/system/info' } }));
  ${post};
  setTimeout(() => resolve(false), 400);
})`;

describe.skipIf(!hasChromium)('attacks on the port of the desktop window: needs Chromium', () => {
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

  describe('the port', () => {
    it('is served to our page', async () => {
      expect(
        await page.evaluate(isServed("window.postMessage('sluice:connect', location.origin, [port2])")),
      ).toBe(true);
    });

    it.each([
      [
        'of another origin',
        "window.dispatchEvent(new MessageEvent('message', { data: 'sluice:connect', source: window, origin: 'https://evil.example', ports: [port2] }))",
      ],
      [
        'of nobody',
        "window.dispatchEvent(new MessageEvent('message', { data: 'sluice:connect', origin: location.origin, ports: [port2] }))",
      ],
      ['with another message', "window.postMessage('sluice:other', location.origin, [port2])"],
      [
        'with a second port',
        "window.postMessage('sluice:connect', location.origin, [port2, new MessageChannel().port1])",
      ],
    ])('is not served when it is %s', async (_name, post) => {
      expect(await page.evaluate(isServed(post))).toBe(false);
    });

    it('is not served when a frame of the page posts it', async () => {
      await page.evaluate("document.body.append(document.createElement('iframe'))");
      const frame = page.frames()[1];
      expect(await frame?.evaluate(isServed("parent.postMessage('sluice:connect', '*', [port2])"))).toBe(
        false,
      );
      expect(await frame?.evaluate(isServed("postMessage('sluice:connect', '*', [port2])"))).toBe(false);
      await page.evaluate("document.querySelector('iframe').remove()");
    });

    it('is not served to a frame, even one that has got hold of the bridge', async () => {
      await page.evaluate("document.body.append(document.createElement('iframe'))");
      await app.ask({
        do: 'runInWorld',
        where: 'child',
        code: `globalThis.answer = 'none'; const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }) => { globalThis.answer = data; };
          port1.postMessage(JSON.stringify({ i: '1', p: { u: '/system/info' } }));
          standInIpc.postMessage('sluice:connect', null, [port2]);`,
      });
      const answer = () => app.ask({ do: 'runInWorld', where: 'child', code: 'globalThis.answer' });
      await expect.poll(answer).toBe(closedWord);
      await page.evaluate("document.querySelectorAll('iframe').forEach((frame) => frame.remove())");
    });

    it.each([
      ['a frame that is gone', null],
      ['a frame below another', { url: 'app://sluice/index.html', parent: {} }],
      ['another frame of that address', { url: 'app://sluice/index.html' }],
      ['a foreign page', { url: 'https://evil.example/' }],
    ])('of %s is closed', async (_name, frame) => {
      expect(await app.ask({ do: 'forgeIpc', frame })).toEqual([{ served: false, closed: true }]);
    });

    it.each([
      'https://sluice/',
      'app://sluice.evil/',
      'app://evil/',
      'app://sluice:8080/',
      'file:///sluice',
      'about:blank',
      '',
    ])('of the window at %s is closed', async (url) => {
      expect(await app.ask({ do: 'forgeIpc', frame: { url }, asTop: true })).toEqual([
        { served: false, closed: true },
      ]);
    });

    it('is one: with two, both are closed, and without any nothing happens', async () => {
      const frame = { url: 'app://sluice/index.html' };
      expect(await app.ask({ do: 'forgeIpc', frame, asTop: true, ports: 2 })).toEqual([
        { served: false, closed: true },
        { served: false, closed: true },
      ]);
      expect(await app.ask({ do: 'forgeIpc', frame, asTop: true, ports: 0 })).toEqual([]);
      expect(await app.ask({ do: 'forgeIpc', frame, asTop: true })).toEqual([
        { served: true, closed: false },
      ]);
    });

    it.each([
      ['text', 'hello'],
      ['an object', { i: '1', p: {} }],
      ['null', null],
      ['JSON of nothing', 'null'],
      ['a call without address', JSON.stringify({ i: '1', p: {} })],
      ['a foreign address', JSON.stringify({ i: '1', p: { u: 'http://[' } })],
      [
        'a form',
        JSON.stringify({ i: '1', p: { u: '/system/info', h: { 'content-type': 'multipart/form-data' } } }),
      ],
      ['a stream inward', JSON.stringify({ i: '1', t: 3, p: { e: 'message' } })],
    ])('is closed after %s, and the app lives on', async (_name, data) => {
      const port = await connectPage(page);
      await port.client.system.info();
      await port.send(data);
      await expect.poll(port.isClosed).toBe(true);
      expect((await (await connectPage(page)).client.system.info()).host).toBe('electron');
    });

    it('is not served to a foreign page that came into the window after all', async () => {
      await app.ask({ do: 'loadPage', url: 'https://evil.example/' });
      await page.waitForURL('https://evil.example/');
      expect(
        await page.evaluate(isServed("window.postMessage('sluice:connect', location.origin, [port2])")),
      ).toBe(false);
    });
  });

  it('left nothing on the standard error of the main process', () => {
    expect(app.stderr()).toBe('');
  });
});
