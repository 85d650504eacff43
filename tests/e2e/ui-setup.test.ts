/** Setting up in the window: practice mode, destinations and sources, as somebody does it who has only a keyboard. */

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { install, type RunningSandbox, startSandboxCommand } from '../support/cli.ts';
import { chooseRegion, focused, tabTo } from '../support/keyboard.ts';
import { hasChromium, openTheatre, type TestWindow, type Theatre } from '../support/window.ts';

const textOf = (page: Page): Promise<string | null> => page.locator('main').textContent();

describe.skipIf(!hasChromium)('setting up in the window: needs chromium', () => {
  let theatre: Theatre;
  beforeAll(async () => {
    theatre = await openTheatre();
  });
  afterAll(() => theatre[Symbol.asyncDispose]());

  it.each(['light', 'dark'] as const)(
    'practice mode comes with one key and goes with one question in %s',
    async (colorScheme) => {
      using installation = install();
      await using window = await theatre.open(installation, { colorScheme });
      const { page } = window;
      await page.getByRole('heading', { name: 'Welcome to Sluice' }).waitFor();
      expect(await focused(page)).toBe('Welcome to Sluice');
      expect(await window.faults()).toEqual([]);

      await tabTo(page, /^Practise first/);
      await page.keyboard.press('Enter');
      await page.waitForURL(/#\/pipelines\/named\/Practice%20load$/);
      await page.getByText('Practice mode:').waitFor();

      await window.go('/');
      await page.getByRole('button', { name: /^Load.*Practice load/ }).waitFor();
      expect(await window.faults()).toEqual([]);
      await window.go('/destinations');
      const row = page.getByRole('row', { name: /Practice bucket/ });
      await row.waitFor();
      expect(await row.textContent()).toMatch(
        /Practice bucketPractice[\s\S]*sluice-practice\/landing\/[\s\S]*Tested/,
      );
      await window.go('/sources/named/Practice%20shop');
      await page.getByText('orders_per_customer').waitFor();
      expect(await window.faults()).toEqual([]);

      await page.getByRole('button', { name: 'Remove practice mode' }).click();
      const dialog = page.getByRole('dialog');
      expect(await dialog.textContent()).toMatch(
        /“Practice load”[\s\S]*“Practice shop”[\s\S]*“Practice bucket”/,
      );
      expect(await window.faults()).toEqual([]);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      expect((await installation.json(['source', 'list'])).stdout).toContain('Practice shop');

      await page.getByRole('button', { name: 'Remove practice mode' }).click();
      await dialog.getByRole('button', { name: 'Remove practice mode' }).click();
      await page.getByText('Practice mode was removed').waitFor();
      await page.getByRole('heading', { name: 'Welcome to Sluice' }).waitFor();
      expect(await page.getByText('Practice mode:').count()).toBe(0);
      for (const kind of ['destination', 'source', 'pipeline']) {
        expect((await installation.json([kind, 'list'])).stdout).not.toContain('Practice');
      }
      expect(window.complaints()).toEqual([]);
    },
  );

  describe('destinations', () => {
    const installation = install();
    let sandbox: RunningSandbox;
    let window: TestWindow;
    let page: Page;
    beforeAll(async () => {
      sandbox = await startSandboxCommand(installation);
      window = await theatre.open(installation, { env: sandbox.env });
      page = window.page;
    });
    afterAll(async () => {
      expect(window.complaints()).toEqual([]);
      await window[Symbol.asyncDispose]();
      installation[Symbol.dispose]();
    });

    const open = async (): Promise<void> => {
      await window.go('/');
      await window.go('/destinations/new/all');
      await page.getByRole('heading', { name: 'New destination' }).waitFor();
    };

    /** Types into the field that the keyboard reaches next under this label. */
    const type = async (label: RegExp, text: string): Promise<void> => {
      await tabTo(page, label);
      await page.keyboard.type(text);
    };

    it('an empty form says what is missing, and where', async () => {
      await open();
      expect(await focused(page)).toBe('Name');
      await page.keyboard.press('Enter');
      await page.getByText('A name is needed.').waitFor();
      expect(await textOf(page)).toMatch(
        /The role ARN is empty[\s\S]*The bucket has no name[\s\S]*The region is empty/,
      );
      await page.locator('[aria-invalid="true"]:focus').waitFor();
      expect(await focused(page)).toBe('Name');
      expect(await window.faults()).toEqual([]);
    });

    it('shows what to create in AWS from what is typed, and saves what passes the test', async () => {
      await open();
      await page.keyboard.type('Landing zone');
      await type(/^Role ARN/, sandbox.roleArn);
      await type(/^Bucket/, sandbox.bucket);
      await tabTo(page, /^Region/);
      await page.keyboard.press('Enter');
      await page.keyboard.type('virginia');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await type(/^Path prefix/, 'landing/shop');

      const policy = page.getByRole('region', { name: 'Permissions policy' });
      expect(await policy.locator('pre').textContent()).toContain(`arn:aws:s3:::${sandbox.bucket}/*`);
      await page.getByText('Only below the path prefix').click();
      expect(await policy.locator('pre').textContent()).toContain(
        `arn:aws:s3:::${sandbox.bucket}/landing/shop/*`,
      );
      const trust = page.getByRole('region', { name: 'Trust policy' });
      const externalId = (await installation.run(['external-id'])).stdout.trim();
      expect(await trust.locator('pre').textContent()).toContain(externalId);
      expect(await trust.locator('pre').textContent()).toMatch(/"AWS": "arn:aws:iam::\d{12}:user\//);
      expect(await textOf(page)).toMatch(
        new RegExp(`s3://${sandbox.bucket}/landing/shop/shop_public_orders/year=\\d{4}/month=`),
      );
      expect(await window.faults()).toEqual([]);

      await page.getByText('Advanced settings').click();
      await page.getByRole('textbox', { name: /S3 endpoint/ }).fill(sandbox.endpoint);
      await page.getByRole('textbox', { name: /STS endpoint/ }).fill(sandbox.endpoint);
      await page.getByLabel('Path-style addresses').check();
      await page.getByRole('textbox', { name: /STS endpoint/ }).press('Enter');
      await page.getByText('Everything works. The destination “Landing zone” was saved.').waitFor();
      const row = page.getByRole('row', { name: /Landing zone/ });
      expect(await row.textContent()).toMatch(
        /IAM role[\s\S]*landing\/shop\/[\s\S]*US East \(N\. Virginia\)[\s\S]*Tested/,
      );

      await page.getByRole('button', { name: 'Test Landing zone' }).click();
      await page.getByRole('heading', { name: 'Test of Landing zone' }).waitFor();
      await page.getByText('Everything works', { exact: true }).waitFor();
      expect(await textOf(page)).toContain('The role stays closed without an external ID');
      expect(await window.faults()).toEqual([]);
    });

    it('what is saved can be changed, and stays as it was until the test has passed', async () => {
      await window.go('/destinations');
      await page.getByRole('link', { name: 'Change Landing zone' }).press('Enter');
      await page.getByRole('heading', { name: 'Change Landing zone' }).waitFor();
      const prefix = page.getByRole('textbox', { name: /^Path prefix/ });
      expect(await prefix.inputValue()).toBe('landing/shop');
      expect(await page.getByRole('textbox', { name: 'Role ARN' }).inputValue()).toBe(sandbox.roleArn);
      expect(await window.faults()).toEqual([]);

      const bucket = page.getByRole('textbox', { name: 'Bucket' });
      await bucket.fill('not-there-at-all');
      await page.getByText('There is no bucket of this name').waitFor();
      await page.getByRole('button', { name: 'Test and save' }).click();
      await page.getByRole('heading', { name: 'Not saved' }).waitFor();
      expect((await installation.json(['destination', 'list'])).stdout).toContain('landing/shop');

      await bucket.fill(sandbox.bucket);
      await prefix.fill('elsewhere');
      await page.getByRole('textbox', { name: 'Name' }).fill('Landing strip');
      await prefix.press('Enter');
      const row = page.getByRole('row', { name: /Landing strip/ });
      await row.waitFor();
      expect(await row.textContent()).toMatch(/elsewhere\/[\s\S]*Tested/);
      expect((await installation.json(['destination', 'list'])).stdout).not.toMatch(
        /Landing zone|landing\/shop/,
      );
    });

    it('a test that fails keeps the form, marks the field and shows what to paste', async () => {
      await open();
      await page.getByRole('textbox', { name: 'Name' }).fill('Wrong');
      await page.getByRole('textbox', { name: 'Role ARN' }).fill(`${sandbox.roleArn}-gone`);
      await page.getByRole('textbox', { name: 'Bucket' }).fill(sandbox.bucket);
      await chooseRegion(page, sandbox.region);
      await page.getByText('Advanced settings').click();
      await page.getByRole('textbox', { name: /S3 endpoint/ }).fill(sandbox.endpoint);
      await page.getByRole('textbox', { name: /STS endpoint/ }).fill(sandbox.endpoint);
      await page.getByRole('button', { name: 'Test and save' }).click();
      // A role may be new, so the test may ask again before it gives up.
      await page.getByRole('heading', { name: 'Not saved' }).waitFor({ timeout: 100_000 });
      expect(await page.getByRole('textbox', { name: 'Role ARN' }).getAttribute('aria-invalid')).toBe('true');
      expect(await page.getByRole('region', { name: /paste/ }).textContent()).toContain('sts:ExternalId');
      expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Wrong');
      expect(await window.faults()).toEqual([]);
      expect((await installation.json(['destination', 'list'])).stdout).not.toContain('Wrong');

      await page.getByRole('button', { name: 'Save as draft' }).click();
      const row = page.getByRole('row', { name: /Wrong/ });
      await row.waitFor();
      expect(await row.textContent()).toContain('Draft, not tested');
      await page.getByRole('button', { name: 'Remove Wrong' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
      await page.getByText('The destination “Wrong” was removed').waitFor();
      expect((await installation.json(['destination', 'list'])).stdout).not.toContain('Wrong');
    }, 120_000);

    it('a secret access key leaves the page when it is sent, and an unusable keychain is said at its field', async () => {
      await open();
      await page.getByRole('textbox', { name: 'Name' }).fill('Keys');
      await page.getByText('A key of an IAM user.').click();
      await page.getByRole('textbox', { name: 'Access key ID' }).fill(sandbox.accessKeyId);
      const secret = page.getByLabel('Secret access key');
      expect(await secret.getAttribute('type')).toBe('password');
      await secret.fill(sandbox.secretAccessKey);
      await page.getByRole('textbox', { name: 'Bucket' }).fill(sandbox.bucket);
      await chooseRegion(page, sandbox.region);
      await page.getByRole('button', { name: 'Save as draft' }).click();
      await page.getByRole('heading', { name: 'Not saved' }).waitFor();
      expect(await secret.inputValue()).toBe('');
      expect(await secret.getAttribute('aria-invalid')).toBe('true');
      expect(await page.content()).not.toContain(sandbox.secretAccessKey);
      expect((await installation.json(['destination', 'list'])).stdout).not.toContain('Keys');
    });
  });

  describe('sources', () => {
    const installation = install();
    const file = join(installation.home, 'shop.sqlite');
    let window: TestWindow;
    let page: Page;
    beforeAll(async () => {
      const database = new DatabaseSync(file);
      database.exec('BEGIN');
      for (let index = 0; index < 5000; index++) {
        database.exec(`CREATE TABLE table_${index} (id INTEGER PRIMARY KEY, amount_${index} NUMERIC)`);
      }
      database.exec('COMMIT');
      database.close();
      window = await theatre.open(installation);
      page = window.page;
    });
    afterAll(async () => {
      expect(window.complaints()).toEqual([]);
      await window[Symbol.asyncDispose]();
      installation[Symbol.dispose]();
    });

    it('a server that does not answer is said at the host', async () => {
      await window.go('/sources/new');
      await page.getByRole('textbox', { name: 'Name' }).fill('Server');
      await page.getByRole('textbox', { name: 'Host' }).fill('127.0.0.1');
      await page.getByRole('textbox', { name: 'Port' }).fill('1');
      await page.getByRole('textbox', { name: 'Database' }).fill('shop');
      await page.keyboard.press('Enter');
      await page.getByText('nothing accepts connections there').waitFor();
      expect(await page.getByRole('textbox', { name: 'Host' }).getAttribute('aria-invalid')).toBe('true');
      expect(await window.faults()).toEqual([]);
    });

    it('a password in a pasted URL moves to its own field', async () => {
      await page.getByRole('button', { name: 'Connection URL' }).click();
      const url = page.getByRole('textbox', { name: 'URL' });
      await url.fill('postgres://ada:gehe%69m@127.0.0.1:1/shop');
      expect(await url.inputValue()).toBe('postgres://ada@127.0.0.1:1/shop');
      expect(await page.getByLabel(/^Password/).inputValue()).toBe('geheim');
      expect(await window.faults()).toEqual([]);
    });

    it('a file is opened before it is saved, and thousands of tables are found quickly', async () => {
      await page.getByText('A database file on this computer.').click();
      const path = page.getByRole('textbox', { name: 'File' });
      await path.fill(`${file}-none`);
      await page.keyboard.press('Enter');
      await page.getByText(/There is no file/).waitFor();
      await path.fill(file);
      await page.keyboard.press('Enter');
      await page.getByText('(5,000)').waitFor();
      const rows = page.getByRole('treegrid', { name: 'Objects' }).getByRole('row');
      await rows.nth(5).waitFor();
      expect(await rows.count()).toBeLessThan(60);
      await page.getByRole('searchbox', { name: 'Find objects' }).focus();
      const before = performance.now();
      await page.keyboard.type('amount_4242');
      await page.getByText('1 object found').first().waitFor();
      // Eleven keystrokes, each of which looks through 5,000 tables and 10,000 columns.
      expect(performance.now() - before).toBeLessThan(5000);
      // The column that was found stands below its table.
      await page.getByText('amount_4242', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Hide the columns of table_4242' }).press('Enter');
      await page.getByText('amount_4242', { exact: true }).waitFor({ state: 'hidden' });
      expect(await window.faults()).toEqual([]);
    });

    it('what is in use is not removed, and the pipeline that uses it is named', async () => {
      const { roleArn, bucket } = { roleArn: 'arn:aws:iam::123456789012:role/r', bucket: 'acme' };
      await installation.run([
        ...[
          'destination',
          'add',
          '--name',
          'lake',
          '--access',
          'role',
          '--role-arn',
          roleArn,
          '--bucket',
          bucket,
        ],
        ...['--region', 'eu-west-1', '--draft'],
      ]);
      const added = await installation.run([
        ...[
          'pipeline',
          'add',
          '--name',
          'daily',
          '--source',
          'Server',
          '--destination',
          'lake',
          '--destination-prefix',
          'd',
          '--object',
          'table_1',
        ],
      ]);
      expect(added, added.stderr).toMatchObject({ code: 0 });
      await window.go('/sources');
      await page.getByRole('button', { name: 'Remove Server' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
      await dialog.getByText('This source is still in use').waitFor();
      expect(await window.faults()).toEqual([]);
      await dialog.getByRole('link', { name: 'daily' }).press('Enter');
      await page.waitForURL(/#\/pipelines\/named\/daily$/);
      await dialog.waitFor({ state: 'hidden' });
    });
  });
});
