/** Everything from the keyboard: the palette opens, finds and does; and the texts that load a pipeline every day. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/main/core/version.ts';
import { type Installation, install } from '../support/cli.ts';
import { focused } from '../support/keyboard.ts';
import { hasChromium, openTheatre, type TestWindow, type Theatre } from '../support/window.ts';

const output = process.env.SLUICE_SCREENSHOTS ?? join(import.meta.dirname, 'output');

describe.skipIf(!hasChromium)('the command palette: needs Chromium', { timeout: 180_000 }, () => {
  let cli: Installation;
  let theatre: Theatre;
  let window: TestWindow;
  let page: Page;

  const dialog = () => page.getByRole('dialog', { name: 'Commands' });
  const selected = () => page.getByRole('option', { selected: true });
  async function command(text: string): Promise<void> {
    await page.keyboard.press('Control+k');
    await dialog().waitFor();
    await expect.poll(() => focused(page)).toBe('Find a command');
    await page.keyboard.type(text);
    await expect.poll(() => selected().textContent()).toContain(text);
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'hidden' });
  }

  beforeAll(async () => {
    mkdirSync(output, { recursive: true });
    cli = install();
    theatre = await openTheatre();
    window = await theatre.open(cli);
    page = window.page;
    page.setDefaultTimeout(30_000);
    await page.getByRole('button', { name: 'Practise first' }).click();
    await page.getByRole('heading', { level: 1, name: 'Practice load' }).waitFor();
  });
  afterAll(async () => {
    expect(window.complaints()).toEqual([]);
    await window[Symbol.asyncDispose]();
    await theatre[Symbol.asyncDispose]();
    cli[Symbol.dispose]();
  });

  test('goes to pages, tests, changes the appearance and loads', async () => {
    await command('Go to Sources');
    await page.getByRole('heading', { level: 1, name: 'Sources' }).waitFor();
    await command('Test Practice bucket');
    await page.getByRole('heading', { level: 1, name: 'Destinations' }).waitFor();
    await page
      .getByText('Everything works')
      .or(page.getByText(/The test passed|passed/))
      .first()
      .waitFor();
    await command('Appearance: dark');
    await expect.poll(() => page.locator('body').getAttribute('class')).toContain('awsui-dark-mode');
    await command('Appearance: light');
    await expect.poll(() => page.locator('body').getAttribute('class')).not.toContain('awsui-dark-mode');
    await command('Load Practice load');
    await page.getByRole('heading', { name: 'Load of Practice load' }).waitFor();
  });

  test('moves with the arrows, says where nothing fits, and gives the focus back', async () => {
    await window.go('/pipelines');
    const link = page.getByRole('link', { name: 'Practice load' }).first();
    await link.focus();
    await page.keyboard.press('Control+k');
    await dialog().waitFor();
    await expect.poll(() => focused(page)).toBe('Find a command');
    const first = await selected().textContent();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => selected().textContent()).not.toBe(first);
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => selected().textContent()).toBe(first);
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => selected().textContent()).toBe('Appearance: dark');
    const named = await page
      .getByRole('combobox', { name: 'Find a command' })
      .getAttribute('aria-activedescendant');
    expect(await selected().getAttribute('id')).toBe(named);
    await page.keyboard.type('nothing of the kind');
    await page.getByText('Nothing fits “nothing of the kind”.').waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    await expect.poll(() => focused(page)).toBe('Practice load');
  });

  test('a pipeline shows what loads it every day, for three systems, at the time that is typed', async () => {
    await window.go('/pipelines/named/Practice%20load');
    await page.getByRole('button', { name: /Load it every day/ }).click();
    const cron = page.getByRole('region', { name: 'For cron' });
    await cron.waitFor();
    expect(await cron.textContent()).toMatch(
      /^0 2 \* \* \* .*sluice\.\w+ load --data-dir .* 'Practice load'/,
    );
    await page.getByLabel('Time', { exact: true }).fill('06:30');
    await expect.poll(() => cron.textContent()).toMatch(/^30 6 /);
    await page.getByRole('tab', { name: 'systemd timer' }).click();
    await page.getByText('OnCalendar=*-*-* 06:30:00').waitFor();
    await page.getByRole('tab', { name: 'Windows Task Scheduler' }).click();
    await page.getByText('Register-ScheduledTask').waitFor();
    expect(await window.faults()).toEqual([]);
    await page.getByRole('tab', { name: 'cron' }).click();
    await page.screenshot({ path: join(output, 'schedule-light.png'), fullPage: true });
  });

  test('About names the version and the packages that the page really holds', async () => {
    await command('About Sluice');
    const about = page.getByRole('dialog', { name: 'About Sluice' });
    const list = about.getByRole('table', { name: 'Packages and their licences' });
    await list.waitFor();
    await about.getByText(version, { exact: true }).first().waitFor();
    const rows = await list.getByRole('row').allTextContents();
    for (const name of ['react', '@cloudscape-design/components', '@tanstack/virtual-core', 'pg', 'zod']) {
      expect(rows.filter((row) => row.startsWith(name)).length, name).toBeGreaterThan(0);
    }
    expect(rows.some((row) => row.startsWith('vitest'))).toBe(false);
    expect(await window.faults()).toEqual([]);
    await page.screenshot({ path: join(output, 'about-light.png') });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      about.getByRole('button', { name: 'Save their licences' }).click(),
    ]);
    expect(readFileSync((await download.path()) ?? '', 'utf8')).toContain('Permission is hereby granted');
    await page.keyboard.press('Escape');
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`nothing that axe has anything against, in ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await window.go('/pipelines');
      await page.evaluate(() => localStorage.removeItem('sluice.theme'));
      await page.reload();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByRole('button', { name: /^Commands/ }).click();
      await dialog().waitFor();
      await expect.poll(() => focused(page)).toBe('Find a command');
      await page.keyboard.type('pra');
      await page.getByRole('option', { name: 'Load Practice load' }).waitFor();
      expect(await window.faults()).toEqual([]);
      await page.screenshot({ path: join(output, `palette-${colorScheme}.png`) });
      await page.keyboard.press('Escape');
    });
  }
});
