import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRaw, parseAnswer, request, sendRaw } from './raw-http.ts';
import { call, type Started, start } from './start.ts';

let started: Started;
let cookie: string;

beforeAll(async () => {
  started = await start();
  cookie = await started.signIn();
});

afterAll(() => started[Symbol.asyncDispose]());

const info = () => call('system/info', cookie);

/** The same request with other headers. */
const withHeaders = (raw: ReturnType<typeof call>, headers: Record<string, string | undefined>) => ({
  ...raw,
  headers: { ...raw.headers, ...headers },
});

describe('the host name', () => {
  const wrong = (port: number): (string | undefined)[] => [
    undefined,
    '',
    '127.0.0.1',
    `localhost:${port}`,
    `evil.example:${port}`,
    `127.0.0.1:${port}.evil.example`,
    `127.0.0.1:${port + 1}`,
    `127.0.0.1.:${port}`,
    `[::1]:${port}`,
    `0.0.0.0:${port}`,
    `2130706433:${port}`,
    `user@127.0.0.1:${port}`,
  ];

  test('must be exactly ours, for pages and calls alike', async () => {
    for (const host of wrong(started.port)) {
      for (const raw of [{ path: '/' }, info()]) {
        const { status } = await started.send(withHeaders(raw as ReturnType<typeof call>, { Host: host }));
        expect([host, status]).toEqual([host, 421]);
      }
    }
  });

  test('may not come twice, nor be missing in HTTP/1.0', async () => {
    const { port } = started;
    const twice = request(port, {}).replace('\r\n', `\r\nHost: evil.example\r\n`);
    expect((await sendRaw(port, twice)).status).toBe(421);
    const after = request(port, {}).replace('\r\n\r\n', `\r\nHost: evil.example\r\n\r\n`);
    expect((await sendRaw(port, after)).status).toBe(421);
    expect((await sendRaw(port, 'GET / HTTP/1.0\r\n\r\n')).status).toBe(421);
  });

  test('is not taken from an absolute address', async () => {
    const { port } = started;
    const absolute = request(port, { path: `http://127.0.0.1:${port}/`, headers: { Host: 'evil.example' } });
    expect((await sendRaw(port, absolute)).status).toBe(421);
    expect((await started.send({ path: 'http://evil.example/' })).status).toBe(404);
  });
});

describe('another web site', () => {
  test.each([
    undefined,
    'null',
    'https://evil.example',
    'http://127.0.0.1',
    'http://localhost:PORT',
    'https://127.0.0.1:PORT',
    'http://127.0.0.1:PORT/',
    'http://127.0.0.1:PORT.evil.example',
    'http://127.0.0.1:1',
  ])('cannot call with the origin %s', async (text) => {
    const origin = text?.replace('PORT', String(started.port));
    const answer = await started.send(withHeaders(info(), { Origin: origin }));
    expect(answer.status).toBe(403);
  });

  test.each(['cross-site', 'same-site', 'SAME-ORIGIN', ''])(
    'cannot call from the site "%s"',
    async (site) => {
      const answer = await started.send(withHeaders(info(), { 'Sec-Fetch-Site': site }));
      expect(answer.status).toBe(403);
      const disguised = {
        'Sec-Fetch-Site': site,
        'Sec-Fetch-Mode': 'navigate',
        'Sec-Fetch-Dest': 'document',
      };
      expect((await started.send(withHeaders(info(), disguised))).status).toBe(403);
    },
  );

  test.each([
    ['/assets/index-C0ffee42.js', 'no-cors', 'script'],
    ['/', 'no-cors', 'image'],
    ['/', 'no-cors', 'document'],
    ['/', 'navigate', 'iframe'],
    ['/', 'navigate', 'object'],
    ['/start', 'no-cors', 'image'],
    ['/start', 'cors', 'empty'],
    ['/favicon.svg', 'navigate', 'document'],
  ])('cannot embed %s (%s, %s)', async (path, mode, destination) => {
    for (const site of ['cross-site', 'same-site']) {
      const headers = { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': mode, 'Sec-Fetch-Dest': destination };
      expect((await started.send({ path, headers })).status).toBe(403);
    }
  });

  test('may link to the front door, which the redirect file does too', async () => {
    const headers = {
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    };
    expect((await started.send({ path: '/', headers })).status).toBe(200);
    const path = started.host.url().replace(/^.*\/start/, '/start');
    expect((await started.send({ path, headers })).status).toBe(303);
  });

  test('does not use a link up by embedding it', async () => {
    const path = started.host.url().replace(/^.*\/start/, '/start');
    const headers = {
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'no-cors',
      'Sec-Fetch-Dest': 'image',
    };
    expect((await started.send({ path, headers })).status).toBe(403);
    expect((await started.send({ path })).status).toBe(303);
  });

  test('a page that asks from elsewhere is refused by its origin too', async () => {
    expect((await started.send({ headers: { Origin: 'https://evil.example' } })).status).toBe(403);
  });

  test('browsers that do not send Sec-Fetch are served', async () => {
    const none = { 'Sec-Fetch-Site': undefined, 'Sec-Fetch-Mode': undefined, 'Sec-Fetch-Dest': undefined };
    expect((await started.send({ headers: none })).status).toBe(200);
    expect((await started.send(withHeaders(info(), none))).status).toBe(200);
  });
});

describe('methods', () => {
  test.each(['OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'])('%s is refused', async (method) => {
    for (const path of ['/', '/start', '/rpc/system/info', '/assets/index-C0ffee42.js']) {
      const answer = await started.send({ method, path, headers: { Cookie: cookie } });
      expect([path, answer.status]).toEqual([path, 405]);
      expect(answer.headers.get('allow')).toBe(path.startsWith('/rpc/') ? 'POST' : 'GET, HEAD');
    }
  });

  test('calls take POST only', async () => {
    for (const method of ['GET', 'HEAD']) {
      const path = '/rpc/system/info?data=%7B%7D';
      expect((await started.send({ method, path, headers: { Cookie: cookie } })).status).toBe(405);
    }
  });

  test('pages do not take POST', async () => {
    expect((await started.send({ method: 'POST', path: '/', body: '{}' })).status).toBe(405);
    const path = started.host.url().replace(/^.*\/start/, '/start');
    expect((await started.send({ method: 'POST', path, body: '{}' })).status).toBe(405);
    expect((await started.send({ path })).status).toBe(303);
  });

  test('a preflight gets no CORS header, nor does anything else', async () => {
    const preflight = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
    const answers = [
      await started.send({ method: 'OPTIONS', path: '/rpc/system/info', headers: preflight }),
      await started.send(info()),
      await started.send(withHeaders(info(), { Origin: 'https://evil.example' })),
      await started.send({ path: '/' }),
      await started.send({ path: '/assets/index-C0ffee42.js' }),
      await started.send({ path: started.host.url().replace(/^.*\/start/, '/start') }),
    ];
    for (const { text } of answers) expect(text).not.toMatch(/access-control-/i);
  });
});

describe('the body of a call', () => {
  test.each([
    undefined,
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'text/plain; application/json',
    'application/json; charset=utf-16',
  ])('must be JSON, not %s', async (type) => {
    expect((await started.send(withHeaders(info(), { 'Content-Type': type }))).status).toBe(415);
  });

  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])(
    '%s is JSON',
    async (type) => {
      expect((await started.send(withHeaders(info(), { 'Content-Type': type }))).status).toBe(200);
    },
  );

  test.each(['', '{', 'null', '[]', '"x"', '1', '{"json":{},"meta":7}', '{"json":{},"meta":[[0,"a","b"]]}'])(
    'that makes no sense (%s) is refused in plain words',
    async (body) => {
      const answer = await started.send({ ...call('sources/objects', cookie), body });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(JSON.parse(answer.body)).toMatchObject({
        json: { code: 'INPUT_INVALID', data: { fix: expect.any(String) } },
      });
      expect(answer.body).not.toMatch(/\bat .*\.(ts|mjs|js):\d+/);
    },
  );

  test('larger than 1 MiB is refused before it is sent', async () => {
    const headers = { Cookie: cookie, 'Content-Length': String(1024 * 1024 + 1) };
    const answer = await started.send({ method: 'POST', path: '/rpc/system/info', headers });
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body)).toMatchObject({ json: { code: 'INPUT_INVALID' } });
  });

  test('larger than 1 MiB is refused when its length is not told', async () => {
    const connection = await openRaw(started.port);
    const headers = { Cookie: cookie, 'Transfer-Encoding': 'chunked' };
    connection.socket.write(request(started.port, { method: 'POST', path: '/rpc/system/info', headers }));
    const piece = 'x'.repeat(64 * 1024);
    for (let sent = 0; sent <= 1024 * 1024; sent += piece.length) {
      connection.socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
    }
    await connection.until(/\r\n\r\n/);
    expect(parseAnswer(connection.received()).status).toBe(413);
    connection.socket.destroy();
  });

  test('of exactly 1 MiB is read', async () => {
    const frame = '{"json":{},"x":""}';
    const body = frame.replace('""', `"${'x'.repeat(1024 * 1024 - frame.length)}"`);
    const answer = await started.send({ ...info(), body });
    expect([Buffer.byteLength(body), answer.status]).toEqual([1024 * 1024, 200]);
  });

  test('with two lengths, or a length and chunks, is refused', async () => {
    const { port } = started;
    const lengths = request(port, info()).replace('\r\n\r\n', '\r\nContent-Length: 1\r\n\r\n');
    expect((await sendRaw(port, lengths)).status).toBe(400);
    const chunked = request(port, info()).replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n');
    expect((await sendRaw(port, chunked)).status).toBe(400);
  });

  test('a call that does not exist is not found', async () => {
    for (const path of ['no/such', '__proto__', 'constructor/prototype', 'jobs', 'jobs/watch/x', '']) {
      const answer = await started.send(call(path, cookie));
      expect([path, answer.status]).toEqual([path, 404]);
      expect(JSON.parse(answer.body)).toMatchObject({ json: { code: 'NOT_FOUND' } });
    }
  });
});

test('every kind of answer carries the protections', async () => {
  const answers = [
    await started.send({ path: '/' }),
    await started.send({ path: '/assets/index-C0ffee42.js' }),
    await started.send({ path: '/nothing' }),
    await started.send({ path: '/start' }),
    await started.send({ path: started.host.url().replace(/^.*\/start/, '/start') }),
    await started.send(info()),
    await started.send(call('system/info')),
    await started.send(call('sources/objects', cookie, { name: 'nothing' })),
    await started.send({ headers: { Host: 'evil.example' } }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 403, 303, 200, 401, 404, 421]);
  for (const { headers } of answers) {
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; " +
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(headers.has('x-powered-by')).toBe(false);
  }
});

test('it listens on 127.0.0.1 only', async () => {
  const { networkInterfaces } = await import('node:os');
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address, scopeid }) => address !== '127.0.0.1' && !scopeid)
    .map(({ address }) => address);
  const { connect } = await import('node:net');
  for (const address of [...others, '127.0.0.2']) {
    const refused = new Promise((resolve) => {
      connect(started.port, address)
        .once('error', () => resolve(true))
        .once('connect', () => resolve(false));
    });
    expect([address, await refused]).toEqual([address, true]);
  }
});
