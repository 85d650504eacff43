/** HTTP by hand, so that a test can send what no library would. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; a header that came twice is joined with a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** As it came. */
  readonly text: string;
}

/** An open connection that keeps what it received. */
export interface RawConnection {
  readonly socket: Socket;
  received(): string;
  /** Waits until what was received matches. */
  until(pattern: RegExp): Promise<void>;
  /** Resolves when the other side has closed or broken the connection. */
  readonly closed: Promise<void>;
}

export async function openRaw(port: number): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  // A broken connection is an answer too; `closed` tells.
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  return {
    socket,
    received: () => text,
    async until(pattern) {
      while (!pattern.test(text))
        await Promise.race([once(socket, 'data'), closed.then(() => fail(pattern))]);
    },
    closed,
  };
}

function fail(pattern: RegExp): never {
  throw new Error(`the connection ended before ${pattern}`);
}

/** Sends the text as it stands and reads until the other side closes. */
export async function sendRaw(port: number, text: string): Promise<RawAnswer> {
  const connection = await openRaw(port);
  connection.socket.write(text, 'latin1');
  await connection.closed;
  return parseAnswer(connection.received());
}

export function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase();
    const value = line.slice(line.indexOf(':') + 1).trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  const rest = text.slice(end + 4);
  const body = headers.get('transfer-encoding') === 'chunked' ? unchunked(rest) : rest;
  return { status: Number(first.split(' ')[1]), headers, body, text };
}

function unchunked(text: string): string {
  let body = '';
  for (let at = 0; ; ) {
    const line = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, line), 16);
    if (!(size > 0)) return body;
    body += text.slice(line + 2, line + 2 + size);
    at = line + 2 + size + 2;
  }
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  /** Laid over what our own page would send; undefined takes a header away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
}

/** A request as our own page in a browser would send it, but for what the test changes. */
export function request(
  port: number,
  { method = 'GET', path = '/', headers = {}, body }: RawRequest,
): string {
  const call = method === 'POST';
  const all: Record<string, string | undefined> = {
    Host: `127.0.0.1:${port}`,
    Connection: 'close',
    'Sec-Fetch-Site': 'same-origin',
    'Sec-Fetch-Mode': 'cors',
    'Sec-Fetch-Dest': 'empty',
    Origin: call ? `http://127.0.0.1:${port}` : undefined,
    'Content-Type': call ? 'application/json' : undefined,
    'Content-Length': body === undefined ? undefined : String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}
