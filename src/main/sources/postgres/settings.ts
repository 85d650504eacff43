/** From a URL to everything that a connection needs: service file, environment, password file, defaults. */
import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type ErrorDetails, SluiceError } from '../../../shared/errors.ts';
import { askPasswordFile } from './password-file.ts';
import { readService } from './service-file.ts';
import type { Tunnel } from '../tunnel/open.ts';
import { defaultSocketDirs } from './socket-dirs.ts';
import type { PostgresKeyword, PostgresUrl } from './url.ts';

/** libpq's six modes. */
export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

export interface PostgresSettings {
  /** A host name, an address, or the folder of a socket where it begins with `/`. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** A function, so that a dumped object does not show it. */
  readonly password: () => string | null;
  /** Why a password file that is there was not used. */
  readonly passwordNote: string | null;
  readonly sslMode: SslMode;
  readonly sslRootCert: string | null;
  readonly sslCert: string | null;
  readonly sslKey: string | null;
  readonly channelBinding: 'disable' | 'prefer' | 'require';
  readonly applicationName: string;
  /** Command-line options for the server, e.g. `-c search_path=shop`. */
  readonly options: string | null;
  /** Milliseconds for one attempt to connect; 0 for as long as the system takes. */
  readonly connectTimeout: number;
  readonly keepAlive: boolean;
  /** The way to the server; null where there is none but the network. */
  readonly tunnel: Tunnel | null;
}

export interface SettingsOptions {
  /** From the keychain or from standard input; wins over every other place. */
  readonly password?: string | undefined;
  /** Host and port are then as the SSH server sees them, and sockets are out of reach. */
  readonly tunnel?: Tunnel | undefined;
  readonly env?: NodeJS.ProcessEnv;
  readonly home?: string;
}

const environment: Partial<Record<PostgresKeyword, string>> = {
  ...{ host: 'PGHOST', port: 'PGPORT', dbname: 'PGDATABASE', user: 'PGUSER', password: 'PGPASSWORD' },
  ...{ passfile: 'PGPASSFILE', connect_timeout: 'PGCONNECT_TIMEOUT', application_name: 'PGAPPNAME' },
  ...{ options: 'PGOPTIONS', sslmode: 'PGSSLMODE', sslrootcert: 'PGSSLROOTCERT', sslcert: 'PGSSLCERT' },
  ...{ sslkey: 'PGSSLKEY', channel_binding: 'PGCHANNELBINDING' },
};

const defaultTimeoutSeconds = 30;

/**
 * What libpq would connect with: the URL wins over the service, the service over PG* variables, those over
 * the defaults. Only two defaults differ: `connect_timeout` is 30 s, and where no socket is found the host
 * is localhost.
 * @throws SluiceError INPUT_INVALID
 */
export async function resolveSettings(
  url: PostgresUrl,
  { password, tunnel, env = process.env, home = homedir() }: SettingsOptions = {},
): Promise<PostgresSettings> {
  const service = url.parameters.service ?? (env.PGSERVICE || undefined);
  const fromService =
    service === undefined ? new Map<string, string>() : await readService(service, { env, home });
  const value = (name: PostgresKeyword): string | undefined =>
    url.parameters[name] ?? fromService.get(name) ?? fromEnvironment(name, env);

  const port = readPort(value('port'));
  const host = value('host') || (tunnel === undefined ? defaultHost(port) : 'localhost');
  if (host.includes(',')) throw invalid('host', 'several hosts are not supported: name one');
  if (tunnel !== undefined && isSocket({ host })) {
    throw invalid('host', 'a socket cannot be reached through an SSH tunnel: name a host and a port');
  }
  const user = value('user') || userInfo().username;
  const database = value('dbname') || user;
  const file = value('passfile') || join(home, '.pgpass');
  const known = password ?? fromService.get('password') ?? env.PGPASSWORD;
  const answer = known
    ? { password: known, ignored: null }
    : await askPasswordFile(file, { host, port, database, user });
  return {
    ...{ host, port, user, database },
    password: () => answer.password,
    passwordNote: answer.ignored,
    ...tlsSettings(value, home),
    channelBinding: oneOf(
      'channel_binding',
      value('channel_binding'),
      ['disable', 'prefer', 'require'],
      'prefer',
    ),
    applicationName: value('application_name') || value('fallback_application_name') || 'sluice',
    options: value('options') || null,
    connectTimeout: readTimeout(value('connect_timeout')),
    keepAlive: value('keepalives') !== '0',
    tunnel: tunnel ?? null,
  };
}

/** What may be told about a connection when it fails. */
export const connectionDetails = (settings: PostgresSettings): ErrorDetails => ({
  host: settings.host,
  port: settings.port,
  user: settings.user,
  database: settings.database,
});

export const isSocket = (settings: Pick<PostgresSettings, 'host'>): boolean => settings.host.startsWith('/');

/** `shop at db.example:5432`, for messages. */
export const placeOf = (settings: PostgresSettings): string =>
  isSocket(settings)
    ? `the socket ${join(settings.host, `.s.PGSQL.${settings.port}`)}`
    : `${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${settings.port}`;

function fromEnvironment(name: PostgresKeyword, env: NodeJS.ProcessEnv): string | undefined {
  const variable = environment[name];
  return variable === undefined ? undefined : env[variable] || undefined;
}

function tlsSettings(
  value: (name: PostgresKeyword) => string | undefined,
  home: string,
): Pick<PostgresSettings, 'sslMode' | 'sslRootCert' | 'sslCert' | 'sslKey'> {
  // TLS from the first byte saves a round trip and nothing else, so only its ordinary form is spoken
  oneOf('sslnegotiation', value('sslnegotiation'), ['postgres'], 'postgres');
  const folder = join(home, '.postgresql');
  const fallback = (name: string): string | null => {
    const path = join(folder, name);
    return existsSync(path) ? path : null;
  };
  const sslRootCert = value('sslrootcert') || fallback('root.crt');
  const sslMode = oneOf(
    'sslmode',
    value('sslmode'),
    sslModes,
    sslRootCert === 'system' ? 'verify-full' : 'prefer',
  );
  if (sslRootCert === 'system' && sslMode !== 'verify-full') {
    throw invalid('sslmode', `sslmode=${sslMode} is too weak for sslrootcert=system: use verify-full`);
  }
  if (sslRootCert === null && (sslMode === 'verify-ca' || sslMode === 'verify-full')) {
    throw new SluiceError(
      'INPUT_INVALID',
      `sslmode=${sslMode} needs the certificate of an authority, and ${join(folder, 'root.crt')} does not exist`,
      {
        fix: 'Add sslrootcert=FILE to the URL, or sslrootcert=system for the authorities that this computer trusts.',
      },
    );
  }
  const sslCert = value('sslcert') || fallback('postgresql.crt');
  return { sslMode, sslRootCert, sslCert, sslKey: value('sslkey') || fallback('postgresql.key') };
}

function defaultHost(port: number): string {
  if (process.platform === 'win32') return 'localhost';
  return defaultSocketDirs.find((dir) => existsSync(join(dir, `.s.PGSQL.${port}`))) ?? 'localhost';
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return 5432;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535)
    throw invalid('port', `"${text}" is not a port: it is a number from 1 to 65535`);
  return port;
}

function readTimeout(text: string | undefined): number {
  if (text === undefined || text === '') return defaultTimeoutSeconds * 1000;
  if (!/^-?\d{1,6}$/.test(text)) {
    throw invalid('connect_timeout', `connect_timeout=${text} is not a number of seconds`);
  }
  return Math.max(0, Number(text)) * 1000;
}

function oneOf<T extends string>(
  name: string,
  text: string | undefined,
  allowed: readonly T[],
  fallback: T,
): T {
  if (text === undefined || text === '') return fallback;
  const found = allowed.find((value) => value === text);
  if (found === undefined) {
    throw invalid(name, `${name}=${text} is not supported: it is one of ${allowed.join(', ')}`);
  }
  return found;
}

const invalid = (parameter: string, message: string): SluiceError =>
  new SluiceError('INPUT_INVALID', message, { details: { parameter } });
