/** What leaves the web host besides files and calls: the headers of every answer, refusals and plain pages. */
import type { ServerResponse } from 'node:http';
import type { SluiceError } from '../../../shared/errors.ts';
import { contentSecurityPolicy } from '../page.ts';

/** On every answer. There is no CORS header, ever: no other origin has any business here. */
export const securityHeaders: ReadonlyMap<string, string> = new Map([
  ['Content-Security-Policy', contentSecurityPolicy],
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Cross-Origin-Embedder-Policy', 'require-corp'],
  ['Cache-Control', 'no-store'],
]);

/** A request that is not carried out. */
export interface Refusal {
  readonly status: number;
  readonly error: SluiceError;
  /** The methods that would have been right, for a 405. */
  readonly allow?: string;
}

/**
 * Refuses in the form that the caller reads: an error of the contract for a call, a page for a person. What is
 * left of the request is not read, so the connection ends.
 */
export function refuse(response: ServerResponse, { status, error, allow }: Refusal, isCall: boolean): void {
  if (allow !== undefined) response.setHeader('Allow', allow);
  response.setHeader('Connection', 'close');
  if (isCall) send(response, status, 'application/json', contractError(status, error));
  else send(response, status, 'text/html; charset=utf-8', page(`${error.message}.`, error.fix));
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }).end(body);
}

/** As oRPC's client reads it, so that a page learns why by the same way as any other error. */
function contractError(status: number, { code, message, fix, details }: SluiceError): string {
  return JSON.stringify({ json: { defined: true, code, status, message, data: { fix, details } } });
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

function page(...paragraphs: readonly string[]): string {
  const body = paragraphs.map((text) => `<p>${escaped(text)}</p>`).join('\n');
  return `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Sluice</title>\n<h1>Sluice</h1>\n${body}\n`;
}

/** A page that goes on to a link by itself; without script, and without telling where it came from. */
export function redirectPage(url: string): string {
  const target = escaped(url);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${target}">
<title>Sluice</title>
<p><a href="${target}">Open Sluice</a></p>
`;
}
