/**
 * The web host: the same app and contract as in the desktop window, on 127.0.0.1, for a browser on this computer.
 */
import type { CoreOptions } from '../../core/index.ts';
import { openWorkbench } from '../workbench.ts';
import { openAssets } from './assets.ts';
import { createCalls } from './calls.ts';
import { startPath } from './gate.ts';
import { createKeys } from './keys.ts';
import { type ServerLimits, startWebServer } from './server.ts';

const linkMs = 60_000;

export interface WebHostOptions {
  /** The data folder, absolute. */
  readonly folder: string;
  /** The built renderer, with its index.html. */
  readonly renderer: string;
  /** How the program is started again from outside, with absolute paths. */
  readonly command?: readonly string[];
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** For the tests: another keychain, sizes of a load. */
  readonly core?: Pick<CoreOptions, 'secrets' | 'load'>;
  /** For the tests. */
  readonly limits?: Partial<ServerLimits> & { readonly linkMs?: number };
}

/** A link that signs one browser in, once, within a minute. It is a secret until then. */
export interface OneTimeLink {
  readonly url: string;
  /** Resolves when it has been used or is too old. */
  readonly spent: Promise<void>;
}

export interface WebHost extends AsyncDisposable {
  readonly port: number;
  /** A new one-time link. */
  link(): OneTimeLink;
  /** The address of a new one-time link. */
  url(): string;
  /** What the user has to be told about the data folder. */
  notices(): readonly string[];
  /** Cancels running jobs and waits for them, then breaks open connections; may be called again. */
  close(): Promise<void>;
}

/**
 * Opens the core on a data folder and serves it.
 * @throws SluiceError APP_NOT_BUILT; IN_USE, INPUT_INVALID for the port; DATA_FOLDER_UNUSABLE, DISK_FULL
 */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  await using started = new AsyncDisposableStack();
  const assets = openAssets(options.renderer);
  const keys = started.use(createKeys(options.limits?.linkMs ?? linkMs));
  const workbench = openWorkbench(options.folder, {
    ...options.core,
    host: { kind: 'web', ...(options.command === undefined ? {} : { command: options.command }) },
  });
  started.defer(() => workbench[Symbol.asyncDispose]());
  const { core } = workbench;
  const calls = createCalls(core.router);
  const server = await startWebServer({
    keys,
    assets,
    calls,
    port: options.port ?? 0,
    limits: options.limits,
  });
  const { port } = server;
  const resources = started.move();

  async function shutDown(): Promise<void> {
    // Jobs end while their watchers are still there to see it.
    server.stopAccepting();
    try {
      await resources.disposeAsync();
    } finally {
      await server.close();
    }
  }
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= shutDown();
    return closed;
  };

  const link = (): OneTimeLink => {
    const { text, spent } = keys.newToken();
    return { url: `http://127.0.0.1:${port}${startPath}?token=${text}`, spent };
  };
  return {
    port,
    link,
    url: () => link().url,
    notices: () => core.notices(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
