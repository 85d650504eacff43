/** Reads a connection URL as psql does, without touching the machine: no files, no environment. */
import { invalidUrl, splitUrl, unknownParameter } from '../url-parts.ts';

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
  if (scheme === undefined) {
    throw invalidUrl('a PostgreSQL URL begins with postgres:// or postgresql://');
  }
  const { user, password, host, port, database, parameters, without } = splitUrl(url, scheme);
  const before = { user, password, host, port, dbname: database };
  const found = new Map(Object.entries(before).filter(([, value]) => value !== ''));
  for (const { name, value } of parameters) store(name, value, found);
  const hasPassword = [...secretKeywords].some((name) => (found.get(name) ?? '') !== '');
  for (const name of secretKeywords) found.delete(name);
  return {
    parameters: Object.fromEntries(found),
    database: found.get('dbname') || null,
    hasPassword,
    withoutPassword: without(secretKeywords),
  };
}

function store(name: string, value: string, found: Map<string, string>): void {
  const allowed = onlyWith[name];
  if (allowed !== undefined && !allowed.includes(value)) {
    throw invalidUrl(
      `the URL asks for ${name}=${value}, which is not supported`,
      `Use ${name}=${allowed.join(' or ')}.`,
    );
  }
  if (allowed !== undefined || harmless.has(name)) return;
  if (name === 'ssl' && value === 'true') {
    found.set('sslmode', 'require'); // as JDBC writes it; libpq takes it too
    return;
  }
  if (!(supported as readonly string[]).includes(name)) throw unknownParameter(name, supported);
  found.set(name, value);
}
