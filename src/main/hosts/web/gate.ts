/**
 * Whether a request may come from our own page at all. The port is open to every program and, through the browser,
 * to every web site; what a site cannot forge are the headers that the browser sets by itself.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { SluiceError } from '../../../shared/errors.ts';
import type { Refusal } from './answers.ts';

export const callPath = '/rpc';
export const startPath = '/start';

/** The path as it was sent, neither decoded nor tidied: what is not literally ours is not found. */
export const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? '';

export const isCall = (request: IncomingMessage): boolean => pathOf(request).startsWith(`${callPath}/`);

/** @param port the port that the host listens on */
export function refusalOf(request: IncomingMessage, port: number): Refusal | undefined {
  return foreignHost(request, port) ?? wrongMethod(request) ?? foreignOrigin(request, port);
}

/** A name of somebody else's that resolves to 127.0.0.1 (DNS rebinding) shows here. */
function foreignHost({ headersDistinct }: IncomingMessage, port: number): Refusal | undefined {
  const hosts = headersDistinct.host ?? [];
  if (hosts.length === 1 && hosts[0] === `127.0.0.1:${port}`) return undefined;
  return {
    status: 421,
    error: new SluiceError('INPUT_INVALID', 'Sluice does not answer under this host name', {
      fix: `Open http://127.0.0.1:${port}`,
    }),
  };
}

function wrongMethod(request: IncomingMessage): Refusal | undefined {
  const methods = isCall(request) ? ['POST'] : ['GET', 'HEAD'];
  if (methods.includes(request.method ?? '')) return undefined;
  const error = new SluiceError('INPUT_INVALID', 'This address does not take this method');
  return { status: 405, error, allow: methods.join(', ') };
}

function foreignOrigin(request: IncomingMessage, port: number): Refusal | undefined {
  const { headers } = request;
  const ownOrigin = headers.origin === `http://127.0.0.1:${port}`;
  // Every browser says the origin of a POST.
  const origin = isCall(request) ? ownOrigin : headers.origin === undefined || ownOrigin;
  if (origin && (isOwnSite(headers) || isVisit(request))) return undefined;
  return {
    status: 403,
    error: new SluiceError('INPUT_INVALID', 'This request comes from another web site', {
      fix: 'Open Sluice through the link that "sluice web" gives.',
    }),
  };
}

/** Older browsers do not send it; `none` is typed, bookmarked, or handed in from outside. */
function isOwnSite({ 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  return site === undefined || site === 'same-origin' || site === 'none';
}

/**
 * A top-level navigation to our front door. The redirect file is a foreign site to the browser, as is a link in a
 * mail; neither sees what comes back, and neither page does anything without a token or a cookie.
 */
function isVisit(request: IncomingMessage): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = request.headers;
  const front = ['/', startPath].includes(pathOf(request));
  return front && mode === 'navigate' && destination === 'document';
}
