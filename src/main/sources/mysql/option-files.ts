/** `my.cnf`: where the users of the mysql client keep how they connect. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../../../shared/errors.ts';
import { optionName } from './url.ts';

export interface OptionFileQuestion {
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  /** The one file to read, in the place of the usual ones. */
  readonly defaultsFile: string | undefined;
  /** Reads `[client_suffix]` after `[client]`. */
  readonly groupSuffix: string | undefined;
  /** The files of the whole computer; the usual ones where absent. */
  readonly systemFiles?: readonly string[] | undefined;
}

export interface OptionFileAnswer {
  /** Long options of the client, with `-` between their words; one without a value holds ''. */
  readonly options: ReadonlyMap<string, string>;
  /** Why a file that is there was not used. */
  readonly notes: readonly string[];
}

/** What every client program reads; those of `mysql` and `mysqldump` alone hold options of their own. */
const groups = ['client', 'client-server', 'client-mariadb'];

const deepestInclude = 10;

/**
 * Reads the option files in the client's order, a later value over an earlier one. As there, a file that anybody
 * may write to is not used.
 * @see https://dev.mysql.com/doc/refman/8.4/en/option-files.html
 * @throws SluiceError INPUT_INVALID where a file that was named cannot be read
 */
export async function readOptionFiles(question: OptionFileQuestion): Promise<OptionFileAnswer> {
  const { env, home, defaultsFile, groupSuffix, systemFiles = usualSystemFiles(env) } = question;
  const wanted = new Set(groupSuffix ? [...groups, ...groups.map((group) => group + groupSuffix)] : groups);
  const reading: Reading = { wanted, options: new Map(), notes: [] };
  if (defaultsFile !== undefined) {
    await readOne(defaultsFile, reading, true);
    return reading;
  }
  const beside = env.MYSQL_HOME ? [join(env.MYSQL_HOME, 'my.cnf')] : [];
  for (const path of [...systemFiles, ...beside, join(home, '.my.cnf')]) await readOne(path, reading, false);
  return reading;
}

interface Reading {
  readonly wanted: ReadonlySet<string>;
  readonly options: Map<string, string>;
  readonly notes: string[];
}

function usualSystemFiles(env: NodeJS.ProcessEnv): readonly string[] {
  if (process.platform !== 'win32') return ['/etc/my.cnf', '/etc/mysql/my.cnf'];
  return [env.WINDIR ?? 'C:\\Windows', 'C:\\'].flatMap((dir) => [join(dir, 'my.ini'), join(dir, 'my.cnf')]);
}

async function readOne(path: string, reading: Reading, named: boolean, depth = 0): Promise<void> {
  let text: string;
  try {
    const info = await stat(path);
    if (!info.isFile()) throw Object.assign(new Error('not a plain file'), { code: 'not a plain file' });
    if (process.platform !== 'win32' && (info.mode & 0o002) !== 0) {
      reading.notes.push(`${path} was not used, since anybody may write to it (chmod o-w mends that)`);
      return;
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (named) {
      throw new SluiceError('INPUT_INVALID', `the option file ${path} cannot be read (${code})`, {
        cause: error,
        fix: 'Check the path in defaults-file and the rights of the file.',
      });
    }
    // no file is the normal case, and not worth a word
    if (code !== 'ENOENT' && code !== 'ENOTDIR') reading.notes.push(`${path} cannot be read (${code})`);
    return;
  }
  await readText(text, reading, depth);
}

async function readText(text: string, reading: Reading, depth: number): Promise<void> {
  let inGroup = false;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    const include = /^!include(dir)?\s+(.+)$/.exec(line);
    const group = /^\[\s*([^\]]*?)\s*\]/.exec(line)?.[1];
    if (include !== null && depth < deepestInclude) {
      for (const path of await includedFiles(include[2] ?? '', include[1] !== undefined)) {
        await readOne(path, reading, false, depth + 1);
      }
    } else if (group !== undefined) {
      inGroup = reading.wanted.has(group);
    } else if (inGroup && line !== '' && !/^[#;!]/.test(line)) {
      const [name, value] = readOption(line);
      reading.options.set(name, value);
    }
  }
}

/** A folder stands for its `.cnf` files, in the order of their names. */
async function includedFiles(path: string, isFolder: boolean): Promise<readonly string[]> {
  if (!isFolder) return [path];
  const names = await readdir(path).catch((): string[] => []);
  const ending = process.platform === 'win32' ? /\.(cnf|ini)$/ : /\.cnf$/;
  return names
    .filter((name) => ending.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** Pure: one line of a group. */
export function readOption(line: string): readonly [string, string] {
  const text = line.slice(0, commentAt(line));
  const equals = text.indexOf('=');
  const name = (equals < 0 ? text : text.slice(0, equals)).trim().replace(/^loose[-_]/, '');
  const value = equals < 0 ? '' : text.slice(equals + 1).trim();
  const inner = /^(['"])(.*)\1$/s.exec(value)?.[2] ?? value;
  return [optionName(name), inner.replace(/\\([btnrs\\'"])/g, (_, char) => escapes[char] ?? char)];
}

const escapes: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', r: '\r', s: ' ' };

/** Where the comment begins: a `#` outside quotes ends the value, as the client has it. */
function commentAt(line: string): number {
  let quote = '';
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (quote !== '' && char === '\\') at += 1;
    else if (quote !== '' && char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (quote === '' && char === '#') return at;
  }
  return line.length;
}
