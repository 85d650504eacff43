/** The window as its user has it: the built page in a real browser, on the web host in a process of its own. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Page } from 'playwright-core';
import type { CliOptions, Installation, RunningCommand } from './cli.ts';

const chromiumPath = process.env.SLUICE_TEST_CHROMIUM ?? '/usr/bin/chromium';
export const hasChromium = existsSync(chromiumPath);

export interface TestWindow extends AsyncDisposable {
  readonly page: Page;
  /** Opens a page by its address, e.g. `/sources/new`. */
  go(address: string): Promise<void>;
  /** What the page should never do: throw, or try what its content policy forbids. */
  complaints(): readonly string[];
  /** What axe has against the page as it stands, in one line each. */
  faults(): Promise<string[]>;
  /** Kills the host without a warning and opens the page of a new one. */
  killAndRestart(): Promise<void>;
}

export interface WindowOptions {
  readonly env?: CliOptions['env'];
  readonly colorScheme?: 'light' | 'dark';
}

/** The built page and a browser, for as many windows as a test file needs. */
export interface Theatre extends AsyncDisposable {
  open(installation: Installation, options?: WindowOptions): Promise<TestWindow>;
}

/** Builds the page into a folder of its own: `out/renderer` may be older than the source. */
export async function openTheatre(): Promise<Theatre> {
  const renderer = mkdtempSync(join(tmpdir(), 'sluice-renderer-'));
  await buildPage(renderer);
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking'],
  });
  return {
    async open(installation, { env = {}, colorScheme = 'light' } = {}) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        colorScheme,
        // Colours in the middle of a transition are nobody's colours.
        reducedMotion: 'reduce',
      });
      return await show(await context.newPage(), () =>
        installation.start(['web', '--json', '--no-open', '--renderer', renderer], { env }),
      );
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      rmSync(renderer, { recursive: true, force: true });
    },
  };
}

/** In a process of its own, as users build it. */
export async function buildPage(folder: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const root = join(import.meta.dirname, '../..');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const args = ['build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'error'];
  await promisify(execFile)(process.execPath, [vite, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
  });
}

async function show(page: Page, startHost: () => RunningCommand): Promise<TestWindow> {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  let host = startHost();
  const enter = async (): Promise<void> => {
    const [, url = ''] = await host.said(/"url":\s*"([^"]+)"/);
    await page.goto(url);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    host.child.kill(signal);
    await host.ended;
  };
  await enter();
  return {
    page,
    go: async (address) => {
      await page.goto(`${new URL(page.url()).origin}/#${address}`);
    },
    complaints: () => complaints,
    async faults() {
      const { violations } = await new AxeBuilder({ page }).analyze();
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
      );
    },
    async killAndRestart() {
      await end('SIGKILL');
      host = startHost();
      await enter();
    },
    async [Symbol.asyncDispose]() {
      await page.context().close();
      await end('SIGTERM');
    },
  };
}
