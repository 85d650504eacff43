/** From nothing to a loaded source of one's own, with the keyboard alone. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { install } from '../support/cli.ts';
import { hasChromium, openTheatre, type Theatre } from '../support/window.ts';

/** Tab until the focus is on what `selector` finds. */
async function tabTo(page: Page, selector: string, limit = 60): Promise<void> {
  for (let count = 0; count < limit; count++) {
    if ((await page.locator(`${selector}:focus`).count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reached ${selector}`);
}

describe.skipIf(!hasChromium)('a source by keyboard: needs Chromium', () => {
  let theatre: Theatre;
  beforeAll(async () => {
    theatre = await openTheatre();
  });
  afterAll(() => theatre[Symbol.asyncDispose]());

  test('is chosen, filled in, saved with Enter, and shown', async () => {
    using installation = install();
    const path = join(installation.home, 'stock.sqlite');
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE parts (id INTEGER PRIMARY KEY, name TEXT)');
    database.close();
    await using window = await theatre.open(installation);
    const { page } = window;
    await window.go('/sources/new');
    await page.getByRole('heading', { level: 1, name: 'New source' }).waitFor();
    await tabTo(page, 'input[type=text]');
    await page.keyboard.type('Stock');
    await tabTo(page, 'input[type=radio]');
    for (const _ of ['MySQL', 'SQLite']) await page.keyboard.press('ArrowRight');
    await tabTo(page, 'input[type=text]');
    await page.keyboard.type(path);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Stock' }).waitFor();
    await page.getByText('parts').first().waitFor();
    expect(window.complaints()).toEqual([]);
  });
});
