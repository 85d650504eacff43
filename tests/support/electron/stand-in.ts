/**
 * Stands in for the module `electron` where its runtime cannot be had. A window is a page of a real Chromium; the
 * rest does what the compiled main process needs, and remembers it for the tests.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { StandInPage } from './page.ts';
import { applyPermissions, permissionHandlers } from './permissions.ts';
import { StandInPort } from './ports.ts';

type Handler = (request: Request) => Promise<Response>;
/** What the tests may look at. */
export const seen = {
  windows: [] as Record<string, unknown>[],
  opened: [] as string[],
  errorBoxes: [] as { title: string; content: string }[],
  privileges: [] as unknown[],
  sandboxed: false,
  secondInstances: 0,
  focused: 0,
  loads: 0,
  loadsFinished: 0,
  /** The next answers of the file dialog. */
  fileAnswers: [] as { canceled: boolean; filePaths: string[] }[],
  fileDialogs: [] as unknown[],
  utilityProcesses: [] as { module: string; pid: number }[],
};

const handlers = new Map<string, Handler>();
const paths = new Map<string, string>();
let browser: Promise<BrowserContext> | undefined;

const preventable = (): { readonly defaultPrevented: boolean; preventDefault(): void } => {
  let prevented = false;
  return {
    get defaultPrevented() {
      return prevented;
    },
    preventDefault: () => {
      prevented = true;
    },
  };
};

const readiness = Promise.withResolvers<void>();

class App extends EventEmitter {
  readonly isPackaged = false;
  #isReady = false;
  #lock: string | undefined;

  /** Called when the main module has been evaluated, as Electron does. */
  becomeReady(): void {
    this.#isReady = true;
    readiness.resolve();
    this.emit('ready');
  }

  isReady = (): boolean => this.#isReady;
  whenReady = (): Promise<void> => readiness.promise;
  getVersion = (): string => '0.0.0-stand-in';
  getPath = (name: string): string => paths.get(name) ?? '';
  setPath = (name: string, path: string): void => void paths.set(name, path);

  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() must be called before the app is ready');
    seen.sandboxed = true;
  }

  requestSingleInstanceLock(): boolean {
    const folder = this.getPath('userData');
    const lock = join(folder, 'stand-in.lock');
    if (existsSync(lock)) {
      writeFileSync(join(folder, 'stand-in.second'), '');
      return false;
    }
    writeFileSync(lock, '');
    this.#lock = lock;
    watch(folder, { persistent: false }, (_kind, name) => {
      if (name !== 'stand-in.second' || !existsSync(join(folder, name))) return;
      rmSync(join(folder, name), { force: true });
      seen.secondInstances += 1;
      this.emit('second-instance', {}, [], folder);
    });
    return true;
  }

  quit(): void {
    this.emit('before-quit', preventable());
    for (const window of [...BrowserWindow.all]) window.closeForQuit();
    const event = preventable();
    this.emit('will-quit', event);
    if (!event.defaultPrevented) this.exit(0);
  }

  exit(code = 0): void {
    if (this.#lock !== undefined) rmSync(this.#lock, { force: true });
    const closing = browser?.then((context) => context.close()).catch(() => undefined);
    void Promise.resolve(closing).then(() => process.exit(code));
  }
}

export const app = new App();

export class WebContents extends EventEmitter {
  readonly page: Promise<StandInPage>;
  #frame: object | undefined;
  #openHandler: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });

  constructor(preload: string) {
    super();
    this.page = this.#open(preload);
    void this.page.then((page) => {
      this.#frame = page.mainFrame;
    });
  }

  get mainFrame(): object | undefined {
    return this.#frame;
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.#openHandler = handler;
  }

  async #open(preload: string): Promise<StandInPage> {
    const context = await openBrowser();
    const page = await StandInPage.open(context, readFileSync(preload, 'utf8'), {
      answer: (request) => {
        const handler = handlers.get(new URL(request.url).protocol.slice(0, -1));
        if (handler === undefined) throw new Error(`nobody handles ${request.url}`);
        return handler(request);
      },
      mayNavigate: (frame, url, redirected) => {
        const names = redirected ? ['will-redirect'] : ['will-frame-navigate'];
        if (!redirected && frame.parent === null) names.push('will-navigate');
        return names.every((name) => {
          const event = { ...preventable(), url, isMainFrame: frame.parent === null, frame };
          let prevented = false;
          event.preventDefault = () => {
            prevented = true;
          };
          this.emit(name, event, url);
          return !prevented;
        });
      },
      wantsWindow: (url) => {
        if (this.#openHandler({ url }).action !== 'deny') seen.windows.push({ openedByPage: url });
      },
      ipc: (frame, channel, message, ports) => {
        ipcMain.emit(channel, { sender: this, senderFrame: frame, ports }, message);
      },
      loaded: () => {
        seen.loadsFinished += 1;
        this.emit('did-finish-load');
      },
      crashed: () => this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }),
    });
    await applyPermissions(page);
    return page;
  }
}

function openBrowser(): Promise<BrowserContext> {
  const folder = app.getPath('sessionData');
  mkdirSync(folder, { recursive: true });
  browser ??= chromium.launchPersistentContext(folder, {
    executablePath: process.env.STAND_IN_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    handleSIGINT: false,
    handleSIGTERM: false,
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--disable-site-isolation-trials',
      `--remote-debugging-port=${process.env.STAND_IN_PORT ?? '0'}`,
    ],
  });
  return browser;
}

export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = [];
  static getAllWindows = (): BrowserWindow[] => BrowserWindow.all;
  readonly webContents: WebContents;
  #destroyed = false;

  constructor(options: { webPreferences: { preload: string } } & Record<string, unknown>) {
    super();
    seen.windows.push(options);
    BrowserWindow.all.push(this);
    this.webContents = new WebContents(options.webPreferences.preload);
    app.emit('web-contents-created', {}, this.webContents);
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'));
  }

  isDestroyed = (): boolean => this.#destroyed;
  isMinimized = (): boolean => false;
  restore = (): void => undefined;
  show = (): void => undefined;
  focus = (): void => {
    seen.focused += 1;
  };

  async loadURL(url: string): Promise<void> {
    seen.loads += 1;
    await (await this.webContents.page).load(url);
  }

  /** As the user's click on the cross. */
  close(): void {
    this.closeForQuit();
    if (BrowserWindow.all.length === 0) app.emit('window-all-closed');
  }

  closeForQuit(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    BrowserWindow.all.splice(BrowserWindow.all.indexOf(this), 1);
    this.emit('closed');
  }
}

export const ipcMain = new EventEmitter();

export const protocol = {
  registerSchemesAsPrivileged: (schemes: readonly unknown[]): void => {
    if (app.isReady()) throw new Error('must be called before the app is ready');
    seen.privileges.push(...schemes);
  },
  handle: (scheme: string, handler: Handler): void => {
    if (!app.isReady())
      throw new Error('protocol.handle needs the session, which is there once the app is ready');
    handlers.set(scheme, handler);
  },
};

export const session = {
  get defaultSession() {
    if (!app.isReady()) throw new Error('Session can only be received when app is ready');
    return permissionHandlers;
  },
};

export const shell = {
  openExternal: async (url: string): Promise<void> => void seen.opened.push(url),
  openPath: async (): Promise<string> => '',
};

export const dialog = {
  showErrorBox: (title: string, content: string): void => {
    seen.errorBoxes.push({ title, content });
    process.stderr.write(`${title}: ${content}\n`);
  },
  showOpenDialog: async (...args: unknown[]) => {
    seen.fileDialogs.push(args.at(-1));
    return seen.fileAnswers.shift() ?? { canceled: true, filePaths: [] };
  },
};

interface UtilityOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly execArgv?: readonly string[];
}

/** A plain Node process whose `process.parentPort` is its channel to here. */
class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess;

  constructor(module: string, args: readonly string[] = [], { env, execArgv = [] }: UtilityOptions = {}) {
    super();
    const port = ['--import', new URL('./utility-port.ts', import.meta.url).href];
    this.#child = fork(module, args, {
      env,
      execArgv: [...port, ...execArgv],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    seen.utilityProcesses.push({ module, pid: this.#child.pid ?? 0 });
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('exit', (code) => this.emit('exit', code ?? 1));
  }

  postMessage = (message: object): void => {
    this.#child.send(message, () => undefined);
  };
  kill = (): boolean => this.#child.kill();
}

export const utilityProcess = {
  fork: (...started: ConstructorParameters<typeof UtilityProcess>) => new UtilityProcess(...started),
};

export const Menu = {
  buildFromTemplate: (template: readonly unknown[]) => ({ template }),
  setApplicationMenu: (): void => undefined,
};

export interface Forged {
  /** The frame that the message says it comes from; null for one that is gone. */
  readonly frame: { readonly url: string; readonly parent?: object } | null;
  /** As the top frame of the window. */
  readonly asTop?: boolean;
  /** 1 when absent. */
  readonly ports?: number;
}

/** Sends a forged message to the main process, and tells what it did to the ports that came with it. */
export function forgeIpc({
  frame,
  asTop = false,
  ports = 1,
}: Forged): { served: boolean; closed: boolean }[] {
  const made = Array.from({ length: ports }, () => {
    return new StandInPort({ post: () => undefined, close: () => undefined });
  });
  const senderFrame = frame === null ? null : { parent: null, ...frame };
  const sender = { mainFrame: asTop ? senderFrame : BrowserWindow.all[0]?.webContents.mainFrame };
  ipcMain.emit('sluice:connect', { sender, senderFrame, ports: made }, null);
  return made.map((port) => ({ served: port.isStarted, closed: port.isClosed }));
}

export default { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session, shell, utilityProcess };
