/** Whether Electron can open a window here, and where its runtime is; fetched at the first start where it can be. */
import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Undefined on Windows. */
  readonly uid: number | undefined;
}

/** Why no window can be shown, as the end of a sentence; undefined when nothing speaks against it. */
export function whyNoWindow({ platform, env, uid }: Machine): string | undefined {
  if (platform !== 'linux') return undefined;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display';
  // Electron would have to run without its sandbox, which is what keeps a page from this computer.
  if (uid === 0) return 'Electron does not run as root';
  return undefined;
}

/** @param folder that of the package `electron` */
export function electronPath(folder: string, env: Readonly<NodeJS.ProcessEnv>): string | undefined {
  const pathFile = join(folder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : '';
  if (name === '') return undefined;
  const path = join(env.ELECTRON_OVERRIDE_DIST_PATH || join(folder, 'dist'), name);
  return existsSync(path) ? path : undefined;
}

export interface FetchLimits {
  /** For finding the server's address. */
  readonly lookupMs: number;
  /** For the whole download of some 110 MB. */
  readonly fetchMs: number;
}

/**
 * Fetches the runtime with the package's own installer, which checks its checksum. Never hangs.
 * @param folder that of the package `electron`
 * @param say is told when the download begins
 * @returns why it could not be had, as the end of a sentence; undefined when it is there now
 */
export async function fetchElectron(
  folder: string,
  env: Readonly<NodeJS.ProcessEnv>,
  { lookupMs, fetchMs }: FetchLimits,
  say: (line: string) => void,
): Promise<string | undefined> {
  const installer = join(folder, 'install.js');
  if (!existsSync(installer)) return 'Electron is not installed';
  const host = serverOf(env);
  if (host === undefined) return 'the address of the Electron mirror is not valid';
  // A proxy finds the address by itself.
  if (!env.ELECTRON_GET_USE_PROXY && !(await isFound(host, lookupMs))) {
    return `the Electron runtime cannot be fetched: ${host} is not found`;
  }
  say('Fetching the Electron runtime, once.');
  const child = spawn(process.execPath, [installer], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), fetchMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  if (code === 0 && electronPath(folder, env) !== undefined) return undefined;
  const why = code === null ? `not done after ${fetchMs / 1000} s` : firstLine(words);
  return `the Electron runtime cannot be fetched: ${why} ("npx install-electron" fetches it by hand)`;
}

/**
 * The server that the runtime would be fetched from, where its address is not found; undefined where it is, or where
 * a proxy finds it.
 */
export async function unreachableServer(
  env: Readonly<NodeJS.ProcessEnv>,
  lookupMs: number,
): Promise<string | undefined> {
  const host = serverOf(env) ?? 'the mirror';
  return env.ELECTRON_GET_USE_PROXY || (await isFound(host, lookupMs)) ? undefined : host;
}

function serverOf(env: Readonly<NodeJS.ProcessEnv>): string | undefined {
  const mirror = env.ELECTRON_MIRROR || env.npm_config_electron_mirror || 'https://github.com/';
  return URL.parse(mirror)?.hostname;
}

async function isFound(host: string, milliseconds: number): Promise<boolean> {
  const found = lookup(host).then(
    () => true,
    () => false,
  );
  return Promise.race([found, delay(milliseconds, false)]);
}

const firstLine = (text: string): string => text.trim().split('\n')[0] || 'the installer failed';
