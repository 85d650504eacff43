import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataFolder } from '../../src/main/core/index.ts';
import { startWebHost } from '../../src/main/hosts/web/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Started, start } from './start.ts';

let started: Started;

beforeAll(async () => {
  started = await start();
});

afterAll(() => started[Symbol.asyncDispose]());

test.each([
  ['/', 'text/html; charset=utf-8', 'no-store'],
  ['/index.html', 'text/html; charset=utf-8', 'no-store'],
  ['/?x=1', 'text/html; charset=utf-8', 'no-store'],
  ['/assets/index-C0ffee42.js', 'text/javascript; charset=utf-8', 'private, max-age=31536000, immutable'],
  ['/assets/index-Bx3_d-9q.css', 'text/css; charset=utf-8', 'private, max-age=31536000, immutable'],
  ['/favicon.svg', 'image/svg+xml', 'no-store'],
])('%s is served as %s, %s', async (path, type, cache) => {
  const answer = await started.send({ path });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe(type);
  expect(answer.headers.get('cache-control')).toBe(cache);
  expect(answer.headers.get('content-length')).toBe(String(answer.body.length));
  const head = await started.send({ method: 'HEAD', path });
  expect([head.status, head.body]).toEqual([200, '']);
  expect(head.headers.get('content-length')).toBe(answer.headers.get('content-length'));
});

test('no path leads out of the folder', async () => {
  symlinkSync(started.secretFile, join(started.renderer, 'assets/link.txt'));
  symlinkSync(join(started.renderer, '..'), join(started.renderer, 'assets/up'));
  mkdirSync(join(started.renderer, '.git'));
  writeFileSync(join(started.renderer, '.git/config'), 'a file that nobody may read');
  const paths = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/./../../secret.txt',
    '//secret.txt',
    '//127.0.0.1/secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/%252e%252e%252fsecret.txt',
    '/..%c0%afsecret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '/assets\\..\\..\\secret.txt',
    '/secret.txt%00.js',
    '/index.html%00',
    '/index.html/',
    '/index.html::$DATA',
    '/C:/secret.txt',
    `/${started.secretFile}`,
    started.secretFile,
    '/assets/link.txt',
    '/assets/up/secret.txt',
    '/.git/config',
    '/assets',
    '/assets/',
    '/nothing.js',
    `/${'a'.repeat(5000)}`,
    `/${'a/'.repeat(3000)}a`,
  ];
  for (const path of paths) {
    const { status, text } = await started.send({ path });
    expect([path, status]).toEqual([path, 404]);
    expect(text).not.toContain('nobody may read');
    expect(text).not.toContain(started.renderer);
  }
});

test('a NUL in the path is no request at all', async () => {
  expect((await started.send({ path: '/index.html\0.js' })).status).toBe(400);
});

test('without a built app the host does not start, and says how to build it', async () => {
  const folder = temporaryFolder();
  const refused = startWebHost({
    folder: dataFolder(join(folder, 'data')),
    renderer: join(folder, 'renderer'),
  });
  await expect(refused).rejects.toMatchObject({
    code: 'APP_NOT_BUILT',
    message: `There is no built app in ${join(folder, 'renderer')}`,
    fix: expect.stringContaining('npm run build'),
  });
});

test('a port that is taken is named', async () => {
  const folder = temporaryFolder();
  const options = {
    folder: dataFolder(join(folder, 'data')),
    renderer: started.renderer,
    port: started.port,
  };
  await expect(startWebHost(options)).rejects.toMatchObject({
    code: 'IN_USE',
    message: `Sluice cannot listen on port ${started.port} of 127.0.0.1: another program is using it`,
  });
});
