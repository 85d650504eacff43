/** One page of a real Chromium, behind what a `WebContents` needs: frames, requests, navigation, the preload. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { StandInPort } from './ports.ts';
import { pageOrigin, toApp, toPage } from './urls.ts';
import { bindingName, type WorldMessage, worldName, worldScript } from './world.ts';

/** As `WebFrameMain`. */
export interface StandInFrame {
  readonly url: string;
  readonly parent: StandInFrame | null;
}

export interface PageEvents {
  /** A request of the own scheme. */
  answer(request: Request): Promise<Response>;
  /** A frame wants to go somewhere: false when that was prevented. */
  mayNavigate(frame: StandInFrame, url: string, redirected: boolean): boolean;
  wantsWindow(url: string): void;
  ipc(frame: StandInFrame, channel: string, message: unknown, ports: readonly StandInPort[]): void;
  loaded(): void;
  crashed(): void;
}

interface Frame extends StandInFrame {
  url: string;
  parent: Frame | null;
}

interface RequestPaused {
  readonly requestId: string;
  readonly request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Record<string, string>;
  };
  readonly frameId: string;
  readonly resourceType: string;
  readonly redirectedRequestId?: string;
}

export class StandInPage {
  readonly mainFrame: Frame = { url: '', parent: null };
  readonly #session: CDPSession;
  readonly #page: Page;
  readonly #events: PageEvents;
  readonly #frames = new Map<string, Frame>();
  /** Execution contexts of the preload's world, and the frame of each. */
  readonly #worlds = new Map<number, string>();
  readonly #ports = new Map<string, { readonly port: StandInPort; readonly world: number }>();
  /** Loads that the main process asked for; no event announces them. */
  readonly #ownLoads = new Set<string>();

  private constructor(page: Page, session: CDPSession, events: PageEvents) {
    this.#page = page;
    this.#session = session;
    this.#events = events;
  }

  static async open(context: BrowserContext, preload: string, events: PageEvents): Promise<StandInPage> {
    const page = context.pages()[0] ?? (await context.newPage());
    const session = await context.newCDPSession(page);
    const made = new StandInPage(page, session, events);
    await made.#start(preload);
    return made;
  }

  async #start(preload: string): Promise<void> {
    const session = this.#session;
    session.on('Page.frameAttached', ({ frameId, parentFrameId }) => {
      this.#frames.set(frameId, { url: 'about:blank', parent: this.#frame(parentFrameId) });
    });
    session.on('Page.frameNavigated', ({ frame }) => {
      this.#frame(frame.id).url = toApp(frame.url);
    });
    session.on('Page.windowOpen', ({ url }) => this.#events.wantsWindow(toApp(url)));
    session.on('Page.loadEventFired', () => this.#events.loaded());
    session.on('Inspector.targetCrashed', () => {
      this.#closePorts(() => true);
      this.#events.crashed();
    });
    session.on('Runtime.executionContextCreated', ({ context }) => {
      const { frameId } = context.auxData as { frameId: string };
      if (context.name === worldName) this.#worlds.set(context.id, frameId);
    });
    session.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      this.#closePorts((world) => world === executionContextId);
      this.#worlds.delete(executionContextId);
    });
    session.on('Runtime.executionContextsCleared', () => {
      this.#closePorts(() => true);
      this.#worlds.clear();
    });
    session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === bindingName) this.#fromWorld(executionContextId, JSON.parse(payload) as WorldMessage);
    });
    session.on('Fetch.requestPaused', (paused) => void this.#request(paused));
    // A window that was not prevented by Chromium is closed here: Electron never opens one that was denied.
    this.#page.on('popup', (popup) => void popup.close());
    await session.send('Page.enable');
    await session.send('Inspector.enable');
    const { frameTree } = await session.send('Page.getFrameTree');
    this.#frames.set(frameTree.frame.id, this.mainFrame);
    await session.send('Runtime.enable');
    await session.send('Runtime.addBinding', { name: bindingName, executionContextName: worldName });
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: worldScript(preload), worldName });
    await session.send('Fetch.enable', { patterns: [{ urlPattern: '*', requestStage: 'Request' }] });
  }

  #frame(id: string): Frame {
    const known = this.#frames.get(id);
    if (known !== undefined) return known;
    const fresh: Frame = { url: '', parent: this.mainFrame };
    this.#frames.set(id, fresh);
    return fresh;
  }

  /** Loads as the main process does, without asking anybody. */
  async load(url: string): Promise<void> {
    this.#ownLoads.add(toPage(url));
    const { errorText } = await this.#session.send('Page.navigate', { url: toPage(url) });
    if (errorText !== undefined) throw new Error(errorText);
  }

  /** Runs code in the preload's world of the top frame, or of its first child frame. */
  async runInWorld(where: 'top' | 'child', code: string): Promise<unknown> {
    const world = await this.#world(where === 'top');
    const { result, exceptionDetails } = await this.#session.send('Runtime.evaluate', {
      expression: code,
      contextId: world,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
    return result.value;
  }

  async #world(top: boolean): Promise<number> {
    for (let tries = 0; tries < 40; tries += 1) {
      for (const [world, frame] of this.#worlds) {
        if ((this.#frames.get(frame) === this.mainFrame) === top) return world;
      }
      await delay(50);
    }
    throw new Error('that frame has no world of the preload');
  }

  /** Kills the page's process. The command itself is never answered. */
  crash(): void {
    this.#session.send('Page.crash').catch(() => undefined);
  }

  async setPermission(name: string, granted: boolean): Promise<void> {
    await this.#session.send('Browser.setPermission', {
      permission: { name },
      setting: granted ? 'granted' : 'denied',
      origin: pageOrigin,
    });
  }

  #fromWorld(world: number, message: WorldMessage): void {
    if (message.kind === 'port') this.#ports.get(message.port)?.port.receive(JSON.parse(message.data));
    else if (message.kind === 'closed') this.#ports.get(message.port)?.port.closedByPeer();
    else {
      const ports = message.ports.map((id) => this.#relay(world, id));
      const frame = this.#frame(this.#worlds.get(world) ?? '');
      this.#events.ipc(frame, message.channel, JSON.parse(message.message), ports);
    }
  }

  #relay(world: number, id: string): StandInPort {
    const call = (name: string, ...values: string[]): void => {
      const args = values.map((value) => ({ value }));
      this.#session
        .send('Runtime.callFunctionOn', {
          functionDeclaration: `function (...args) { ${name}(...args); }`,
          executionContextId: world,
          arguments: args,
        })
        // The page went away in the meantime: its ports are closed by the event that says so.
        .catch(() => undefined);
    };
    const port = new StandInPort({
      post: (data) => call('standInDeliver', id, data),
      close: () => call('standInClose', id),
    });
    this.#ports.set(id, { port, world });
    return port;
  }

  #closePorts(isGone: (world: number) => boolean): void {
    for (const [id, { port, world }] of this.#ports) {
      if (!isGone(world)) continue;
      this.#ports.delete(id);
      port.closedByPeer();
    }
  }

  async #request(paused: RequestPaused): Promise<void> {
    const { requestId, request, resourceType } = paused;
    try {
      if (resourceType === 'Document' && !this.#mayLoad(paused)) {
        await this.#session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
        return;
      }
      const response = await this.#respond(request);
      await this.#session.send('Fetch.fulfillRequest', {
        requestId,
        responseCode: response.status,
        responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
        body: Buffer.from(await response.arrayBuffer()).toString('base64'),
      });
    } catch (error) {
      // The request ended with its page.
      if (!/Invalid InterceptionId|closed|Session/.test(String(error))) throw error;
    }
  }

  #mayLoad({ request, frameId, redirectedRequestId }: RequestPaused): boolean {
    const frame = this.#frame(frameId);
    if (frame === this.mainFrame && this.#ownLoads.delete(request.url)) return true;
    return this.#events.mayNavigate(frame, toApp(request.url), redirectedRequestId !== undefined);
  }

  /** Nothing reaches a network: a foreign address shows a page that says that it was reached. */
  async #respond({ url, method, headers }: RequestPaused['request']): Promise<Response> {
    if (url === pageOrigin || url.startsWith(`${pageOrigin}/`)) {
      return this.#events.answer(new Request(toApp(url), { method, headers }));
    }
    if (url.endsWith('/redirect')) {
      return new Response(null, { status: 302, headers: { location: 'https://elsewhere.example/' } });
    }
    return new Response('<!doctype html><title>foreign</title>foreign', {
      headers: { 'content-type': 'text/html' },
    });
  }
}
