/** Reads a connection URL without touching the machine: no files, no environment. */
import { invalidUrl, splitUrl, type UrlParameter, unknownParameter } from '../url-parts.ts';

/** Options of the mysql client that Sluice acts on, as they may stand in a URL or an option file. */
export const supportedOptions = [
  ...['host', 'port', 'database', 'user', 'password', 'socket', 'connect-timeout'],
  ...['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key', 'get-server-public-key'],
] as const;

/** What only a URL may say: which option files are read, and which of their groups. */
const fileOptions = ['defaults-file', 'defaults-group-suffix'] as const;

export type MysqlOption = (typeof supportedOptions)[number] | (typeof fileOptions)[number];

/** Values by option; one that was not given is absent. */
export type MysqlParameters = Partial<Readonly<Record<MysqlOption, string>>>;

/** Options that cannot change what is read or how safe it is: taken and left alone. */
const harmless: ReadonlySet<string> = new Set(['default-character-set', 'charset', 'compression']);

const secretNames: ReadonlySet<string> = new Set(['password', 'pass', 'pwd']);

export interface MysqlUrl {
  /** What the URL says, decoded; the password is never among it. */
  readonly parameters: MysqlParameters;
  readonly hasPassword: boolean;
  /** The same URL with every password cut out; otherwise to the letter as it was given. */
  readonly withoutPassword: string;
}

/**
 * Parses `mysql://` and `mariadb://` URLs. Every part may be left out and may be percent-encoded; parameters are
 * the long options of the mysql client, with `-` or `_`; a host that begins with `/` is a socket.
 * No error repeats the URL, since it may hold a password.
 * @throws SluiceError INPUT_INVALID
 */
export function parseMysqlUrl(url: string): MysqlUrl {
  const scheme = /^(?:mysql|mariadb):\/\//.exec(url)?.[0];
  if (scheme === undefined) throw invalidUrl('a MySQL URL begins with mysql:// or mariadb://');
  const { user, password, host, port, database, parameters, without } = splitUrl(url, scheme);
  const before = { user, [host.startsWith('/') ? 'socket' : 'host']: host, port, database };
  const found = new Map(Object.entries(before).filter(([, value]) => value !== ''));
  let hasPassword = password !== '';
  for (const parameter of parameters) {
    if (secretNames.has(parameter.name)) hasPassword ||= parameter.value !== '';
    else store(parameter, found);
  }
  return { parameters: Object.fromEntries(found), hasPassword, withoutPassword: without(secretNames) };
}

/** `ssl_mode`, and `sslMode` as JDBC writes it, are the client's `ssl-mode`. */
export const optionName = (name: string): string => {
  const dashed = name.replaceAll('_', '-');
  return /^ssl-?mode$/i.test(dashed) ? 'ssl-mode' : dashed;
};

function store({ name, value }: UrlParameter, found: Map<string, string>): void {
  const option = optionName(name);
  if (harmless.has(option)) return;
  const known: readonly string[] = [...supportedOptions, ...fileOptions];
  if (!known.includes(option)) {
    throw unknownParameter(
      name,
      known.filter((supported) => !secretNames.has(supported)),
    );
  }
  found.set(option, value);
}
