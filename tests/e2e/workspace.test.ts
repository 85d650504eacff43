/** A workspace goes from one installation into another on the screens: looked at, decided, imported as it was shown. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install } from '../support/cli.ts';
import { tabTo } from '../support/keyboard.ts';
import { hasChromium, openTheatre, type Theatre } from '../support/window.ts';

const roleOf = (name: string): string => `arn:aws:iam::123456789012:role/${name}`;

async function addDestination(installation: Installation, name: string, bucket: string): Promise<void> {
  const added = await installation.run([
    ...['destination', 'add', '--name', name, '--access', 'role', '--role-arn', roleOf(bucket)],
    ...['--bucket', bucket, '--region', 'eu-west-1', '--draft'],
  ]);
  expect(added, added.stderr).toMatchObject({ code: 0 });
}

async function addSource(installation: Installation, name: string): Promise<void> {
  const path = join(installation.home, 'shop.sqlite');
  new DatabaseSync(path).exec('CREATE TABLE orders (id INTEGER PRIMARY KEY)');
  const added = await installation.run(['source', 'add', '--name', name, '--url', `sqlite:${path}`]);
  expect(added, added.stderr).toMatchObject({ code: 0 });
}

const settingsOf = (installation: Installation) =>
  JSON.parse(readFileSync(join(installation.dataDir, 'config.json'), 'utf8'));

const chooseFile = (page: Page, path: string) => page.locator('input[type=file]').setInputFiles(path);

describe.skipIf(!hasChromium)('a workspace on the screens: needs Chromium', { timeout: 300_000 }, () => {
  const theirs = install();
  const file = join(theirs.home, 'team.json');
  let theatre: Theatre;
  beforeAll(async () => {
    theatre = await openTheatre();
    await addDestination(theirs, 'Lake', 'team-lake');
    await addDestination(theirs, 'Archive', 'team-archive');
    await addSource(theirs, 'Shop');
  }, 300_000);
  afterAll(async () => {
    await theatre[Symbol.asyncDispose]();
    theirs[Symbol.dispose]();
  });

  it('is saved as a file by keyboard, with what it holds said before', async () => {
    await using window = await theatre.open(theirs);
    const { page } = window;
    await window.go('/workspace');
    await page.getByText('The file holds 2 destinations, 1 source, and the external ID').waitFor();
    expect(await window.faults()).toEqual([]);
    const download = page.waitForEvent('download');
    await tabTo(page, /^Save as a file$/);
    await page.keyboard.press('Enter');
    const saved = await download;
    expect(saved.suggestedFilename()).toMatch(/^sluice-workspace-\d{4}-\d\d-\d\d\.sluice$/);
    await saved.saveAs(file);
    expect(JSON.parse(readFileSync(file, 'utf8')).externalId).toBe(settingsOf(theirs).externalId);
    expect(window.complaints()).toEqual([]);
  });

  it('is looked at when it was opened with the desktop app, and menus lead to pages', async () => {
    using mine = install();
    await using window = await theatre.open(mine);
    const { page } = window;
    await window.go('/');
    // What the desktop app's host says, to the window as it stands: its own carrier needs Electron's runtime.
    await page.route('**/rpc/system/info', async (route) => {
      const answer = await route.fetch();
      const { json, ...rest } = await answer.json();
      await route.fulfill({ response: answer, json: { ...rest, json: { ...json, host: 'electron' } } });
    });
    const asked = [
      { page: '/sources/new' },
      { workspace: { name: 'team.sluice', text: readFileSync(file, 'utf8') } },
      { page: '/workspace' },
    ];
    const events = asked.map((json) => `event: message\ndata: ${JSON.stringify({ json })}\n\n`).join('');
    let times = 0;
    await page.route('**/rpc/system/requests', async (route) => {
      times += 1;
      await route.fulfill({ contentType: 'text/event-stream', body: `${events}event: done\n\n` });
    });
    await page.reload();
    await page.getByText('3 are added. Nothing has changed yet.').waitFor();
    expect(await page.getByText('team.sluice').isVisible()).toBe(true);
    expect(times).toBe(1);
    await page.goBack();
    await page.getByRole('heading', { name: 'New source' }).waitFor();
  });

  it('shows what it would change and changes nothing before; an installation without roles takes the external ID', async () => {
    using mine = install();
    await using window = await theatre.open(mine, { colorScheme: 'dark' });
    const { page } = window;
    await window.go('/workspace');
    await page.getByText('Nothing is set up yet').waitFor();
    expect(await page.getByRole('button', { name: 'Save as a file' }).isDisabled()).toBe(true);
    const before = (await mine.run(['external-id'])).stdout;

    await chooseFile(page, file);
    await page.getByText('3 are added. Nothing has changed yet.').waitFor();
    await page.getByText('This installation takes over the external ID of the file').waitFor();
    expect(await page.locator('main').textContent()).not.toContain('sluice trust');
    expect(await window.faults()).toEqual([]);
    expect((await mine.run(['external-id'])).stdout).toBe(before);
    expect(settingsOf(mine).destinations).toEqual([]);

    await page.getByRole('button', { name: 'Import 3 items' }).press('Enter');
    await page.getByText('Imported', { exact: true }).waitFor();
    expect(await window.faults()).toEqual([]);
    expect(settingsOf(mine)).toMatchObject({
      externalId: settingsOf(theirs).externalId,
      destinations: [
        { name: 'Lake', bucket: 'team-lake', state: 'draft' },
        { name: 'Archive', bucket: 'team-archive', state: 'draft' },
      ],
      sources: [{ name: 'Shop' }],
    });
    expect(window.complaints()).toEqual([]);
  });

  it('overwrites nothing that nobody has decided, and keeps the external ID that a role here knows', async () => {
    using mine = install();
    await addDestination(mine, 'Lake', 'my-lake');
    await addDestination(mine, 'Archive', 'my-archive');
    const externalId = settingsOf(mine).externalId;
    await using window = await theatre.open(mine);
    const { page } = window;
    await window.go('/workspace');
    await chooseFile(page, file);
    await page.getByText('1 is added, 2 wait for your choice.').waitFor();
    await page.getByText('The external ID of this installation stays').waitFor();
    const act = page.getByRole('button', { name: /^Import \d/ });
    expect(await act.isDisabled()).toBe(true);
    expect(await page.locator('main').textContent()).toContain('here my-lake, in the file team-lake');
    expect(await window.faults()).toEqual([]);

    await page.getByRole('button', { name: 'Keep all of mine' }).press('Enter');
    await page.getByText('1 is added, 2 stay as they are.').waitFor();
    const lake = page.getByRole('row', { name: /^Lake/ });
    await lake.getByRole('button', { name: /What becomes of the destination Lake/ }).press('Enter');
    await page.getByRole('option', { name: 'Add under another name' }).click();
    await lake.getByText(/Is added as “Lake/).waitFor();
    const name = lake.getByRole('textbox', { name: 'New name of the destination Lake' });
    await name.fill('Archive');
    // The name is taken, too: said at once, and nothing can be imported meanwhile.
    await page.getByText('This choice does not work').waitFor();
    expect(await act.isDisabled()).toBe(true);
    await name.fill('Team lake');
    await lake.getByText('Is added as “Team lake”').waitFor();
    expect(await window.faults()).toEqual([]);
    await page.getByRole('button', { name: 'Import 2 items' }).press('Enter');
    await page.getByText('Imported', { exact: true }).waitFor();
    expect(settingsOf(mine).externalId).toBe(externalId);
    const destinations: { name: string; bucket: string }[] = settingsOf(mine).destinations;
    expect(destinations.map(({ name, bucket }) => [name, bucket])).toEqual([
      ['Lake', 'my-lake'],
      ['Archive', 'my-archive'],
      ['Team lake', 'team-lake'],
    ]);
  });

  it('what is no workspace file is refused in words, and another can be chosen', async () => {
    using mine = install();
    await using window = await theatre.open(mine);
    const { page } = window;
    await window.go('/workspace');
    for (const text of ['', '{"format":"other"}', 'PK\u0003\u0004', '[]']) {
      await page
        .locator('input[type=file]')
        .setInputFiles({ name: 'odd.json', mimeType: 'application/json', buffer: Buffer.from(text) });
      await page.getByText('This file cannot be imported').waitFor();
    }
    expect(await window.faults()).toEqual([]);
    await chooseFile(page, file);
    await page.getByText('3 are added.').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await page.getByText('3 are added.').count()).toBe(0);
    expect(settingsOf(mine).destinations ?? []).toEqual([]);
    expect(window.complaints()).toEqual([]);
  });
});
