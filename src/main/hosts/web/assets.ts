/** The files of the built renderer, and nothing else of the disk. */
import { accessSync, realpathSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { SluiceError } from '../../../shared/errors.ts';
import { contentTypes } from '../page.ts';

/** The bundler's names: a changed file has another name, so a copy never grows old. */
const hashed = /^\/assets\/[\w.-]+-[\w-]{8}\.\w+$/;

/** What the bundler writes; no `%`, no `\`, no `:`, no leading dot, hence no `..`. */
const ownPath = /^(\/[\w-][\w.-]*)+$/;

export interface Assets {
  /** Answers with the file at a path of our own; false when there is none. */
  send(path: string, response: ServerResponse): Promise<boolean>;
}

/**
 * @param folder the built renderer
 * @throws SluiceError APP_NOT_BUILT
 */
export function openAssets(folder: string): Assets {
  try {
    accessSync(join(folder, 'index.html'));
  } catch (error) {
    throw new SluiceError('APP_NOT_BUILT', `There is no built app in ${folder}`, { cause: error });
  }
  const root = realpathSync(folder);
  return {
    async send(path, response) {
      const body = await fileAt(root, path === '/' ? '/index.html' : path);
      if (body === undefined) return false;
      const type = contentTypes[extname(path === '/' ? 'index.html' : path)] ?? 'application/octet-stream';
      if (hashed.test(path)) response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length }).end(body);
      return true;
    },
  };
}

async function fileAt(root: string, path: string): Promise<Buffer | undefined> {
  if (!ownPath.test(path)) return undefined;
  try {
    // A link inside the folder may lead out of it.
    const file = await realpath(join(root, path));
    if (!file.startsWith(root + sep) || !(await stat(file)).isFile()) return undefined;
    return await readFile(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(String(error.code));
