/** The documentation in the window: every screen links to its part of it, every error to its entry. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readHelpPages } from '../../scripts/help-pages.ts';
import { topics } from '../../src/renderer/help/topics.ts';
import { partsOf, textOf } from '../../src/shared/help-pages.ts';
import { type Installation, install } from '../support/cli.ts';
import { chooseRegion, focused, tabTo } from '../support/keyboard.ts';
import { hasChromium, openTheatre, type TestWindow, type Theatre } from '../support/window.ts';

const output = process.env.SLUICE_SCREENSHOTS ?? join(import.meta.dirname, 'output');
const root = join(import.meta.dirname, '../..');
const pages = readHelpPages(join(root, 'docs'));

/** Every address of the window, with names that exist in practice mode. */
const routes = [
  ...readFileSync(join(root, 'src/renderer/app/pages.tsx'), 'utf8').matchAll(/<Route path="([^"]+)"/g),
].map(([, path = '']) => path);

describe.skipIf(!hasChromium)('help in the window: needs Chromium', { timeout: 240_000 }, () => {
  let cli: Installation;
  let theatre: Theatre;
  let window: TestWindow;
  let page: Page;
  let jobId: string;

  const info = () => page.getByRole('link', { name: /^Info: / });

  beforeAll(async () => {
    mkdirSync(output, { recursive: true });
    cli = install();
    theatre = await openTheatre();
    const lake = ['--access', 'role', '--role-arn', 'arn:aws:iam::123456789012:role/sluice'];
    const where = ['--bucket', 'my-company-lake', '--region', 'eu-west-1', '--draft'];
    expect(await cli.run(['destination', 'add', '--name', 'Lake', ...lake, ...where])).toMatchObject({
      code: 0,
    });
    window = await theatre.open(cli, {
      env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' },
    });
    page = window.page;
    page.setDefaultTimeout(30_000);
    await page.getByRole('button', { name: /^Practise/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Practice load' }).waitFor();
    await page.getByRole('button', { name: /^Load/ }).first().click();
    await page.getByText('Completed', { exact: true }).first().waitFor();
    jobId = /[\da-f-]{36}/.exec(page.url())?.[0] ?? '';
  }, 240_000);
  afterAll(async () => {
    expect(window.complaints()).toEqual([]);
    await window[Symbol.asyncDispose]();
    await theatre[Symbol.asyncDispose]();
    cli[Symbol.dispose]();
  });

  /** What the panel must show at a place: the first words of its section. */
  function headingAt(target: string): string {
    const [name, anchor] = partsOf(target);
    const found = pages.find((one) => one.name === name);
    const heading = found?.blocks.find((block) => 'heading' in block && block.anchor === anchor);
    return heading !== undefined && 'heading' in heading ? textOf(heading.heading) : (found?.title ?? '');
  }

  async function opens(): Promise<string> {
    const link = info().first();
    await link.waitFor();
    const target = ((await link.getAttribute('href')) ?? '').replace(/^#\/help\/?/, '').replace('/', '#');
    const at = target === '' ? 'README' : target;
    expect(Object.values(topics) as string[]).toContain(at);
    await link.click();
    await page.locator('.help').getByRole('searchbox').waitFor();
    await page
      .getByRole('heading', { name: headingAt(at), exact: true })
      .last()
      .waitFor();
    return at;
  }

  test('every screen has a link beside its title that opens its part of the pages', async () => {
    const named: Readonly<Record<string, string>> = {
      '/destinations/named/:name/change': '/destinations/named/Lake/change',
      '/sources/named/:name': '/sources/named/Practice%20shop',
      '/pipelines/named/:name': '/pipelines/named/Practice%20load',
      '/jobs/:jobId': `/jobs/${jobId}`,
      '/help/:name?/:anchor?': '/help',
    };
    expect(routes.length).toBeGreaterThan(15);
    for (const route of routes) {
      const address = named[route] ?? route;
      expect(address, route).not.toContain(':');
      await window.go(address);
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      if (route.startsWith('/help')) continue;
      const at = await opens();
      // beside the work: the address is the screen's
      expect(decodeURI(page.url()), `${route} ${at}`).toContain(decodeURI(`#${address}`));
      await page.getByRole('button', { name: 'Close help' }).click();
      await page.locator('.help').waitFor({ state: 'detached' });
    }
  });

  test('every step of the guided setup has one, and nothing that was entered is lost', async () => {
    await window.go('/destinations/new');
    for (const step of [
      'Who you are',
      'Bucket',
      'Permissions policy',
      'External ID',
      'Role',
      'Test and save',
    ]) {
      await page.getByRole('heading', { level: 1, name: step }).waitFor();
      if (step === 'Bucket') {
        await page.getByRole('textbox', { name: 'Bucket' }).fill('my-company-lake');
        await chooseRegion(page, 'ap-southeast-1');
      }
      if (step === 'Role') {
        await page.getByRole('textbox', { name: 'Role ARN' }).fill('arn:aws:iam::123456789012:role/sluice');
      }
      await opens();
      if (step === 'Bucket') {
        expect(await page.getByRole('textbox', { name: 'Bucket' }).inputValue()).toBe('my-company-lake');
        await page.screenshot({ path: join(output, 'help-panel-light.png') });
        expect(await window.faults()).toEqual([]);
      }
      await page.getByRole('button', { name: 'Close help' }).click();
      if (step !== 'Test and save') await page.getByRole('button', { name: 'Next', exact: true }).click();
    }
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('heading', { level: 1, name: 'Destinations' }).waitFor();
  });

  test('F1 opens the help of the screen, by keyboard alone it is searched, followed and closed', async () => {
    await window.go('/jobs');
    await page.getByRole('heading', { level: 1, name: 'History' }).waitFor();
    await page.keyboard.press('F1');
    await page.locator('.help').getByRole('searchbox').waitFor();
    await page.getByRole('searchbox', { name: 'Search the documentation' }).focus();
    await page.keyboard.type('lifecycle rule');
    await page.getByText(/^Found in \d+ places?$/).waitFor();
    await tabTo(page, /Unfinished uploads/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Unfinished uploads' }).last().waitFor();
    await page.getByRole('searchbox', { name: 'Search the documentation' }).fill('xyzzy');
    await page.getByText('Nothing is said about “xyzzy”.').waitFor();
    await page.getByRole('button', { name: 'Close help' }).press('Enter');
    await page.locator('.help').waitFor({ state: 'detached' });
    expect(page.url()).toContain('#/jobs');
    expect(await focused(page)).not.toBe('');
  });

  test('the palette and About open it, too', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Commands' }).waitFor();
    await expect.poll(() => focused(page)).toBe('Find a command');
    await page.keyboard.type('help: path');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'The path rule' }).last().waitFor();
    await page.getByRole('button', { name: 'Close help' }).click();
    await page.getByRole('button', { name: 'About', exact: true }).click();
    await page.getByRole('button', { name: 'Help: who sees what' }).click();
    await page.getByRole('heading', { name: 'Security' }).last().waitFor();
    await page.getByRole('button', { name: 'Close help' }).click();
  });

  test('an error explains itself where it stands', async () => {
    await window.go('/jobs/d12d74f4-d647-4929-a5a6-d329afd916f4');
    const more = page.getByRole('button', { name: 'More about this error' });
    await more.waitFor();
    await more.press('Enter');
    await page.getByText('NOT_FOUND', { exact: true }).waitFor();
    await page.getByText('Your data:').waitFor();
    expect(await window.faults()).toEqual([]);
    await page.screenshot({ path: join(output, 'help-error-light.png') });
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`every page can be read with nothing that axe has anything against, in ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      // the colours are the same everywhere
      const shown = pages.filter(({ name }) => colorScheme === 'light' || ['README', 'types'].includes(name));
      for (const { name, title } of shown) {
        await window.go(name === 'README' ? '/help' : `/help/${name}`);
        await page.getByRole('heading', { level: 1, name: title }).waitFor();
        expect(await window.faults(), name).toEqual([]);
        await page.screenshot({ path: join(output, `help-${name}-${colorScheme}.png`) });
      }
    });
  }
});
