/** Connection service files: `?service=NAME` takes its parameters from there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../../../shared/errors.ts';

export interface ServiceFilePlaces {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
}

/**
 * The parameters of a service, by libpq's rules: PGSERVICEFILE (else ~/.pg_service.conf), then
 * pg_service.conf in PGSYSCONFDIR.
 * @see https://www.postgresql.org/docs/current/libpq-pgservice.html
 * @throws SluiceError INPUT_INVALID where no file has the service
 */
export async function readService(
  name: string,
  { env, home }: ServiceFilePlaces,
): Promise<ReadonlyMap<string, string>> {
  const personal = env.PGSERVICEFILE ?? join(home, '.pg_service.conf');
  const shared = env.PGSYSCONFDIR === undefined ? [] : [join(env.PGSYSCONFDIR, 'pg_service.conf')];
  const paths = [personal, ...shared];
  for (const path of paths) {
    const text = await readIfThere(path, path === env.PGSERVICEFILE);
    const service = text === null ? null : findService(text, name);
    if (service !== null) return service;
  }
  throw new SluiceError('INPUT_INVALID', `there is no service "${name}" in ${paths.join(' or ')}`, {
    details: { service: name, files: paths },
    fix: 'Check the name, or point PGSERVICEFILE at the file that holds it.',
  });
}

async function readIfThere(path: string, named: boolean): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT' && !named) return null;
    throw new SluiceError('INPUT_INVALID', `the service file ${path} cannot be read (${code})`, {
      cause: error,
      fix: 'Check the path in PGSERVICEFILE and the rights of the file.',
    });
  }
}

/** Pure part of {@link readService}: `[name]` sections of `keyword=value` lines, `#` comments. */
export function findService(text: string, name: string): ReadonlyMap<string, string> | null {
  let found: Map<string, string> | null = null;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('[')) {
      if (found !== null) return found;
      if (line === `[${name}]`) found = new Map();
      continue;
    }
    const equals = line.indexOf('=');
    // first mention wins, as in libpq
    if (found === null || equals < 1 || found.has(line.slice(0, equals))) continue;
    found.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return found;
}
