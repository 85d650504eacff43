/** Looking around in a source, with the keyboard alone, among 5,000 tables, and where looking fails. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Installation, install } from '../support/cli.ts';
import { must } from '../support/cli-aws.ts';
import { focused, tabTo } from '../support/keyboard.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { hasChromium, openTheatre, type TestWindow, type Theatre } from '../support/window.ts';

const output = process.env.SLUICE_SCREENSHOTS ?? join(import.meta.dirname, 'output');

/** As many as a large warehouse has. */
const manyTables = 5000;

describe.skipIf(!hasChromium)('looking around in a source: needs Chromium', () => {
  let cli: Installation;
  let theatre: Theatre;
  let window: TestWindow;
  let page: Page;

  const tree = () => page.getByRole('treegrid', { name: 'Objects' });
  const row = (name: string | RegExp) => tree().getByRole('row', { name }).first();
  const active = () => page.locator('[role=row]:focus .tree-name').textContent();
  async function visit(address: string): Promise<void> {
    await window.go(address);
    await page.reload();
    await page.getByRole('heading', { level: 1 }).waitFor();
  }

  beforeAll(async () => {
    mkdirSync(output, { recursive: true });
    cli = install();
    theatre = await openTheatre();
    const path = join(cli.home, 'many.sqlite');
    using database = new DatabaseSync(path);
    const tables = Array.from(
      { length: manyTables },
      (_, at) =>
        `CREATE TABLE t_${String(at).padStart(4, '0')} (id INTEGER PRIMARY KEY, amount_${at} NUMERIC)`,
    );
    const wide = Array.from({ length: 60 }, (_, at) => `'value ${at}' AS column_${at}`);
    database.exec(`BEGIN; ${tables.join(';')}; CREATE TABLE zebra AS SELECT ${wide.join(', ')};
      INSERT INTO t_0001 VALUES (1, NULL), (2, ''), (3, 'NULL'), (4, '${'x'.repeat(5000)}'), (5, x'00ff');
      CREATE TABLE gone (a); CREATE VIEW broken AS SELECT a FROM gone; DROP TABLE gone; COMMIT`);
    must(await cli.run(['source', 'add', '--name', 'many', '--url', `sqlite:${path}`]));
    const lake = ['--name', 'lake', '--access', 'role', '--role-arn', 'arn:aws:iam::123456789012:role/r'];
    must(
      await cli.run([
        'destination',
        'add',
        ...lake,
        '--bucket',
        'lake-of-tests',
        '--region',
        'us-east-1',
        '--draft',
      ]),
    );
    window = await theatre.open(cli);
    page = window.page;
    page.setDefaultTimeout(20_000);
  });
  afterAll(async () => {
    expect(window.complaints()).toEqual([]);
    await window[Symbol.asyncDispose]();
    await theatre[Symbol.asyncDispose]();
    cli[Symbol.dispose]();
  });

  test('the keyboard goes through the tree, opens it, and reads an object', async () => {
    await visit('/sources/named/many');
    await tree().waitFor();
    expect(await tree().getAttribute('aria-rowcount')).toBe(String(manyTables + 3));
    await tabTo(page, /^broken/);
    expect(await active()).toBe('broken');
    await page.keyboard.press('End');
    await expect.poll(active).toBe('zebra');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await expect.poll(active).toBe('t_0000');
    await page.keyboard.press('ArrowRight');
    await row(/^amount_0,/).waitFor();
    expect(await row(/^t_0000/).getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('ArrowRight');
    await expect.poll(active).toBe('id');
    const column = page.locator('[role=row]:focus');
    const places = await Promise.all(
      ['aria-level', 'aria-posinset', 'aria-setsize'].map((name) => column.getAttribute(name)),
    );
    expect(places).toEqual(['2', '1', '2']);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await row(/^amount_0,/).waitFor({ state: 'detached' });
    await page.keyboard.type('t_0001');
    await expect.poll(active).toBe('t_0001');
    await page.keyboard.press('Enter');
    const rows = page.getByRole('table', { name: 'First rows of t_0001' });
    await rows.waitFor();
    expect(await rows.getByRole('row').allTextContents()).toEqual([
      ...['idamount_1', '1NULL', '2empty text', '3NULL'],
      ...[`4${'x'.repeat(24)}… cut: 5,000 bytes`, '5\\x00ff'],
    ]);
    // NULL and a text that says so differ in more than their words
    expect(await rows.locator('.no-value').allTextContents()).toEqual([
      'NULL',
      'empty text',
      'cut: 5,000 bytes',
    ]);
    expect(await page.locator('[role=row][aria-current]').getAttribute('data-row')).toContain('t_0001');
    expect(await active()).toBe('t_0001');
    await tabTo(page, /^First rows$/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const columns = page.getByRole('table', { name: 'Columns of t_0001' });
    await columns.waitFor();
    expect(await columns.getByRole('row').nth(1).textContent()).toBe(
      'idINTEGERNoPrimaryby the type of each value',
    );
  });

  test('only the rows in sight exist, and scrolling keeps the one that has the focus', async () => {
    await visit('/sources/named/many');
    await row(/^broken/).focus();
    const scroll = page.locator('.tree-scroll');
    await scroll.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
    await row(/^t_25\d\d/).waitFor();
    expect(await tree().getByRole('row').count()).toBeLessThan(60);
    expect(await active()).toBe('broken');
    await page.keyboard.press('ArrowDown');
    await expect.poll(active).toBe('t_0000');
  });

  test('a search keeps the parents of what it finds, and says where nothing is found', async () => {
    await visit('/sources/named/many');
    const field = page.getByRole('searchbox', { name: 'Find objects' });
    await field.fill('AMOUNT_4242');
    await page.getByText('1 object found').first().waitFor();
    expect(await tree().locator('.tree-name').allTextContents()).toEqual(['t_4242', 'amount_4242']);
    await field.fill('nothing of the kind');
    await page.getByText('No object has “nothing of the kind” in its name').waitFor();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await row(/^broken/).waitFor();
  });

  test('what cannot be shown says why and what to do, and may be tried again', async () => {
    await visit('/sources/named/many');
    await row(/^broken/).click();
    await page.getByText(/broken in .* cannot be read: no such table/).waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await row(/^t_0000/).click();
    await page.getByText('It has no rows.').waitFor();
  });

  test('in the form of a pipeline the same tree chooses, and Enter there does not send the form', async () => {
    await visit('/pipelines/new');
    await row(/^broken/).focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(active).toBe('t_0000');
    await page.keyboard.press('Space');
    await page.getByText('(1 of 5,002)').waitFor();
    expect(await page.locator('[role=row]:focus').getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowDown');
    await expect.poll(active).toBe('t_0001');
    await page.keyboard.press('Enter');
    await page.getByRole('table', { name: 'First rows of t_0001' }).waitFor();
    expect(await page.getByText('A name is needed.').count()).toBe(0);
    await page.getByRole('checkbox', { name: 't_0002' }).click();
    await page.getByText('(2 of 5,002)').waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).not.toBe('');
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`nothing that axe has anything against, in ${colorScheme}`, { timeout: 300_000 }, async () => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const address of ['/sources/named/many', '/pipelines/new']) {
        await visit(address);
        await row(/^t_0000/).waitFor();
        const name = `browse-${address.split('/')[1]}`;
        await page
          .getByRole(address === '/pipelines/new' ? 'textbox' : 'searchbox', { name: /^Find objects/ })
          .or(page.getByLabel('Find objects by name'))
          .first()
          .fill('zebra');
        await row(/^zebra/).click();
        await page.getByRole('table', { name: 'First rows of zebra' }).waitFor();
        expect(await window.faults()).toEqual([]);
        await page.screenshot({ path: join(output, `${name}-${colorScheme}.png`), fullPage: true });
        await page.getByRole('tab', { name: 'Columns' }).click();
        await page.getByRole('table', { name: 'Columns of zebra' }).waitFor();
        expect(await window.faults()).toEqual([]);
      }
      await visit('/sources/named/many');
      await row(/^t_0001/).click();
      await page.getByRole('table', { name: 'First rows of t_0001' }).waitFor();
      await page.getByRole('button', { name: 'Show the columns of t_0001' }).click();
      await page.screenshot({ path: join(output, `browse-values-${colorScheme}.png`) });
      await row(/^broken/).click();
      await page.getByText(/cannot be read: no such table/).waitFor();
      expect(await window.faults()).toEqual([]);
      await page.screenshot({ path: join(output, `browse-failing-${colorScheme}.png`) });
    });
  }

  describe.skipIf(findPostgres() === null)('with schemas: needs PostgreSQL', () => {
    let server: TestPostgres;
    beforeAll(async () => {
      server = await startPostgres({ tls: false });
      await server.query(`CREATE SCHEMA sales; CREATE TABLE sales.orders (id int PRIMARY KEY, paid boolean);
        INSERT INTO sales.orders VALUES (1, true), (2, NULL); CREATE TABLE users (id int, born date);
        CREATE VIEW sales.per_zero AS SELECT 1 / (id - id) AS x FROM sales.orders`);
      const env = { PGPASSWORD: server.password };
      must(await cli.run(['source', 'add', '--name', 'pg', '--url', server.url], { env }));
    });
    afterAll(() => server.stop());

    test('a schema chooses all that it holds; views that fail give the server’s reason', async () => {
      await using second = await theatre.open(cli, { env: { PGPASSWORD: server.password } });
      const { page: other } = second;
      await second.go('/pipelines/new');
      await other.getByRole('button', { name: /Choose a source/ }).click();
      await other.getByRole('option', { name: /^pg/ }).click();
      await other.getByRole('checkbox', { name: 'sales' }).click();
      await other.getByText('(2 of 3)').waitFor();
      await other.getByRole('checkbox', { name: 'orders' }).click();
      await other.getByText('(1 of 3)').waitFor();
      const box = other.getByRole('checkbox', { name: 'sales' });
      expect(
        await box.evaluate((node) => (node as unknown as { indeterminate: boolean }).indeterminate),
      ).toBe(true);
      await other.getByRole('button', { name: 'Hide the objects of public' }).click();
      await other.getByRole('row', { name: /^users/ }).waitFor({ state: 'detached' });
      await other
        .getByRole('row', { name: /^orders/ })
        .first()
        .click();
      const rows = other.getByRole('table', { name: 'First rows of sales.orders' });
      await rows.waitFor();
      expect(await rows.getByRole('row').allTextContents()).toEqual(['idpaid', '1true', '2NULL']);
      await other.screenshot({ path: join(output, 'browse-schemas-light.png'), fullPage: true });
      await other
        .getByRole('row', { name: /^per_zero/ })
        .first()
        .click();
      await other.getByText('division by zero').waitFor();
      expect(await second.faults()).toEqual([]);
      expect(second.complaints()).toEqual([]);
    });
  });
});
