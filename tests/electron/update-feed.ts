/** A place where new versions are published, as electron-builder's generic one, and an installed AppImage. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { temporaryFolder } from '../support/temporary-folder.ts';

export interface Feed extends AsyncDisposable {
  readonly url: string;
  /** What was asked for, without its query. */
  readonly asked: readonly { readonly path: string; readonly headers: IncomingHttpHeaders }[];
  /** The answer to the question for the newest version: a text, or a status. */
  latest: string | number;
  /** The program that is published. */
  file: Buffer;
  /** Milliseconds between two pieces of the program. */
  pause: number;
}

/** A program that notes in `mark` how it was started. */
export const program = (mark: string): Buffer =>
  Buffer.from(
    `#!/bin/sh\necho "exit=$APPIMAGE_EXIT_AFTER_INSTALL silent=$APPIMAGE_SILENT_INSTALL" > ${mark}\n`,
  );

/** What electron-builder writes beside a program. */
export const described = (version: string, file: Buffer, more: object = {}): string => {
  const sha512 = createHash('sha512').update(file).digest('base64');
  const url = `Sluice-${version}.AppImage`;
  return stringify({ version, files: [{ url, sha512, size: file.length }], path: url, sha512, ...more });
};

export async function openFeed(): Promise<Feed> {
  const asked: { path: string; headers: IncomingHttpHeaders }[] = [];
  const feed = { latest: 404 as string | number, file: Buffer.alloc(0), pause: 0 };
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    asked.push({ path, headers: request.headers });
    if (path === '/latest-linux.yml') {
      if (typeof feed.latest === 'number') response.writeHead(feed.latest).end();
      else response.end(feed.latest);
      return;
    }
    if (!path.endsWith('.AppImage') || request.headers.range !== undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-length': feed.file.length });
    const piece = Math.ceil(feed.file.length / 20);
    for (let at = 0; at < feed.file.length && !response.destroyed; at += piece) {
      response.write(feed.file.subarray(at, at + piece));
      if (feed.pause > 0) await delay(feed.pause);
    }
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(feed, {
    url: `http://127.0.0.1:${port}/`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

export interface Installed {
  /** For the app that runs. */
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly mark: string;
  /** What stands where the app is installed. */
  appImage(): string;
  /** What was downloaded and kept. */
  kept(): string[];
}

/** An installed app of version 0.1.0 that looks at `url`; as a .deb has it without `appImage`. */
export function installed(url: string, { appImage = true, config = true } = {}): Installed {
  const root = temporaryFolder();
  const resources = join(root, 'resources');
  mkdirSync(resources);
  if (config)
    writeFileSync(
      join(resources, 'app-update.yml'),
      stringify({ provider: 'generic', url, updaterCacheDirName: 'sluice-updater' }),
    );
  const file = join(root, 'sluice.AppImage');
  writeFileSync(file, 'version 0.1.0');
  const pending = join(root, 'cache', 'sluice-updater', 'pending');
  return {
    env: {
      STAND_IN_RESOURCES: resources,
      STAND_IN_VERSION: '0.1.0',
      XDG_CACHE_HOME: join(root, 'cache'),
      APPIMAGE: appImage ? file : '',
    },
    folder: join(root, 'data'),
    mark: join(root, 'mark'),
    appImage: () => readFileSync(file, 'utf8'),
    kept: () =>
      existsSync(pending) ? readdirSync(pending).filter((name) => name.endsWith('.AppImage')) : [],
  };
}
