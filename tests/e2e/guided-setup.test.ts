/** The guided setup from its first step to a saved destination, with the keyboard alone, against a real IAM. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/main/sandbox/sandbox.ts';
import { type Installation, install } from '../support/cli.ts';
import { chooseRegion, chosenRegion, focused, tabTo } from '../support/keyboard.ts';
import { hasChromium, openTheatre, type TestWindow, type Theatre } from '../support/window.ts';

const bucket = 'company-lake';

interface Stage extends AsyncDisposable {
  readonly installation: Installation;
  readonly sandbox: Sandbox;
  readonly window: TestWindow;
  readonly page: Page;
  readonly iam: IAMClient;
}

describe.skipIf(!hasChromium)('the guided setup: needs Chromium', () => {
  let theatre: Theatre;
  beforeAll(async () => {
    theatre = await openTheatre();
  });
  afterAll(() => theatre[Symbol.asyncDispose]());

  async function openStage(colorScheme: 'light' | 'dark'): Promise<Stage> {
    const installation = install();
    const sandbox = await startSandbox({ store: join(installation.home, 's3'), region: 'eu-west-1' });
    sandbox.createBucket(bucket);
    const { accessKeyId, secretAccessKey } = sandbox.user;
    const env = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: sandbox.endpoint,
    };
    const window = await theatre.open(installation, { env, colorScheme });
    const iam = new IAMClient({
      // IAM is one service for all regions, and signs for this one.
      ...{ endpoint: sandbox.endpoint, region: 'us-east-1' },
      credentials: { accessKeyId, secretAccessKey },
    });
    return {
      ...{ installation, sandbox, window, page: window.page, iam },
      async [Symbol.asyncDispose]() {
        expect(window.complaints()).toEqual([]);
        iam.destroy();
        await window[Symbol.asyncDispose]();
        await sandbox.close();
        installation[Symbol.dispose]();
      },
    };
  }

  const settings = ({ installation }: Stage): string =>
    readFileSync(join(installation.dataDir, 'config.json'), 'utf8');

  const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

  /** The button at the end of a step. */
  async function next({ page }: Stage, title: string): Promise<void> {
    await tabTo(page, /^Next$/);
    await page.keyboard.press('Enter');
    await heading(page, title);
  }

  const type = async (page: Page, label: RegExp, text: string): Promise<void> => {
    await tabTo(page, label);
    await page.keyboard.type(text);
  };

  const shown = async (page: Page, label: string): Promise<string> =>
    (await page.getByRole('region', { name: label }).first().locator('pre').textContent()) ?? '';

  it.each(['light', 'dark'] as const)(
    'from nothing to a saved destination in %s, with a restart and a missing right on the way',
    { timeout: 400_000 },
    async (colorScheme) => {
      await using stage = await openStage(colorScheme);
      const { page, window, sandbox, iam } = stage;
      const clean = async () => expect(await window.faults()).toEqual([]);

      await window.go('/destinations/new');
      await heading(page, 'Who you are');
      await page.getByText(sandbox.user.arn).waitFor();
      expect(await page.locator('main').textContent()).toContain(sandbox.accountId);
      expect(await focused(page)).toBe('Who you are');
      await clean();

      await next(stage, 'Bucket');
      await tabTo(page, /^Next$/);
      await page.keyboard.press('Enter');
      await page.getByText('The bucket has no name.').waitFor();
      await page.locator('[aria-invalid="true"]:focus').waitFor();
      await page.keyboard.type(bucket);
      await page.getByText('The bucket is in Europe (Ireland) eu-west-1').waitFor();
      expect(await chosenRegion(page)).toBe('Europe (Ireland) eu-west-1');
      await type(page, /^Path prefix/, 'landing');
      await page.getByText(/landing\/shop_public_orders\/year=/).waitFor();
      await clean();

      await next(stage, 'Permissions policy');
      await tabTo(page, /^Only below the path prefix/);
      await page.keyboard.press('Space');
      const permissions = await shown(page, 'Permissions policy');
      expect(permissions).toContain(`arn:aws:s3:::${bucket}/landing/*`);
      await clean();
      const download = page.waitForEvent('download');
      await tabTo(page, /^Save as a file: Permissions policy/);
      await page.keyboard.press('Enter');
      const saved = await download;
      expect(saved.suggestedFilename()).toBe('sluice-permissions-policy.json');
      expect(readFileSync(await saved.path(), 'utf8')).toBe(`${permissions}\n`);
      await page.getByRole('tab', { name: 'AWS CLI' }).click();
      expect(await shown(page, 'Permissions policy as a script')).toContain(permissions);
      await clean();
      await page.getByRole('tab', { name: 'CloudFormation' }).click();
      const template = JSON.parse(await shown(page, 'Permissions policy as a CloudFormation template'));
      expect(JSON.stringify(template)).toContain(JSON.stringify(JSON.parse(permissions)));
      await clean();

      await next(stage, 'External ID');
      await clean();
      await next(stage, 'Role');
      await page.getByRole('tab', { name: 'JSON' }).click();
      const trust = await shown(page, 'Trust policy');
      await clean();

      // What is kept is written a moment after the last key.
      await expect.poll(() => settings(stage)).toMatch(/"setup":[\s\S]*"step":\s*4/);
      await window.killAndRestart();
      await page.getByRole('link', { name: 'Go on with the setup' }).press('Enter');
      await heading(page, 'Role');
      await page.getByText('You go on where you left off.').waitFor();
      expect(await shown(page, 'Trust policy')).toBe(trust);
      await clean();

      // Somebody makes the role from the texts of the page, and forgets a right.
      const { Role } = await iam.send(
        new CreateRoleCommand({ RoleName: 'sluice', AssumeRolePolicyDocument: trust }),
      );
      const grant = (name: string, text: string) =>
        iam.send(new PutRolePolicyCommand({ RoleName: 'sluice', PolicyName: name, PolicyDocument: text }));
      await grant('made', permissions.replace('"s3:PutObject",', ''));
      await type(page, /^Role ARN/, Role?.Arn ?? '');
      await next(stage, 'Test and save');
      await type(page, /^Name/, 'Lake');
      await tabTo(page, /^Test and save$/);
      await clean();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Not saved' }).waitFor();
      const statement = await shown(page, 'Text to paste in the IAM console');
      expect(statement).toContain('s3:PutObject');
      expect(settings(stage)).not.toContain('"state"');
      await clean();

      await grant('pasted', JSON.stringify({ Version: '2012-10-17', Statement: [JSON.parse(statement)] }));
      await tabTo(page, /^Retry from here: Write a test file/);
      await page.keyboard.press('Enter');
      await page.getByText('Everything works. The destination “Lake” was saved.').waitFor();
      await page.getByRole('row', { name: /Lake/ }).waitFor();
      const kept = JSON.parse(settings(stage));
      expect(kept.setup).toBeUndefined();
      expect(kept.destinations).toMatchObject([
        { name: 'Lake', bucket, region: 'eu-west-1', pathPrefix: 'landing', state: 'tested' },
      ]);
      await window.go('/');
      await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
      expect(await page.getByText('A setup is not finished').count()).toBe(0);
    },
  );

  it('with access keys: the secret is not kept, and is asked for again', { timeout: 200_000 }, async () => {
    await using stage = await openStage('light');
    const { page, window, sandbox } = stage;
    const { accessKeyId, secretAccessKey } = sandbox.user;
    await window.go('/destinations/new');
    await heading(page, 'Who you are');
    await page.getByText('A key of an IAM user.').click();
    await next(stage, 'Bucket');
    await type(page, /^Bucket/, bucket);
    await page.getByText('The bucket is in Europe (Ireland)').waitFor();
    await chooseRegion(page, 'oregon');
    expect(await chosenRegion(page)).toBe('US West (Oregon) us-west-2');
    await page.getByRole('button', { name: 'Use eu-west-1' }).press('Enter');
    expect(await chosenRegion(page)).toBe('Europe (Ireland) eu-west-1');
    await next(stage, 'Permissions policy');
    await next(stage, 'User and keys');
    const choose = (name: string, text: string) =>
      page
        .locator('input[type=file]')
        .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
    await choose('other.csv', `User,Secret\nanna,${secretAccessKey}`);
    await page.getByText('This file has no columns “Access key ID”').waitFor();
    await choose(
      'sluice_accessKeys.csv',
      `\uFEFFAccess key ID,Secret access key\r\n${accessKeyId},${secretAccessKey}\r\n`,
    );
    await page.getByText('Read from sluice_accessKeys.csv.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Access key ID' }).inputValue()).toBe(accessKeyId);
    expect(await page.getByLabel('Secret access key').inputValue()).toBe(secretAccessKey);
    expect(await window.faults()).toEqual([]);
    await next(stage, 'Test and save');
    await expect.poll(() => settings(stage)).toMatch(/"step":\s*4/);
    expect(settings(stage)).toContain(accessKeyId);
    expect(settings(stage)).not.toContain(secretAccessKey);

    await window.killAndRestart();
    await page.getByRole('link', { name: 'Go on with the setup' }).click();
    await heading(page, 'User and keys');
    await page.getByText('The secret access key was not kept: enter it again.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Access key ID' }).inputValue()).toBe(accessKeyId);
    expect(await page.getByLabel('Secret access key').inputValue()).toBe('');
    expect(await window.faults()).toEqual([]);

    await page.getByRole('button', { name: 'Cancel' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('heading', { level: 1, name: 'Destinations' }).waitFor();
    await expect.poll(() => JSON.parse(settings(stage)).setup).toBeUndefined();
  });

  it('a role that opens without the external ID is not saved until it is closed', {
    timeout: 300_000,
  }, async () => {
    await using stage = await openStage('dark');
    const { page, window, sandbox, iam } = stage;
    const open = { Effect: 'Allow', Principal: { AWS: sandbox.user.arn }, Action: 'sts:AssumeRole' };
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: 'open',
        AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [open] }),
      }),
    );
    const all = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: 'open',
        PolicyName: 'all',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [all] }),
      }),
    );
    await window.go('/destinations/new');
    await heading(page, 'Who you are');
    await next(stage, 'Bucket');
    await type(page, /^Bucket/, bucket);
    await page.getByText('The bucket is in Europe (Ireland)').waitFor();
    await next(stage, 'Permissions policy');
    await next(stage, 'External ID');
    await next(stage, 'Role');
    await type(page, /^Role ARN/, Role?.Arn ?? '');
    await next(stage, 'Test and save');
    await type(page, /^Name/, 'Open');
    await tabTo(page, /^Test and save$/);
    await page.keyboard.press('Enter');

    // AWS may not have carried a change everywhere yet: where the test waits for that, there is no need to.
    const notSaved = page.getByRole('heading', { name: 'Not saved' });
    const cancel = page.getByRole('button', { name: 'Cancel waiting' });
    await notSaved.or(cancel).first().waitFor();
    while (!(await notSaved.isVisible())) {
      if (await cancel.isEnabled().catch(() => false)) await cancel.press('Enter').catch(() => undefined);
      await page.waitForTimeout(200);
    }
    const statement = await shown(page, 'Text to paste in the IAM console');
    expect(statement).toContain('sts:ExternalId');
    expect(settings(stage)).not.toContain('"state"');
    expect(await window.faults()).toEqual([]);

    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'open', PolicyDocument: statement }));
    await page
      .getByRole('button', { name: /^Retry from here: The role stays closed without/ })
      .press('Enter');
    await page.getByText('Everything works. The destination “Open” was saved.').waitFor();
  });
});
