/**
 * Stands in for the module `electron` where its runtime cannot be had. A window is a page of a real Chromium; the
 * rest does what the compiled main process needs, and remembers it for the tests.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import http, { type RequestOptions } from 'node:http';
import https from 'node:https';
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
  notifications: [] as { title: string; body: string }[],
  /** Of the icon, each as it was set. */
  progress: [] as number[],
  /** True while something keeps the computer awake. */
  awake: false,
  questions: [] as { message: string; detail: string; buttons: string[] }[],
  /** The next answers to questions: the number of a button. */
  questionAnswers: [] as number[],
  /** What the main process asked the system to show. */
  shown: [] as string[],
  focusedNow: true,
  about: {} as object,
  aboutShown: 0,
};

/** The last notification, for a test to click. */
const notifications: Notification[] = [];
let menu: readonly MenuItem[] = [];

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
  /** As if it were packed, with its resources in `process.resourcesPath`. */
  readonly isPackaged = process.env.STAND_IN_RESOURCES !== undefined;
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
  getVersion = (): string => process.env.STAND_IN_VERSION ?? '0.0.0-stand-in';
  getName = (): string => 'sluice';
  releaseSingleInstanceLock = (): void => {
    if (this.#lock !== undefined) rmSync(this.#lock, { force: true });
    this.#lock = undefined;
  };
  getPath = (name: string): string => paths.get(name) ?? '';
  setPath = (name: string, path: string): void => void paths.set(name, path);
  setAboutPanelOptions = (options: object): void => {
    seen.about = options;
  };
  showAboutPanel = (): void => {
    seen.aboutShown += 1;
  };

  enableSandbox(): void {
    if (this.#isReady) throw new Error('app.enableSandbox() must be called before the app is ready');
    seen.sandboxed = true;
  }

  requestSingleInstanceLock(data: object = {}): boolean {
    const folder = this.getPath('userData');
    const lock = join(folder, 'stand-in.lock');
    if (existsSync(lock)) {
      writeFileSync(join(folder, 'stand-in.second'), JSON.stringify(data));
      return false;
    }
    writeFileSync(lock, '');
    this.#lock = lock;
    watch(folder, { persistent: false }, (_kind, name) => {
      if (name !== 'stand-in.second' || !existsSync(join(folder, name))) return;
      const text = readFileSync(join(folder, name), 'utf8');
      // It is seen when it is made, and once more when it has been written.
      if (text === '') return;
      rmSync(join(folder, name), { force: true });
      seen.secondInstances += 1;
      this.emit('second-instance', {}, [], folder, JSON.parse(text));
    });
    return true;
  }

  quit(): void {
    const before = preventable();
    this.emit('before-quit', before);
    if (before.defaultPrevented) return;
    for (const window of [...BrowserWindow.all]) if (!window.closes()) return;
    const event = preventable();
    this.emit('will-quit', event);
    if (!event.defaultPrevented) this.exit(0);
  }

  exit(code = 0): void {
    this.emit('quit', {}, code);
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
  isFocused = (): boolean => seen.focusedNow;
  setProgressBar = (progress: number): void => void seen.progress.push(progress);
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
    if (this.closes() && BrowserWindow.all.length === 0) app.emit('window-all-closed');
  }

  /** False when the app has prevented it. */
  closes(): boolean {
    if (this.#destroyed) return true;
    const event = preventable();
    this.emit('close', event);
    if (event.defaultPrevented) return false;
    this.#destroyed = true;
    BrowserWindow.all.splice(BrowserWindow.all.indexOf(this), 1);
    this.emit('closed');
    return true;
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
  /** Of the updater; its requests are Node's here. */
  fromPartition: (name: string): object => ({ name }),
};

export const net = {
  request: ({ session: _session, ...options }: RequestOptions & { session?: object }) => {
    const { request: send } = options.protocol === 'https:' ? https : http;
    return send(options);
  },
};

/** Squirrel's, which is told of a restart for an update. */
export const autoUpdater = new EventEmitter();

export const shell = {
  openExternal: async (url: string): Promise<void> => void seen.opened.push(url),
  openPath: async (path: string): Promise<string> => {
    seen.shown.push(path);
    return existsSync(path) ? '' : 'there is no such folder';
  },
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
  showMessageBox: async (_window: BrowserWindow, question: (typeof seen.questions)[number]) => {
    seen.questions.push(question);
    const answer = seen.questionAnswers.shift();
    // Nobody answers: the question stays open.
    if (answer === undefined) return await new Promise<{ response: number }>(() => undefined);
    return { response: answer };
  },
};

export class Notification extends EventEmitter {
  static isSupported = (): boolean => true;
  readonly #words: { title: string; body: string };

  constructor(words: { title: string; body: string }) {
    super();
    this.#words = words;
  }

  show(): void {
    seen.notifications.push(this.#words);
    notifications.push(this);
  }
}

export const clickNotification = (): boolean => notifications.at(-1)?.emit('click') ?? false;

export const powerSaveBlocker = {
  start: (): number => {
    seen.awake = true;
    return 7;
  },
  stop: (id: number): void => {
    if (id === 7) seen.awake = false;
  },
};

export const powerMonitor = new EventEmitter();

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

  /** As Electron's: undefined once it has ended. */
  get pid(): number | undefined {
    return this.#child.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined;
  }
  postMessage = (message: object): void => {
    this.#child.send(message, () => undefined);
  };
  kill = (): boolean => this.#child.kill();
}

export const utilityProcess = {
  fork: (...started: ConstructorParameters<typeof UtilityProcess>) => new UtilityProcess(...started),
};

interface MenuItem {
  readonly label?: string;
  readonly role?: string;
  readonly type?: string;
  readonly accelerator?: string;
  readonly submenu?: readonly MenuItem[];
  readonly click?: () => void;
}

export const Menu = {
  buildFromTemplate: (template: readonly MenuItem[]) => ({ template }),
  setApplicationMenu: ({ template }: { template: readonly MenuItem[] }): void => {
    menu = template;
  },
};

/** The menu in words: each item by its label or role, with its accelerator. */
export const menuWords = (): unknown =>
  menu.map(({ label, role, submenu = [] }) => ({
    menu: label ?? role,
    items: submenu.map((item) =>
      [item.label ?? item.role ?? item.type, item.accelerator].filter(Boolean).join('  '),
    ),
  }));

/** Chooses the item with that label. @throws Error when there is none */
export function clickMenu(label: string): void {
  const item = menu.flatMap(({ submenu = [] }) => submenu).find((one) => one.label === label);
  if (item?.click === undefined) throw new Error(`the menu has no item "${label}"`);
  item.click();
}

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

export default {
  ...{ app, BrowserWindow, dialog, ipcMain, Menu, Notification, powerMonitor, powerSaveBlocker, protocol },
  ...{ autoUpdater, net, session, shell, utilityProcess },
};
