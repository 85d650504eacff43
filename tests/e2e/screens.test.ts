/**
 * Every screen, empty, filled and failing, in light and dark: nothing that axe or the content policy has anything
 * against. The pictures go to tests/e2e/output, to be looked at; the README's come from here too.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { install } from '../support/cli.ts';
import { chooseRegion } from '../support/keyboard.ts';
import { hasChromium, openTheatre, type TestWindow, type Theatre } from '../support/window.ts';

const output = process.env.SLUICE_SCREENSHOTS ?? join(import.meta.dirname, 'output');

describe.skipIf(!hasChromium)('every screen in the window: needs Chromium', () => {
  let theatre: Theatre;
  beforeAll(async () => {
    mkdirSync(output, { recursive: true });
    theatre = await openTheatre();
  });
  afterAll(() => theatre[Symbol.asyncDispose]());

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`in ${colorScheme}`, { timeout: 600_000 }, async () => {
      using installation = install();
      // Whatever is asked of AWS itself is refused here: nobody listens on port 1.
      const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' };
      await using window = await theatre.open(installation, { colorScheme, env });
      const { page } = window;
      const look = (name: string) => keep(window, `${name}-${colorScheme}`);
      const visit = async (address: string, heading: string | RegExp): Promise<void> => {
        await window.go(address);
        await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      };

      await page.getByRole('heading', { name: 'Welcome to Sluice' }).waitFor();
      await look('home-first');
      for (const section of ['pipelines', 'jobs', 'sources', 'destinations']) {
        await window.go(`/${section}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await look(`${section}-empty`);
      }

      await visit('/', 'Welcome to Sluice');
      await page.getByRole('button', { name: 'Practise first' }).click();
      await page.getByRole('heading', { level: 1, name: 'Practice load' }).waitFor();
      await page.getByText('of 1,024 bytes (').waitFor();
      await look('pipeline');
      await page.getByRole('button', { name: /^Load/ }).first().click();
      await page.getByText('Completed', { exact: true }).first().waitFor();
      await look('job');

      await visit('/', 'Home');
      await page.getByRole('link', { name: 'Practice load' }).first().waitFor();
      await look('home');
      await visit('/jobs', 'History');
      await look('jobs');
      await visit('/sources', 'Sources');
      await look('sources');
      await visit('/sources/named/Practice%20shop', 'Practice shop');
      await page.getByText('orders_per_customer').first().waitFor();
      await look('source');
      await visit('/destinations', 'Destinations');
      await look('destinations');

      await visit('/pipelines/new', 'New pipeline');
      await page.getByRole('button', { name: 'Choose all' }).click();
      await page.getByText('of 1,024 bytes (').waitFor();
      await look('new-pipeline');
      await page.getByLabel('Partition key').fill('${YEAR}/${MONHT}');
      await page.getByText('did you mean ${MONTH}?').waitFor();
      await look('new-pipeline-failing');

      await visit('/sources/new', 'New source');
      await page.getByLabel('Name', { exact: true }).fill('Warehouse');
      await page.getByLabel('Host').fill('127.0.0.1');
      // Nobody listens on port 1.
      await page.getByLabel('Port').fill('1');
      await page.getByLabel('Database', { exact: true }).fill('shop');
      await page.getByRole('button', { name: 'Connect and save' }).click();
      await page
        .getByText(/running|refused|reach/i)
        .last()
        .waitFor();
      await look('new-source-failing');
      await page.getByRole('radio', { name: /^MySQL or MariaDB/ }).check();
      await page.getByLabel('Socket').waitFor();
      await look('new-source-mysql');

      const next = async (heading: string): Promise<void> => {
        await page.getByRole('button', { name: 'Next', exact: true }).click();
        await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      };
      await visit('/destinations/new', 'Who you are');
      await page.getByText('You are not signed in to AWS yet').waitFor();
      await look('setup-identity');
      await next('Bucket');
      await page.getByRole('textbox', { name: 'Bucket' }).fill('my-company-lake');
      await page.getByText('Its region could not be looked up').waitFor({ timeout: 60_000 });
      await chooseRegion(page, 'ap-southeast-1');
      await page.getByRole('textbox', { name: /^Path prefix/ }).fill('landing');
      await look('setup-bucket');
      await next('Permissions policy');
      await look('setup-policy');
      await next('External ID');
      await look('setup-external-id');
      await next('Role');
      await page.getByLabel('Or name who will sign in').fill('arn:aws:iam::123456789012:user/anna');
      await page.getByText('SluiceAssumeRole').first().waitFor();
      await page.getByRole('textbox', { name: 'Role ARN' }).fill('arn:aws:iam::123456789012:role/sluice');
      await look('setup-role');
      await next('Test and save');
      await page.getByRole('textbox', { name: 'Name' }).fill('Company lake');
      await page.getByRole('button', { name: 'Test and save', exact: true }).click();
      await page.getByRole('heading', { name: 'Not saved' }).waitFor();
      await look('setup-test-failing');
      await page.getByRole('button', { name: 'Finish later' }).click();
      await page.getByText('A setup is not finished').waitFor();
      await look('home-setup');
      await visit('/destinations/new', 'Test and save');
      await page.getByRole('button', { name: 'Start over' }).click();
      await page.getByRole('heading', { level: 1, name: 'Who you are' }).waitFor();
      await page.getByText('A key of an IAM user.').click();
      await next('Bucket');
      await page.getByRole('textbox', { name: 'Bucket' }).fill('my-company-lake');
      await chooseRegion(page, 'ap-southeast-1');
      await next('Permissions policy');
      await next('User and keys');
      await look('setup-keys');

      await visit('/workspace', 'Workspace');
      await page.getByText('The file holds').or(page.getByText('Nothing is set up yet')).waitFor();
      await look('workspace');

      await visit('/destinations/new/all', 'New destination');
      await page.getByLabel('Bucket', { exact: true }).fill('my-company-lake');
      // Nobody is signed in here, so the trust policy needs a name.
      await page.getByLabel('Or name who will sign in').fill('arn:aws:iam::123456789012:user/anna');
      await page.getByText('SluiceAssumeRole').first().waitFor();
      await look('new-destination');
      await page.getByRole('button', { name: 'Test and save' }).click();
      await look('new-destination-failing');

      expect(window.complaints()).toEqual([]);
    });
  }
});

async function keep({ page, faults }: TestWindow, name: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  const file = join(output, `${name}.png`);
  rmSync(file, { force: true });
  // Not `fullPage`: it passes through a window of one pixel, and the sections at the side fold away for good.
  const height = await page.locator('html').evaluate((root) => root.scrollHeight);
  await page.setViewportSize({ width: 1280, height: Math.max(800, height) });
  await page.screenshot({ path: file });
  await page.setViewportSize({ width: 1280, height: 800 });
  expect(await faults(), name).toEqual([]);
}
