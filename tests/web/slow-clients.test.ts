import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRaw, request, sendRaw } from './raw-http.ts';
import { type Started, start } from './start.ts';

let steady: Started;

beforeAll(async () => {
  steady = await start();
});

afterAll(() => steady[Symbol.asyncDispose]());

describe('slow and broken clients', () => {
  test('headers that do not end are cut off', async () => {
    await using hasty = await start({ limits: { headersMs: 300, requestMs: 600 } });
    const connection = await openRaw(hasty.port);
    connection.socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${hasty.port}\r\n`);
    const drip = setInterval(() => connection.socket.write('X-A: b\r\n'), 50);
    await connection.closed;
    clearInterval(drip);
    expect(connection.received()).toMatch(/^(HTTP\/1\.1 408|$)/);
  });

  test('a connection that says nothing is cut off', async () => {
    await using hasty = await start({ limits: { headersMs: 300, requestMs: 600 } });
    const connection = await openRaw(hasty.port);
    await connection.closed;
    expect(connection.received()).not.toContain('200 OK');
  });

  test('a body that does not end is cut off', async () => {
    await using hasty = await start({ limits: { headersMs: 300, requestMs: 600 } });
    const session = await hasty.signIn();
    const connection = await openRaw(hasty.port);
    const headers = { Cookie: session, 'Content-Length': '1000' };
    connection.socket.write(request(hasty.port, { method: 'POST', path: '/rpc/system/info', headers }));
    const drip = setInterval(() => connection.socket.write('x'), 50);
    await connection.closed;
    clearInterval(drip);
    expect(connection.received()).not.toContain('200 OK');
  });

  test('headers larger than 16 KiB are refused', async () => {
    const answer = await steady.send({ headers: { 'X-Long': 'x'.repeat(17 * 1024) } });
    expect(answer.status).toBe(431);
  });

  test('what is not HTTP is refused', async () => {
    expect((await sendRaw(steady.port, 'hello\r\n\r\n')).status).toBe(400);
    expect((await sendRaw(steady.port, '\x16\x03\x01\x02\x00\x01')).status).toBe(400);
  });

  test('a connection is not turned into another protocol', async () => {
    const headers = { Connection: 'Upgrade, close', Upgrade: 'websocket', 'Sec-WebSocket-Key': 'x' };
    expect((await steady.send({ path: '/rpc/system/info', headers })).status).toBe(405);
    const tunnel = await openRaw(steady.port);
    tunnel.socket.write('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n');
    await tunnel.closed;
    expect(tunnel.received()).not.toContain('200');
  });

  test('more connections than the limit are not taken on, and the next fits again', async () => {
    await using small = await start({ limits: { connections: 2 } });
    const [one, two] = [await openRaw(small.port), await openRaw(small.port)];
    await expect(small.send({ path: '/' })).resolves.toMatchObject({ text: '' });
    one.socket.destroy();
    two.socket.destroy();
    await expect.poll(async () => (await small.send({ path: '/' })).status).toBe(200);
  });
});
