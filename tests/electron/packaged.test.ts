/**
 * The packed app, as a user gets it, where the release workflow names one. Its fuses forbid `--inspect`, by which
 * Playwright's `_electron` steers an app, so it is steered as a browser is: through Chromium's own remote debugging.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/electron/start-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const executable = process.env.SLUICE_PACKAGED_APP;

describe.skipIf(!executable)('the packed app: needs its path in SLUICE_PACKAGED_APP', () => {
  let app: ChildProcess | undefined;
  afterAll(() => void app?.kill('SIGKILL'));

  it('opens, loads the sample in practice mode, and quits', { timeout: 180_000 }, async () => {
    const folder = temporaryFolder();
    const port = await freePort();
    let said = '';
    const started = spawn(executable ?? '', [`--remote-debugging-port=${port}`], {
      env: { ...process.env, SLUICE_DATA_DIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    app = started;
    for (const stream of [started.stdout, started.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    const ended = once(started, 'exit').then(([code]) => code as number | null);
    const page = await windowAt(port, ended, () => said);

    await page.getByRole('button', { name: 'Practise first' }).click();
    await page.getByRole('button', { name: 'Remove practice mode' }).waitFor();
    await page.evaluate("location.hash = '#/pipelines'");
    await page
      .getByRole('button', { name: /^Load: / })
      .first()
      .click();
    await expect.poll(() => page.url(), { timeout: 30_000 }).toMatch(/#\/jobs\/[0-9a-f-]{36}$/);
    await page.getByText('Completed', { exact: true }).first().waitFor({ timeout: 60_000 });

    // As the user's click on the cross; a signal means nothing to a window of Windows.
    if (process.platform === 'win32') await page.evaluate('void window.close()');
    else started.kill('SIGTERM');
    expect(await Promise.race([ended, delay(30_000, 'it did not end')])).toBe(0);
    const { destinations } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    expect(destinations).toMatchObject([{ name: 'Practice bucket', state: 'tested' }]);
    const log = readFileSync(join(folder, 'logs', 'sluice.log'), 'utf8');
    expect(log).toMatch(/starts[\s\S]*is completed[\s\S]*Sluice ends/);
    expect(log).not.toMatch(/\[error\]/);
  });
});

/** The window's page, once it is filled. */
async function windowAt(port: number, ended: Promise<unknown>, said: () => string): Promise<Page> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  for (let tries = 0; tries < 600 && !over; tries += 1) {
    const up = await fetch(`http://127.0.0.1:${port}/json/version`).catch(() => undefined);
    if (up?.ok) break;
    await delay(100);
  }
  if (over) throw new Error(`the app has ended: ${said()}`);
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  await expect.poll(() => browser.contexts()[0]?.pages().length ?? 0, { timeout: 30_000 }).toBe(1);
  const page = browser.contexts()[0]?.pages()[0];
  if (page === undefined) throw new Error('there is no window');
  return page;
}
