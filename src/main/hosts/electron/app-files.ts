/** Answers the requests of the window: the built page's files, and nothing outside their folder. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, isAbsolute, join, relative, sep } from 'node:path';
import { contentSecurityPolicy, contentTypes } from '../page.ts';
import { appHost, appScheme } from './app-origin.ts';

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
} as const;

/**
 * The answer to one request of the own scheme: 200 with the file, 405 for anything but GET, else 404.
 * @param folder absolute; holds index.html
 */
export async function answerAppRequest(
  folder: string,
  request: Pick<Request, 'method' | 'url'>,
): Promise<Response> {
  if (request.method !== 'GET') return refusal(405, 'Only GET is answered here', { allow: 'GET' });
  const file = await fileFor(folder, request.url);
  if (file === undefined) return refusal(404, 'There is no such file');
  const type = contentTypes[extname(file).toLowerCase()] ?? 'application/octet-stream';
  return new Response(await readFile(file), { headers: { ...headers, 'content-type': type } });
}

function refusal(status: number, words: string, more: Readonly<Record<string, string>> = {}): Response {
  return new Response(words, { status, headers: { ...headers, ...more, 'content-type': 'text/plain' } });
}

/** The file that a URL names, links followed; undefined when there is none inside the folder. */
async function fileFor(folder: string, text: string): Promise<string | undefined> {
  const path = pathOf(text);
  if (path === undefined) return undefined;
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, path));
    const inside = relative(root, file);
    const escapes = inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
    return !escapes && (await stat(file)).isFile() ? file : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP')
      return undefined;
    throw error;
  }
}

/** Relative to the folder; undefined for another host, and for what no file of ours is called. */
function pathOf(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || url.protocol !== `${appScheme}:` || url.host !== appHost) return undefined;
  const path = decoded(url.pathname);
  // A backslash or a colon leads elsewhere on Windows; the build makes no such names, nor a NUL.
  if (path === undefined || /[\\:\0]/.test(path)) return undefined;
  return path === '' || path === '/' ? 'index.html' : path.slice(1);
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    // Not UTF-8: no file of ours is called so.
    return undefined;
  }
}
