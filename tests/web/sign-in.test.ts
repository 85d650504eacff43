import { expect, test } from 'vitest';
import { request, sendRaw } from './raw-http.ts';
import { call, cookieOf, start } from './start.ts';

const pathOf = (url: string): string => url.replace(/^http:\/\/127\.0\.0\.1:\d+/, '');

test('a link is exchanged once for a cookie, which opens the calls', async () => {
  await using started = await start();
  const { host, port, send } = started;
  const url = host.url();
  expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/start\\?token=[\\w-]{43}$`));

  const first = await send({ path: pathOf(url) });
  expect(first.status).toBe(303);
  expect(first.headers.get('location')).toBe('/');
  expect(first.headers.get('set-cookie')).toMatch(
    new RegExp(`^sluice-${port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
  );
  expect(first.headers.get('cache-control')).toBe('no-store');

  const info = await send(call('system/info', cookieOf(first)));
  expect(info.status).toBe(200);
  expect(JSON.parse(info.body)).toMatchObject({ json: { host: 'web', canChooseFiles: false } });

  const second = await send({ path: pathOf(url) });
  expect(second.status).toBe(403);
  expect(second.headers.has('set-cookie')).toBe(false);
  expect(second.body).toContain('opens Sluice once');
  expect(second.body.replaceAll('&#34;', '"')).toContain(
    'Run "sluice web" again, or press Enter where it runs',
  );
});

test.each([
  ['no token', '/start'],
  ['an empty token', '/start?token='],
  ['a wrong token of the right length', `/start?token=${'A'.repeat(43)}`],
  ['a very long token', `/start?token=${'A'.repeat(10_000)}`],
  ['a token that is no text', '/start?token=%ff%00'],
])('%s opens nothing', async (_, path) => {
  await using started = await start();
  started.host.url();
  const { status, headers } = await started.send({ path });
  expect(status).toBe(403);
  expect(headers.has('set-cookie')).toBe(false);
});

test('part of a token opens nothing, and does not use the link up', async () => {
  await using started = await start();
  const path = pathOf(started.host.url());
  expect((await started.send({ path: path.slice(0, -1) })).status).toBe(403);
  expect((await started.send({ path: `${path}A` })).status).toBe(403);
  expect((await started.send({ path })).status).toBe(303);
});

test('a link is worth nothing when its time is over, and says when that is', async () => {
  await using started = await start({ limits: { linkMs: 100 } });
  const { url, spent } = started.host.link();
  await spent;
  expect((await started.send({ path: pathOf(url) })).status).toBe(403);
});

test('a used link says so', async () => {
  await using started = await start();
  const { url, spent } = started.host.link();
  await started.send({ path: pathOf(url) });
  await spent;
});

test('two links at once sign two browsers in, each with a session of its own', async () => {
  await using started = await start();
  const urls = [started.host.url(), started.host.url()];
  const cookies = await Promise.all(
    urls.map(async (url) => cookieOf(await started.send({ path: pathOf(url) }))),
  );
  expect(new Set(cookies).size).toBe(2);
  for (const cookie of cookies) expect((await started.send(call('system/info', cookie))).status).toBe(200);
});

test('asking for headers, or a browser that looks ahead, does not use the link up', async () => {
  await using started = await start();
  const path = pathOf(started.host.url());
  expect((await started.send({ method: 'HEAD', path })).status).toBe(403);
  expect((await started.send({ path, headers: { 'Sec-Purpose': 'prefetch;prerender' } })).status).toBe(403);
  expect((await started.send({ path })).status).toBe(303);
});

test.each(['sources/list', 'jobs/watch', 'no/such/call'])('without a cookie %s is refused', async (path) => {
  await using started = await start();
  const answer = await started.send(call(path));
  expect(answer.status).toBe(401);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(JSON.parse(answer.body)).toMatchObject({
    json: { defined: true, code: 'WEB_SIGNED_OUT', data: { fix: expect.stringContaining('sluice web') } },
  });
});

test('only the exact cookie counts', async () => {
  await using started = await start();
  const cookie = await started.signIn();
  const [name = '', value = ''] = cookie.split('=');
  const statusWith = async (text: string) => (await started.send(call('system/info', text))).status;
  expect(await statusWith(cookie)).toBe(200);
  expect(await statusWith(`theme=dark; ${cookie}; other=1`)).toBe(200);
  expect(await statusWith(`${name}=wrong; ${cookie}`)).toBe(200);
  for (const wrong of [
    `${name}=`,
    `${name}=${value.slice(0, -1)}`,
    `${name}=${value}x`,
    `${name}=${value.toLowerCase()}`,
    `sluice=${value}`,
    `x${cookie}`,
    value,
  ]) {
    expect(await statusWith(wrong)).toBe(401);
  }
});

test("the cookie of another port's Sluice is not accepted, under either name", async () => {
  await using one = await start();
  await using other = await start();
  const value = (await other.signIn()).split('=')[1];
  for (const port of [one.port, other.port]) {
    const answer = await one.send(call('system/info', `sluice-${port}=${value}`));
    expect(answer.status).toBe(401);
  }
});

test('a cookie does not outlive its host, even on the same port', async () => {
  let cookie: string;
  let port: number;
  {
    await using first = await start();
    cookie = await first.signIn();
    port = first.port;
  }
  await using second = await start({ port });
  expect((await second.send(call('system/info', cookie))).status).toBe(401);
});

test('the token and the cookie stand in no page and no error', async () => {
  await using started = await start();
  const url = started.host.url();
  const token = url.split('token=')[1] ?? '';
  const cookie = await started.signIn();
  const answers = [
    await started.send({ path: '/' }),
    await started.send({ path: `/start?token=${token.slice(0, 42)}` }),
    await started.send(call('system/info', cookie)),
    await started.send(call('no/such', cookie)),
    await sendRaw(started.port, request(started.port, { path: `/nothing?token=${token}` })),
  ];
  for (const { text } of answers) {
    expect(text).not.toContain(token);
    expect(text).not.toContain(cookie.split('=')[1]);
  }
});
