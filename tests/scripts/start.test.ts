/** `npm start`: what it builds, when it opens the window, and what it does where it cannot. */

import { once } from 'node:events';
import { copyFileSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { electronPath, fetchElectron, whyNoWindow } from '../../scripts/start/electron-runtime.ts';
import { isStale } from '../../scripts/start/staleness.mjs';
import { startProgram } from '../support/child.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');

describe('why there is no window', () => {
  const linux = { platform: 'linux', env: { DISPLAY: ':0' }, uid: 1000 } as const;

  it('on Linux: no display, or root', () => {
    expect(whyNoWindow(linux)).toBeUndefined();
    expect(whyNoWindow({ ...linux, env: { WAYLAND_DISPLAY: 'wayland-0' } })).toBeUndefined();
    expect(whyNoWindow({ ...linux, env: {} })).toBe('there is no display');
    expect(whyNoWindow({ ...linux, env: { DISPLAY: '' } })).toBe('there is no display');
    expect(whyNoWindow({ ...linux, uid: 0 })).toBe('Electron does not run as root');
  });

  it('elsewhere: nothing', () => {
    expect(whyNoWindow({ platform: 'darwin', env: {}, uid: 0 })).toBeUndefined();
    expect(whyNoWindow({ platform: 'win32', env: {}, uid: undefined })).toBeUndefined();
  });
});

describe('the Electron runtime', () => {
  it('is where the package says', () => {
    const folder = temporaryFolder();
    expect(electronPath(folder, {})).toBeUndefined();
    writeFileSync(join(folder, 'path.txt'), 'electron');
    expect(electronPath(folder, {})).toBeUndefined();
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist/electron'), '');
    expect(electronPath(folder, {})).toBe(join(folder, 'dist/electron'));
    expect(electronPath(folder, { ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'other') })).toBeUndefined();
  });

  /** The package's own installer, away from the real one, and without anybody's cache. */
  function installer(mirror: string): { folder: string; env: NodeJS.ProcessEnv } {
    const home = temporaryFolder();
    const folder = join(home, 'electron');
    mkdirSync(folder);
    symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'), 'junction');
    for (const file of ['install.js', 'package.json', 'checksums.json']) {
      copyFileSync(join(root, 'node_modules/electron', file), join(folder, file));
    }
    const { ELECTRON_GET_USE_PROXY: _, ...env } = process.env;
    return { folder, env: { ...env, ELECTRON_MIRROR: mirror, electron_config_cache: join(home, 'cache') } };
  }

  const silent = (): void => undefined;
  const limits = { lookupMs: 1500, fetchMs: 30_000 };

  it('is not asked for where its server is not found, and that is known soon', async () => {
    const { folder, env } = installer('https://mirror.invalid/');
    const started = performance.now();
    expect(await fetchElectron(folder, env, limits, silent)).toBe(
      'the Electron runtime cannot be fetched: mirror.invalid is not found',
    );
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('is given up when the server says no', async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { folder, env } = installer(`http://127.0.0.1:${port}/`);
    expect(await fetchElectron(folder, env, limits, silent)).toMatch(/cannot be fetched: .*fetch failed/);
  });

  it('is given up when the server is silent', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { folder, env } = installer(`http://127.0.0.1:${port}/`);
    const why = await fetchElectron(folder, env, { ...limits, fetchMs: 1000 }, silent);
    expect(why).toMatch(/cannot be fetched: not done after 1 s/);
  });

  it('cannot be had where the package is not installed', async () => {
    expect(await fetchElectron(temporaryFolder(), {}, limits, silent)).toBe('Electron is not installed');
  });
});

describe('what is stale', () => {
  it('is what is older than a source, or not there', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'src/deep'), { recursive: true });
    const date = (path: string, seconds: number): void => utimesSync(join(folder, path), seconds, seconds);
    for (const path of ['src/deep/a.ts', 'package.json', 'built']) writeFileSync(join(folder, path), '');
    const settle = (): void => {
      for (const path of ['src/deep/a.ts', 'src/deep', 'src', 'package.json']) date(path, 1000);
    };
    settle();
    date('built', 2000);
    expect(isStale(folder, ['built'])).toBe(false);
    expect(isStale(folder, ['built', 'missing'])).toBe(true);
    for (const path of ['src/deep/a.ts', 'package.json']) {
      date(path, 3000);
      expect(isStale(folder, ['built'])).toBe(true);
      settle();
    }
    rmSync(join(folder, 'src/deep/a.ts'));
    expect(isStale(folder, ['built'])).toBe(true);
  });
});

describe('npm start', () => {
  it.skipIf(process.platform !== 'linux')(
    'opens the browser’s host where there is no display, and says so',
    async () => {
      const env = {
        DISPLAY: '',
        WAYLAND_DISPLAY: '',
        SLUICE_DATA_DIR: temporaryFolder(),
        SLUICE_HOST: undefined,
      };
      const child = startProgram(process.execPath, [join(root, 'scripts/start.mjs'), '--json'], { env });
      let errors = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        errors += text;
      });
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
      const { url } = JSON.parse(line) as { url: string };
      expect((await fetch(url, { redirect: 'manual' })).status).toBe(303);
      expect(errors).toBe('Sluice opens in the browser: there is no display.\n');
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      const [code] = (await ended) as [number | null];
      expect(code).not.toBeNull();
      await expect(fetch(url)).rejects.toThrow();
    },
  );
});
