/** What a real browser does: the redirect file's way in, and what another site's page can reach. */
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeRedirectFile } from '../../src/main/hosts/web/browser.ts';
import { type Started, start } from './start.ts';

const executablePath = '/usr/bin/chromium';

describe.skipIf(!existsSync(executablePath))('in Chromium (needs chromium)', () => {
  let browser: Browser;
  let started: Started;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    started = await start();
  });

  afterAll(async () => {
    await browser.close();
    await started[Symbol.asyncDispose]();
  });

  /** A browser window of somebody who has opened Sluice through its redirect file. */
  async function signedIn(): Promise<{ readonly page: Page; readonly complaints: string[] }> {
    const page = await (await browser.newContext()).newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    using file = writeRedirectFile(started.host.link());
    await page.goto(pathToFileURL(file.path).href);
    await showsTitle(page, '200 web');
    return { page, complaints };
  }

  test('the redirect file leads in, and its page makes calls under the policy without a complaint', async () => {
    const { page, complaints } = await signedIn();
    expect(page.url()).toBe(`http://127.0.0.1:${started.port}/`);
    expect(complaints).toEqual([]);
    expect(await page.evaluate('document.cookie')).toBe('');
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', expires: -1 });
    await page.reload();
    await showsTitle(page, '200 web');
    await page.context().close();
  });

  test('the file goes when the link has been used', async () => {
    const page = await (await browser.newContext()).newPage();
    const file = writeRedirectFile(started.host.link());
    await page.goto(pathToFileURL(file.path).href);
    await showsTitle(page, '200 web');
    expect(existsSync(file.path)).toBe(false);
    await page.context().close();
  });

  test('without a link a page is shown that can do nothing', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://127.0.0.1:${started.port}/`);
    await showsTitle(page, '401 WEB_SIGNED_OUT');
    await page.context().close();
  });

  test('script of somebody else does not run in our page', async () => {
    const { page } = await signedIn();
    const ran = await page.evaluate(`new Promise((resolve) => {
      const inline = document.createElement('script');
      inline.textContent = 'window.inlineRan = true';
      document.head.append(inline);
      const foreign = document.createElement('script');
      foreign.src = 'data:text/javascript,window.foreignRan = true';
      foreign.onload = foreign.onerror = () => resolve([window.inlineRan ?? false, window.foreignRan ?? false]);
      document.head.append(foreign);
    })`);
    expect(ran).toEqual([false, false]);
    await page.context().close();
  });

  test.each(['127.0.0.1', 'localhost'])('a page of another server on %s reaches nothing', async (name) => {
    const { page } = await signedIn();
    const other = await serveEmptyPage();
    const evil = await page.context().newPage();
    const statuses = new Map<string, number>();
    evil.on('response', (answer) => {
      const url = new URL(answer.url());
      if (url.port === String(started.port))
        statuses.set(`${answer.request().method()} ${url.pathname}`, answer.status());
    });
    await evil.goto(`http://${name}:${(other.address() as AddressInfo).port}/`);
    const link = started.host.url();
    const reached = await evil.evaluate(
      `(async () => {
        const base = 'http://127.0.0.1:${started.port}';
        const tries = [
          [base + '/rpc/practice/remove', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' }, credentials: 'include' }],
          [base + '/rpc/practice/remove', { method: 'POST', body: '{}', mode: 'no-cors', credentials: 'include' }],
          [base + '/', { credentials: 'include' }],
          ['${link}', { mode: 'no-cors', credentials: 'include' }],
        ];
        const read = [];
        for (const [url, options] of tries) {
          try { read.push((await (await fetch(url, options)).text()).length); } catch { read.push('refused'); }
        }
        const frame = document.createElement('iframe');
        frame.src = base + '/';
        document.body.append(frame);
        await new Promise((resolve) => { frame.onload = resolve; });
        const image = new Image();
        image.src = base + '/favicon.svg';
        const shown = await new Promise((resolve) => { image.onload = () => resolve(true); image.onerror = () => resolve(false); });
        return { read, shown };
      })()`,
    );
    // An opaque answer of a request without CORS has no text; the others are not given to the page at all.
    const { read, shown } = reached as { read: (number | string)[]; shown: boolean };
    expect(read.every((text) => text === 'refused' || text === 0)).toBe(true);
    expect(shown).toBe(false);
    for (const [request, status] of statuses)
      expect([request, [403, 405]]).toEqual([request, expect.arrayContaining([status])]);
    expect(statuses.size).toBeGreaterThan(0);
    // The link was not used up by the attempt.
    await evil.goto(link);
    await showsTitle(evil, '200 web');
    await page.context().close();
    await new Promise((resolve) => other.close(resolve));
  });
});

/** Asked from outside: the policy of the page forbids to evaluate anything inside. */
const showsTitle = (page: Page, title: string): Promise<void> =>
  expect.poll(() => page.title().catch(() => 'on its way'), { timeout: 10_000 }).toBe(title);

async function serveEmptyPage(): Promise<Server> {
  const server = createServer((_, response) => {
    response
      .writeHead(200, { 'content-type': 'text/html', connection: 'close' })
      .end('<!doctype html><body></body>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
