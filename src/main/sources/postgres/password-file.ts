/** `.pgpass`: where psql's users keep their passwords. */
import { readFile, stat } from 'node:fs/promises';
import { defaultSocketDirs } from './socket-dirs.ts';

export interface PasswordQuestion {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** The password, or why a file that is there was not used. */
export interface PasswordAnswer {
  readonly password: string | null;
  readonly ignored: string | null;
}

/**
 * Looks a password up by libpq's rules: first line that fits wins, `*` fits everything, a socket in a default
 * folder is known as `localhost`, and a file that others may read is not used at all.
 * @see https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export async function askPasswordFile(
  path: string,
  question: PasswordQuestion,
  platform: NodeJS.Platform = process.platform,
): Promise<PasswordAnswer> {
  let text: string;
  try {
    const info = await stat(path);
    if (!info.isFile()) return { password: null, ignored: `the password file ${path} is not a plain file` };
    if (platform !== 'win32' && (info.mode & 0o077) !== 0) {
      return {
        password: null,
        ignored: `the password file ${path} was not used, since others may read it (chmod 600 mends that)`,
      };
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // no file is the normal case, and not worth a word
    if (code === 'ENOENT' || code === 'ENOTDIR') return { password: null, ignored: null };
    return { password: null, ignored: `the password file ${path} cannot be read (${code})` };
  }
  return { password: findPassword(text, question), ignored: null };
}

/** Pure part of {@link askPasswordFile}. */
export function findPassword(text: string, question: PasswordQuestion): string | null {
  const hosts = defaultSocketDirs.includes(question.host) ? [question.host, 'localhost'] : [question.host];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue;
    const [host, port, database, user, password] = splitLine(line.replace(/\r$/, ''));
    if (password === undefined || host === undefined) continue;
    const fits =
      (host === '*' || hosts.some((name) => plain(host) === name)) &&
      (port === '*' || port === String(question.port)) &&
      (database === '*' || plain(database ?? '') === question.database) &&
      (user === '*' || plain(user ?? '') === question.user);
    if (fits) return plain(password);
  }
  return null;
}

/** Splits at the first four colons that no backslash precedes; escapes stay, so that `\\*` is not `*`. */
function splitLine(line: string): readonly string[] {
  const fields: string[] = [];
  let field = '';
  for (let index = 0; index < line.length; index += 1) {
    const char = line[index] ?? '';
    if (char === '\\' && index + 1 < line.length) {
      field += char + (line[index + 1] ?? '');
      index += 1;
    } else if (char === ':' && fields.length < 4) {
      fields.push(field);
      field = '';
    } else {
      field += char;
    }
  }
  fields.push(field);
  return fields;
}

const plain = (field: string): string => field.replace(/\\(.)/gs, '$1');
