import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

let server: Server;
let proxy: TcpProxy;
beforeEach(async () => {
  // An echo.
  server = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startTcpProxy((server.address() as AddressInfo).port);
});
afterEach(async () => {
  await proxy.close();
  server.close();
});

const open = async (): Promise<Socket> => {
  const socket = connect(proxy.port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};

/** Everything that comes until the connection ends, and how it ended. */
async function rest(socket: Socket): Promise<{ text: string; error: string | undefined }> {
  let text = '';
  socket.on('data', (bytes) => {
    text += String(bytes);
  });
  const error = await new Promise<string | undefined>((resolve) => {
    socket.once('error', (reason: NodeJS.ErrnoException) => resolve(reason.code));
    socket.once('close', () => resolve(undefined));
  });
  return { text, error };
}

test('carries both ways, and an end of one side', async () => {
  const socket = await open();
  socket.end('hello');
  expect(await rest(socket)).toEqual({ text: 'hello', error: undefined });
  expect([proxy.sent(), proxy.received(), proxy.connections()]).toEqual([5, 5, 1]);
});

test('cuts after so many bytes of the server, with an end or a reset', async () => {
  proxy.cutAfter(3);
  const socket = await open();
  socket.write('hello');
  expect(await rest(socket)).toEqual({ text: 'hel', error: undefined });
  proxy.heal();
  proxy.resets(true);
  proxy.cutAfter(proxy.received() + 2);
  const other = await open();
  other.write('hello');
  expect((await rest(other)).error).toBe('ECONNRESET');
});

test('cuts after so many bytes of the client', async () => {
  proxy.cutAfterSent(2);
  const socket = await open();
  socket.write('hello');
  const { text } = await rest(socket);
  expect('he'.startsWith(text)).toBe(true);
});

test('stalls, and after it is healed the client may try again', async () => {
  proxy.stallAfter(3);
  const socket = await open();
  socket.write('hello');
  const [first] = await once(socket, 'data');
  expect(String(first)).toBe('hel');
  socket.write('again');
  const ended = rest(socket);
  proxy.heal();
  expect((await ended).text).toBe('');
  const other = await open();
  other.end('hello');
  expect((await rest(other)).text).toBe('hello');
});

test('refuses new connections and takes them again', async () => {
  proxy.refuses(true);
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write('hello');
  expect((await rest(socket)).text).toBe('');
  proxy.heal();
  const other = await open();
  other.end('hello');
  expect((await rest(other)).text).toBe('hello');
});

test('delays, and limits the rate', async () => {
  proxy.delays(30);
  proxy.limitsTo(1000);
  const started = performance.now();
  const socket = await open();
  socket.end('x'.repeat(100));
  expect((await rest(socket)).text).toHaveLength(100);
  // Both ways: at least 2 x (30 + 100) ms; timers may fire a little early.
  expect(performance.now() - started).toBeGreaterThan(200);
});
