/** The HTTP server of the web host: its limits, its front door, and its end. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { SluiceError } from '../../../shared/errors.ts';
import { type Refusal, refuse, securityHeaders } from './answers.ts';
import type { Assets } from './assets.ts';
import type { Calls } from './calls.ts';
import { isCall, pathOf, refusalOf, startPath } from './gate.ts';
import type { Keys } from './keys.ts';

export interface ServerLimits {
  /** For the headers of a request, from the connection on. */
  readonly headersMs: number;
  /** For a whole request; answers may take as long as they like. */
  readonly requestMs: number;
  readonly connections: number;
}

const defaults: ServerLimits = { headersMs: 10_000, requestMs: 30_000, connections: 256 };

/** Time for the last events of what was cancelled to reach the page. */
const farewellMs = 500;

export interface WebServerOptions {
  readonly keys: Keys;
  readonly assets: Assets;
  readonly calls: Calls;
  /** 0 takes a free one. */
  readonly port: number;
  readonly limits?: Partial<ServerLimits> | undefined;
}

export interface WebServer {
  readonly port: number;
  /** From now on nothing new is taken on; what runs may end. */
  stopAccepting(): void;
  close(): Promise<void>;
}

interface Site extends WebServerOptions {
  /** The one that it listens on. */
  readonly port: number;
  closing: boolean;
}

/** @throws SluiceError IN_USE, INPUT_INVALID when the port cannot be had */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const limits = { ...defaults, ...options.limits };
  const working = new Set<Promise<void>>();
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: Math.min(1000, limits.headersMs),
      maxHeaderSize: 16 * 1024,
      // A missing host is a wrong host, and gets the same answer.
      requireHostHeader: false,
    },
    (request, response) => {
      const work = serve(site, request, response).finally(() => working.delete(work));
      working.add(work);
    },
  );
  server.maxConnections = limits.connections;
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  const site: Site = { ...options, port, closing: false };
  const stopAccepting = (): void => {
    site.closing = true;
    server.close();
  };
  return {
    port,
    stopAccepting,
    async close() {
      stopAccepting();
      await Promise.race([Promise.allSettled(working), delay(farewellMs)]);
      server.closeAllConnections();
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    const inUse = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    const reason = inUse ? 'another program is using it' : String(cause);
    throw new SluiceError(
      inUse ? 'IN_USE' : 'INPUT_INVALID',
      `Sluice cannot listen on port ${port} of 127.0.0.1: ${reason}`,
      { cause, fix: 'Choose another port, or leave --port out for a free one.' },
    );
  }
}

async function serve(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    response.setHeaders(new Map(securityHeaders));
    const refusal = await answer(site, request, response);
    if (refusal !== undefined) refuse(response, refusal, isCall(request));
  } catch (error) {
    // Somebody who hung up needs no answer, and what broke through them is no fault.
    if (!request.destroyed && !response.destroyed) process.emitWarning(`The web host failed: ${error}`);
    request.socket.destroy();
  }
}

async function answer(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Refusal | undefined> {
  const foreign = refusalOf(request, site.port);
  if (foreign !== undefined) return foreign;
  if (site.closing) return closing();
  if (isCall(request)) {
    return isSignedIn(site, request) ? await site.calls.answer(request, response) : signedOut();
  }
  const path = pathOf(request);
  if (path === startPath) return signIn(site, request, response);
  return (await site.assets.send(path, response)) ? undefined : notFound();
}

/** The port is in the name because browsers give the cookies of one port to every other. */
const cookieName = (port: number): string => `sluice-${port}`;

function isSignedIn({ keys, port }: Site, { headers }: IncomingMessage): boolean {
  const prefix = `${cookieName(port)}=`;
  return (headers.cookie ?? '')
    .split(/; */)
    .some((pair) => pair.startsWith(prefix) && keys.isSession(pair.slice(prefix.length)));
}

/** Exchanges the token of a link for a cookie. */
function signIn(
  { keys, port }: Site,
  { method, url = '', headers }: IncomingMessage,
  response: ServerResponse,
): Refusal | undefined {
  const token = new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('token') ?? '';
  // A browser that looks ahead, or asks for headers only, must not use the link up.
  const lookingAhead = method !== 'GET' || headers['sec-purpose']?.includes('prefetch') === true;
  const session = lookingAhead ? undefined : keys.exchange(token);
  if (session === undefined) return linkSpent();
  const cookie = `${cookieName(port)}=${session}; HttpOnly; SameSite=Strict; Path=/`;
  response.writeHead(303, { Location: '/', 'Set-Cookie': cookie, 'Content-Length': 0 }).end();
  return undefined;
}

const linkSpent = (): Refusal => ({
  status: 403,
  error: new SluiceError(
    'WEB_SIGNED_OUT',
    'This link does not work: it opens Sluice once, and for one minute',
  ),
});

const signedOut = (): Refusal => ({
  status: 401,
  error: new SluiceError('WEB_SIGNED_OUT', 'This page is not signed in to the Sluice that runs now'),
});

const notFound = (): Refusal => ({
  status: 404,
  error: new SluiceError('NOT_FOUND', 'There is nothing at this address', { fix: 'Open the start page: /' }),
});

const closing = (): Refusal => ({
  status: 503,
  error: new SluiceError('CANCELLED', 'Sluice is closing', { fix: 'Run "sluice web" again.' }),
});
