/** Reads a connection URL as psql does, without touching the machine: no files, no environment. */
import { SluiceError } from '../../../shared/errors.ts';

/** Connection keywords of libpq that Sluice acts on. */
const supported = [
  ...['host', 'port', 'dbname', 'user', 'password', 'passfile', 'service', 'connect_timeout'],
  ...['application_name', 'fallback_application_name', 'options', 'sslmode', 'sslnegotiation'],
  ...['sslrootcert', 'sslcert', 'sslkey', 'sslpassword', 'channel_binding', 'keepalives'],
] as const;

export type PostgresKeyword = (typeof supported)[number];

/** Values by keyword; a keyword that was not given is absent. */
export type PostgresParameters = Partial<Readonly<Record<PostgresKeyword, string>>>;

/** Keywords that cannot change what is read or how safe it is: taken and left alone. */
const harmless: ReadonlySet<string> = new Set([
  ...['client_encoding', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout'],
  ...['sslcompression', 'sslsni', 'load_balance_hosts'],
]);

/** Keywords of which only these values mean what Sluice does anyway. */
const onlyWith: Readonly<Record<string, readonly string[]>> = {
  gssencmode: ['disable', 'prefer'],
  target_session_attrs: ['any', 'prefer-standby'],
};

const secretKeywords: ReadonlySet<string> = new Set(['password', 'sslpassword']);

export interface PostgresUrl {
  /** What the URL says, decoded; the password is never among it. */
  readonly parameters: PostgresParameters;
  /** The database that the URL names, or null where the service, the environment or the user decides. */
  readonly database: string | null;
  readonly hasPassword: boolean;
  /** The same URL with every password cut out; otherwise to the letter as it was given. */
  readonly withoutPassword: string;
}

/** True for text that is meant to be a PostgreSQL URL. */
export const isPostgresUrl = (text: string): boolean => /^postgres(ql)?:\/\//.test(text);

/**
 * Parses `postgres://` and `postgresql://` URLs by libpq's rules: every part may be left out and may be
 * percent-encoded, a query parameter wins over the same part before it, a host that begins with `/` is the
 * folder of a socket. No error repeats the URL, since it may hold a password.
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 * @throws SluiceError INPUT_INVALID
 */
export function parsePostgresUrl(url: string): PostgresUrl {
  const scheme = /^postgres(?:ql)?:\/\//.exec(url)?.[0];
  if (scheme === undefined) throw invalid('a PostgreSQL URL begins with postgres:// or postgresql://');
  const rest = url.slice(scheme.length);
  const login = /^[^@/]*@/.exec(rest)?.[0] ?? '';
  const [place = '', ...queries] = rest.slice(login.length).split('?');
  const query = queries.length === 0 ? undefined : queries.join('?');

  const found = new Map<string, string>();
  readLogin(login, found);
  readPlace(place, found);
  const pairs = query === undefined || query === '' ? [] : query.split('&').map(readPair);
  for (const [name, value] of pairs) store(name, value, found);

  const hasPassword = [...secretKeywords].some((name) => (found.get(name) ?? '') !== '');
  for (const name of secretKeywords) found.delete(name);
  const keptPairs = pairs.filter(([name]) => !secretKeywords.has(name)).map(([, , text]) => text);
  const keptQuery = query === undefined || (keptPairs.length === 0 && pairs.length > 0);
  return {
    parameters: Object.fromEntries(found),
    database: nonEmpty(found.get('dbname')),
    hasPassword,
    withoutPassword: `${scheme}${login.replace(/:.*@$/s, '@')}${place}${keptQuery ? '' : `?${keptPairs.join('&')}`}`,
  };
}

function readLogin(login: string, found: Map<string, string>): void {
  if (login === '') return;
  const text = login.slice(0, -1);
  const colon = text.indexOf(':');
  const user = decode(colon < 0 ? text : text.slice(0, colon), 'user name');
  if (user !== '') found.set('user', user);
  if (colon >= 0) found.set('password', decode(text.slice(colon + 1), 'password'));
}

function readPlace(place: string, found: Map<string, string>): void {
  const slash = place.indexOf('/');
  const address = slash < 0 ? place : place.slice(0, slash);
  // libpq would take what follows for a port or a database; it is far more often a piece of a password
  if (place.includes('@')) {
    throw invalid('the part before the host holds a bare "@" or "/"', 'Write @ as %40 and / as %2F.');
  }
  if (address.includes(',')) throw invalid('a URL with several hosts is not supported', 'Name one host.');
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/s.exec(address);
  if (match === null) throw invalid('the host is not readable', 'Write an IPv6 address in brackets: [::1].');
  const host = decode(match[1] ?? match[2] ?? '', 'host');
  if (host !== '') found.set('host', host);
  const port = match[3] ?? '';
  if (!/^\d*$/.test(port)) {
    throw invalid('the port is not a number', 'Write /, @, : and ? as %2F, %40, %3A and %3F in a user name.');
  }
  if (port !== '') found.set('port', port);
  const database = slash < 0 ? '' : decode(place.slice(slash + 1), 'database');
  if (database !== '') found.set('dbname', database);
}

/** Name, decoded value and the text as it stood. */
function readPair(text: string): readonly [string, string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw invalid('every parameter after "?" is written as name=value');
  const name = decode(text.slice(0, equals), 'parameter');
  return [name, decode(text.slice(equals + 1), name), text];
}

function store(name: string, value: string, found: Map<string, string>): void {
  const allowed = onlyWith[name];
  if (allowed !== undefined && !allowed.includes(value)) {
    throw invalid(
      `the URL asks for ${name}=${value}, which is not supported`,
      `Use ${name}=${allowed.join(' or ')}.`,
    );
  }
  if (allowed !== undefined || harmless.has(name)) return;
  if (name === 'ssl' && value === 'true') {
    found.set('sslmode', 'require'); // as JDBC writes it; libpq takes it too
    return;
  }
  if (!(supported as readonly string[]).includes(name)) {
    const named = /^\w{1,40}$/.test(name) ? ` "${name}"` : '';
    throw invalid(`the URL parameter${named} is not supported`, `Supported are ${supported.join(', ')}.`);
  }
  found.set(name, value);
}

function decode(text: string, part: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    throw invalid(`the ${part} in the URL has a broken %-escape`, 'Write a percent sign itself as %25.');
  }
  if (decoded.includes('\0')) throw invalid(`the ${part} in the URL holds a NUL character`);
  return decoded;
}

const nonEmpty = (text: string | undefined): string | null =>
  text === undefined || text === '' ? null : text;

const invalid = (message: string, fix?: string): SluiceError =>
  new SluiceError('INPUT_INVALID', message, fix === undefined ? {} : { fix });
