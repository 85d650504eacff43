/** Opens the app in its window; where that cannot be, says why in one line and opens it in the browser. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { electronPath, fetchElectron, whyNoWindow } from './electron-runtime.ts';
import { isStale } from './staleness.mjs';

const root = join(import.meta.dirname, '../..');
const electronFolder = join(root, 'node_modules/electron');
const limits = { lookupMs: 1500, fetchMs: 60_000 };

/** A program that dies sooner, in milliseconds, cannot run on this computer. */
const stillbornMs = 5000;

/** @param args for the browser's host; of the window, only --data-dir */
export async function openApp(args: readonly string[]): Promise<void> {
  // npm starts scripts in the package's folder; relative paths of the user count from where the user stands.
  process.env.INIT_CWD ??= process.cwd();
  process.chdir(root);
  // Ctrl-C reaches the program in the foreground by itself; what is to be done then is its business.
  process.on('SIGINT', () => undefined);
  if (process.env.SLUICE_HOST !== 'web') {
    const why = await openWindow(args);
    if (why === undefined) return;
    say(`Sluice opens in the browser: ${why}.`);
  }
  if (!(await build(['out/renderer/index.html'], ['scripts/prepare.mjs']))) return;
  await run(process.execPath, ['scripts/sluice.mjs', 'web', ...args], process.env);
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Runs the app in its window until it ends; or says why it cannot. */
async function openWindow(args: readonly string[]): Promise<string | undefined> {
  const why = whyNoWindow({ platform: process.platform, env: process.env, uid: process.getuid?.() });
  if (why !== undefined) return why;
  if (electronPath(electronFolder, process.env) === undefined) {
    const missing = await fetchElectron(electronFolder, process.env, limits, say);
    if (missing !== undefined) return missing;
  }
  const outputs = ['out/main/main.js', 'out/preload/preload.cjs', 'out/renderer/index.html'];
  const builder = ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'error'];
  if (!(await build(outputs, builder))) return undefined;
  const electron = electronPath(electronFolder, process.env) ?? '';
  const started = performance.now();
  const { code, signal } = await run(electron, [root], windowEnvironment(args));
  // A missing library or a sandbox that the system does not allow ends it before anything is shown.
  const isStillborn = performance.now() - started < stillbornMs && (code === 127 || isCrash(signal));
  return isStillborn ? `Electron cannot run here (${signal ?? `exit code ${code}`})` : undefined;
}

const isCrash = (signal: NodeJS.Signals | null): boolean =>
  signal !== null && !['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'].includes(signal);

function windowEnvironment(args: readonly string[]): NodeJS.ProcessEnv {
  const { values } = parseArgs({
    args: [...args],
    options: { 'data-dir': { type: 'string' } },
    strict: false,
  });
  const folder = values['data-dir'];
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  return typeof folder === 'string' ? { ...env, SLUICE_DATA_DIR: folder } : env;
}

/** Builds what is stale; false when that failed, which the builder has said. */
async function build(outputs: readonly string[], command: readonly string[]): Promise<boolean> {
  if (!existsSync('node_modules/vite') || !isStale(root, outputs)) return true;
  const { code } = await run(process.execPath, command, process.env);
  return code === 0;
}

/** Runs a program to its end in the place of this one; its exit code becomes ours. */
async function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
  const child = spawn(command, args, { env, stdio: 'inherit' });
  const end = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGTERM', end);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  process.off('SIGTERM', end);
  process.exitCode = code ?? 1;
  return { code, signal };
}
