/** Starts the compiled app on the stand-in, and gives the test both of its sides. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { BuiltApp } from './build-app.ts';
import type { Forged } from './stand-in.ts';

export const chromiumPath = process.env.STAND_IN_CHROMIUM ?? '/usr/bin/chromium';
export const hasChromium = existsSync(chromiumPath);

export type Command =
  | { readonly do: 'state' }
  | { readonly do: 'loadPage'; readonly url: string }
  | { readonly do: 'runInWorld'; readonly where: 'top' | 'child'; readonly code: string }
  | { readonly do: 'askPermission'; readonly permission: string; readonly url: string }
  | ({ readonly do: 'forgeIpc' } & Forged)
  | { readonly do: 'channels' }
  | { readonly do: 'emitWebview' }
  | { readonly do: 'answerFileDialog'; readonly answer: { canceled: boolean; filePaths: string[] } }
  | { readonly do: 'closeWindow' }
  | { readonly do: 'crashPage' }
  | { readonly do: 'menu' }
  | { readonly do: 'clickMenu'; readonly label: string }
  | { readonly do: 'clickNotification' }
  | { readonly do: 'answerQuestion'; readonly answer: number }
  | { readonly do: 'setFocus'; readonly focused: boolean }
  | { readonly do: 'shutDown' }
  | { readonly do: 'openFile'; readonly path: string }
  | { readonly do: 'quit' };

export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

export interface AppState {
  readonly windows: readonly Record<string, unknown>[];
  readonly opened: readonly string[];
  readonly errorBoxes: readonly { title: string; content: string }[];
  readonly privileges: readonly unknown[];
  readonly sandboxed: boolean;
  readonly secondInstances: number;
  /** How often the window was brought to the front. */
  readonly focused: number;
  /** How often the main process loaded the page. */
  readonly loads: number;
  readonly loadsFinished: number;
  readonly fileDialogs: readonly unknown[];
  readonly utilityProcesses: readonly { readonly module: string; readonly pid: number }[];
  readonly notifications: readonly { readonly title: string; readonly body: string }[];
  readonly progress: readonly number[];
  readonly awake: boolean;
  readonly questions: readonly {
    readonly message: string;
    readonly detail: string;
    readonly buttons: readonly string[];
  }[];
  readonly shown: readonly string[];
  readonly about: { readonly iconPath?: string };
  readonly aboutShown: number;
  readonly paths: { readonly userData: string; readonly sessionData: string };
}

export interface RunningApp extends AsyncDisposable {
  /** The window's page, as its user has it. */
  page(): Promise<Page>;
  ask<T = unknown>(command: Command): Promise<T>;
  state(): Promise<AppState>;
  readonly process: ChildProcess;
  /** The exit code. */
  readonly ended: Promise<number | null>;
  /** What the main process wrote on its standard error. */
  stderr(): string;
}

/** @param folder the data folder */
export async function startApp(
  { out }: BuiltApp,
  folder: string,
  env: NodeJS.ProcessEnv = {},
  args: readonly string[] = [],
): Promise<RunningApp> {
  const port = await freePort();
  const child = fork(join(import.meta.dirname, 'run.ts'), [join(out, 'main', 'main.js'), ...args], {
    env: { ...process.env, SLUICE_DATA_DIR: folder, STAND_IN_PORT: String(port), ...env },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    execArgv: [],
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const ask = asker(child, ended);
  let browser: Promise<Browser> | undefined;
  return {
    process: child,
    ended,
    ask,
    state: () => ask<AppState>({ do: 'state' }),
    stderr: () => errors,
    page: async () => {
      browser ??= connect(port, ended, () => errors);
      return firstPage(await browser);
    },
    async [Symbol.asyncDispose]() {
      await (await browser?.catch(() => undefined))?.close();
      if (child.connected) child.disconnect();
      const slow = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(slow);
    },
  };
}

function asker(child: ChildProcess, ended: Promise<unknown>) {
  let last = 0;
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  child.on('message', ({ id, result, error }: Answer) => {
    if (error === undefined) waiting.get(id)?.resolve(result);
    else waiting.get(id)?.reject(new Error(error));
    waiting.delete(id);
  });
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error('the app has ended'));
  });
  return async <T>(command: Command): Promise<T> => {
    last += 1;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(last, answer);
    child.send({ id: last, command });
    return (await answer.promise) as T;
  };
}

/** A port of 127.0.0.1 that nobody listens at now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function connect(port: number, ended: Promise<unknown>, why: () => string): Promise<Browser> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  for (let tries = 0; tries < 300 && !over; tries += 1) {
    const up = await fetch(`http://127.0.0.1:${port}/json/version`).catch(() => undefined);
    if (up?.ok) return chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    await delay(100);
  }
  throw new Error(`the app opened no window: ${why()}`);
}

async function firstPage(browser: Browser): Promise<Page> {
  for (let tries = 0; tries < 100; tries += 1) {
    const page = browser.contexts()[0]?.pages()[0];
    if (page !== undefined) {
      await page.waitForURL('https://sluice.test/**');
      return page;
    }
    await delay(50);
  }
  throw new Error('the browser has no page');
}
