/** Opens a one-time link in the browser without showing it to other users of this computer. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import open from 'open';
import { redirectPage } from './answers.ts';
import type { OneTimeLink } from './index.ts';

/** A file that leads to the link: argument lists are for everybody to read, a private file is not. */
export interface RedirectFile extends Disposable {
  readonly path: string;
}

/** Writes the file; it goes when the link is spent, when it is disposed of, and with the process. */
export function writeRedirectFile({ url, spent }: OneTimeLink): RedirectFile {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-web-'));
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', remove);
  void spent.then(remove);
  const path = join(folder, 'open-sluice.html');
  writeFileSync(path, redirectPage(url), { mode: 0o600, flag: 'wx' });
  return { path, [Symbol.dispose]: remove };
}

/**
 * Opens the link in the user's browser.
 * @returns why that was not possible, in plain words; undefined when a browser was started
 */
export async function openInBrowser(link: OneTimeLink): Promise<string | undefined> {
  if (!hasDesktop(process.env)) return 'there is no desktop in this session';
  const file = writeRedirectFile(link);
  const problem = await launch(file.path);
  if (problem !== undefined) file[Symbol.dispose]();
  return problem;
}

/** Where there is no desktop, `xdg-open` would start a browser in the terminal, or wait for one that never comes. */
export function hasDesktop(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): boolean {
  if (platform === 'win32' || platform === 'darwin') return true;
  return [env.DISPLAY, env.WAYLAND_DISPLAY, env.WSL_DISTRO_NAME].some(
    (value) => value !== undefined && value !== '',
  );
}

/** @param path as a path, not a URL, so that it reaches a Windows browser from inside WSL, too */
async function launch(path: string): Promise<string | undefined> {
  try {
    const launcher = await open(path);
    // One that stays is a browser that runs; one that cannot open anything says so at once.
    const ended = launcher.exitCode ?? (await Promise.race([once(launcher, 'exit'), soon()]))[0];
    return typeof ended === 'number' && ended !== 0 ? `no browser could be opened (${ended})` : undefined;
  } catch (error) {
    return `no browser could be opened: ${error instanceof Error ? error.message : error}`;
  }
}

const soon = (): Promise<[undefined]> =>
  new Promise((resolve) => setTimeout(() => resolve([undefined]), 2500).unref());
