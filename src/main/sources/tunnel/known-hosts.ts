/** Host keys that are known, as ssh keeps them: what a known_hosts file says about a host. */
import { createHash, createHmac } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A row of a file that is about the host that was asked for. */
export interface KnownKey {
  /** E.g. `ssh-ed25519`. */
  readonly type: string;
  /** As the server shows it. */
  readonly blob: Buffer;
  readonly marker: 'revoked' | 'cert-authority' | null;
  readonly file: string;
  /** Counted from one. */
  readonly line: number;
}

/** What a server is called there: ssh leaves its own port out. */
export const hostNameOf = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;

/** As ssh shows it: `SHA256:` and the base64 of the digest, without padding. */
export const fingerprintOf = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

/** The type that a public key says of itself; '' where it is none. */
export function keyTypeOf(blob: Buffer): string {
  if (blob.length < 4) return '';
  const length = blob.readUInt32BE(0);
  return length <= 64 && blob.length >= 4 + length ? blob.toString('latin1', 4, 4 + length) : '';
}

/**
 * The rows about a host. A file that is not there says nothing; a row that ssh would not understand says nothing
 * either, as in ssh.
 * @param name as {@link hostNameOf} makes it
 * @throws what reading a file that is there raises
 */
export function knownKeys(files: readonly string[], name: string): KnownKey[] {
  return files.flatMap((file) =>
    textOf(file)
      .split('\n')
      .flatMap((text, index): KnownKey[] => {
        const row = parseRow(text);
        if (row === null || !isAbout(row.hosts, name)) return [];
        return [{ type: row.type, blob: row.blob, marker: row.marker, file, line: index + 1 }];
      }),
  );
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

interface KnownRow {
  readonly marker: KnownKey['marker'];
  readonly hosts: string;
  readonly type: string;
  readonly blob: Buffer;
}

function parseRow(text: string): KnownRow | null {
  const words = text.trim().split(/[ \t]+/);
  const first = words[0] ?? '';
  if (first === '' || first.startsWith('#')) return null;
  const marked = first.startsWith('@');
  if (marked && first !== '@revoked' && first !== '@cert-authority') return null;
  const [hosts, type, base64] = marked ? words.slice(1) : words;
  if (hosts === undefined || type === undefined || base64 === undefined) return null;
  const blob = Buffer.from(base64, 'base64');
  // the old protocol's rows have numbers here
  if (keyTypeOf(blob) !== type) return null;
  const marker = marked ? (first.slice(1) as 'revoked' | 'cert-authority') : null;
  return { marker, hosts, type, blob };
}

/** A hashed name, or patterns of which one fits and none that begins with `!` does. */
function isAbout(hosts: string, name: string): boolean {
  if (hosts.startsWith('|')) return isHashOf(hosts, name);
  let found = false;
  for (const pattern of hosts.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!fits(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

/** `|1|salt|HMAC-SHA1 of the name`. */
function isHashOf(hashed: string, name: string): boolean {
  const [, version, salt = '', digest = ''] = hashed.split('|');
  if (version !== '1') return false;
  const own = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return own.equals(Buffer.from(digest, 'base64'));
}

/** `*` for any text, `?` for one character; brackets stand for themselves. */
function fits(pattern: string, name: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 's').test(name);
}

/**
 * Adds a key at the end of a file of our own, which is made where it is missing.
 * @throws what writing raises
 */
export function addKnownKey(file: string, name: string, blob: Buffer): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const before = textOf(file);
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  const row = `${gap}${name} ${keyTypeOf(blob)} ${blob.toString('base64')}\n`;
  appendFileSync(file, row, { mode: 0o600 });
}
