/** A web host on folders of its own, with a small built app to serve. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder } from '../../src/main/core/index.ts';
import { startWebHost, type WebHost, type WebHostOptions } from '../../src/main/hosts/web/index.ts';
import { memorySecrets } from '../support/memory-secrets.ts';
import { type RawAnswer, type RawRequest, request, sendRaw } from './raw-http.ts';

/** Says in its title what the host answered to a call, so that a real browser can be watched. */
const script = `
const answer = await fetch('/rpc/system/info', {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}',
});
const { json } = await answer.json();
document.title = answer.status + ' ' + (json.host ?? json.code);
`;

/** Writes what `npm run build` would, in small. */
export function writeRenderer(folder: string): void {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>loading</title>\n' +
      '<link rel="icon" href="/favicon.svg">\n<link rel="stylesheet" href="/assets/index-Bx3_d-9q.css">\n' +
      '<script type="module" crossorigin src="/assets/index-C0ffee42.js"></script>\n',
  );
  writeFileSync(join(folder, 'assets/index-C0ffee42.js'), script);
  writeFileSync(join(folder, 'assets/index-Bx3_d-9q.css'), 'title { color: green }\n');
  writeFileSync(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>\n');
}

export interface Started extends AsyncDisposable {
  readonly host: WebHost;
  readonly port: number;
  readonly renderer: string;
  /** Outside of the renderer, where no request may get. */
  readonly secretFile: string;
  /** Sends a request as our own page would, but for what is given. */
  send(request: RawRequest): Promise<RawAnswer>;
  /** The cookie of a new session, as a browser would send it. */
  signIn(): Promise<string>;
}

export async function start(options: Partial<WebHostOptions> = {}): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-web-test-'));
  const [renderer, secretFile] = [join(folder, 'renderer'), join(folder, 'secret.txt')];
  writeRenderer(renderer);
  writeFileSync(secretFile, 'a file that nobody may read');
  const host = await startWebHost({
    folder: dataFolder(join(folder, 'data')),
    renderer,
    core: { secrets: memorySecrets() },
    ...options,
  });
  const { port } = host;
  const send = (raw: RawRequest): Promise<RawAnswer> => sendRaw(port, request(port, raw));
  return {
    host,
    port,
    renderer,
    secretFile,
    send,
    signIn: async () => cookieOf(await send({ path: host.url().replace(/^.*\/start/, '/start') })),
    [Symbol.asyncDispose]: async () => {
      await host.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `name=value` of the cookie that an answer sets. */
export function cookieOf({ headers, text }: RawAnswer): string {
  const [cookie] = (headers.get('set-cookie') ?? '').split(';');
  if (cookie === undefined || cookie === '') throw new Error(`no cookie in: ${text}`);
  return cookie;
}

/** A call of the contract; signed in with the cookie, if any. */
export const call = (path: string, cookie?: string, input: unknown = {}): RawRequest => ({
  method: 'POST',
  path: `/rpc/${path}`,
  headers: cookie === undefined ? {} : { Cookie: cookie },
  body: JSON.stringify({ json: input }),
});
