/**
 * From no access to a receipt, as the README tells it: the pictures of the README and of docs/getting-started.md are
 * made here, and put into docs/images by `node scripts/renew-pictures.ts`.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/main/sandbox/sandbox.ts';
import { install } from '../support/cli.ts';
import { hasChromium, openTheatre, type Theatre } from '../support/window.ts';

const output = process.env.SLUICE_SCREENSHOTS ?? join(import.meta.dirname, 'output');
const bucket = 'company-lake';

/** Bytes; the pictures travel with the repository and the app. */
const largest = 150_000;

function makeShop(path: string): void {
  const shop = new DatabaseSync(path);
  shop.exec(`
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, placed TEXT, total TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      INSERT INTO customers SELECT i, 'Customer ' || i, 'City ' || (i % 40) FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
      INSERT INTO orders SELECT i, i % 2000, '2026-11-' || (10 + i % 18), (i % 900) || '.50' FROM n;
  `);
  shop.close();
}

describe.skipIf(!hasChromium)('the story of the README: needs Chromium', () => {
  let theatre: Theatre;
  beforeAll(async () => {
    mkdirSync(output, { recursive: true });
    theatre = await openTheatre();
  });
  afterAll(() => theatre[Symbol.asyncDispose]());

  it.each(['light', 'dark'] as const)('in %s', { timeout: 300_000 }, async (colorScheme) => {
    using cli = install();
    const sandbox = await startSandbox({ store: join(cli.home, 's3'), region: 'eu-west-1' });
    sandbox.createBucket(bucket);
    const { accessKeyId, secretAccessKey } = sandbox.user;
    const env = {
      ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
      ...{ AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: sandbox.endpoint },
    };
    const shop = join(cli.home, 'shop.sqlite');
    makeShop(shop);
    expect(await cli.run(['source', 'add', '--name', 'Shop', '--url', `sqlite:${shop}`])).toMatchObject({
      code: 0,
    });
    await using window = await theatre.open(cli, { env, colorScheme });
    const { page } = window;
    const iam = new IAMClient({
      ...{ endpoint: sandbox.endpoint, region: 'us-east-1' },
      credentials: { accessKeyId, secretAccessKey },
    });
    const picture = async (name: string): Promise<void> => {
      const path = join(output, `${name}-${colorScheme}.png`);
      await page.waitForLoadState('networkidle');
      await page.screenshot({ path });
      expect(statSync(path).size, name).toBeLessThan(largest);
    };
    const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();
    const next = async (title: string): Promise<void> => {
      await page.getByRole('button', { name: 'Next', exact: true }).click();
      await heading(title);
    };
    const shown = async (label: string): Promise<string> =>
      (await page.getByRole('region', { name: label }).first().locator('pre').textContent()) ?? '';

    // the access
    await window.go('/destinations/new');
    await heading('Who you are');
    await page.getByText(sandbox.user.arn).waitFor();
    await next('Bucket');
    await page.getByRole('textbox', { name: 'Bucket' }).fill(bucket);
    await page.getByText('The bucket is in Europe (Ireland) eu-west-1').waitFor();
    await page.getByRole('textbox', { name: /^Path prefix/ }).fill('landing');
    await next('Permissions policy');
    await page.getByRole('tab', { name: 'JSON' }).click();
    const policy = await shown('Permissions policy');
    await next('External ID');
    await next('Role');
    await page.getByRole('tab', { name: 'JSON' }).click();
    const trust = await shown('Trust policy');
    const made = await iam.send(
      new CreateRoleCommand({ RoleName: 'sluice', AssumeRolePolicyDocument: trust }),
    );
    await iam.send(
      new PutRolePolicyCommand({ RoleName: 'sluice', PolicyName: 'sluice', PolicyDocument: policy }),
    );
    iam.destroy();
    await picture('story-access');
    await page.getByRole('textbox', { name: 'Role ARN' }).fill(made.Role?.Arn ?? '');
    await next('Test and save');
    await page.getByRole('textbox', { name: 'Name' }).fill('Lake');
    await page.getByRole('button', { name: 'Test and save', exact: true }).click();
    await page.getByText('Everything works. The destination “Lake” was saved.').waitFor();

    // the test, once more
    await page.getByRole('row', { name: /Lake/ }).getByRole('button', { name: /^Test/ }).click();
    await page
      .getByText(/^Everything works/)
      .last()
      .waitFor();
    await picture('story-test');

    // the pipeline, with its directories
    await window.go('/pipelines/new');
    await heading('New pipeline');
    await page.getByRole('button', { name: 'Choose all' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Daily');
    await page.getByLabel(/^Destination prefix/).fill('s3_1');
    const meter = page.getByText('of 1,024 bytes (').first();
    await meter.waitFor();
    await meter.evaluate((element) => element.scrollIntoView({ block: 'end' }));
    await picture('story-path');
    await page.getByRole('button', { name: /^Save/ }).first().click();
    await heading('Daily');

    // the load, and its receipt
    await page.getByRole('button', { name: /^Load/ }).first().click();
    await page.getByText('Completed', { exact: true }).first().waitFor();
    await heading('Load of Daily');
    await picture('story-load');
    await page.getByRole('button', { name: 'Read back and check' }).click();
    const good = page.getByText('Every file is as the receipt says');
    await good.waitFor();
    await good.evaluate((element) => element.scrollIntoView({ block: 'center' }));
    await picture('story-receipt');
    expect(window.complaints()).toEqual([]);
    await sandbox.close();
  });
});
