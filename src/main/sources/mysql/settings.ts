/** From a URL to everything that a connection needs: option files, environment, defaults. */
import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { type ErrorDetails, SluiceError } from '../../../shared/errors.ts';
import type { Tunnel } from '../tunnel/open.ts';
import { readOptionFiles } from './option-files.ts';
import { type MysqlOption, type MysqlUrl, supportedOptions } from './url.ts';

/** The mysql client's five modes. */
export const sslModes = ['disabled', 'preferred', 'required', 'verify-ca', 'verify-identity'] as const;
export type SslMode = (typeof sslModes)[number];

export interface MysqlSettings {
  readonly host: string;
  readonly port: number;
  /** The path of a socket (on Windows of a named pipe), which then stands in the place of host and port. */
  readonly socket: string | null;
  readonly user: string;
  readonly database: string;
  /** A function, so that a dumped object does not show it. */
  readonly password: () => string | null;
  /** Why an option file that is there was not used. */
  readonly fileNotes: readonly string[];
  readonly sslMode: SslMode;
  readonly sslCa: string | null;
  readonly sslCert: string | null;
  readonly sslKey: string | null;
  /** Whether a password may be sent under a key that an unencrypted, unproven server hands out. */
  readonly getServerPublicKey: boolean;
  /** Milliseconds for one attempt to connect. */
  readonly connectTimeout: number;
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
  readonly systemFiles?: readonly string[];
}

type Options = ReadonlyMap<string, string>;

const defaultPort = 3306;
const defaultTimeoutSeconds = 30;
/** Where builds put their socket by default: Debian's, Red Hat's, and the one from source. */
const defaultSockets = ['/run/mysqld/mysqld.sock', '/var/lib/mysql/mysql.sock', '/tmp/mysql.sock'];

/**
 * What the mysql client would connect with: the URL wins over option files, those over the environment. Two
 * things differ: `connect-timeout` is 30 s unless set, and a `localhost` with a port is that port and no socket.
 * @throws SluiceError INPUT_INVALID
 */
export async function resolveSettings(
  url: MysqlUrl,
  { password, tunnel, env = process.env, home = homedir(), systemFiles }: SettingsOptions = {},
): Promise<MysqlSettings> {
  const { parameters } = url;
  const files = await readOptionFiles({
    ...{ env, home, systemFiles },
    defaultsFile: parameters['defaults-file'],
    groupSuffix: parameters['defaults-group-suffix'] ?? env.MYSQL_GROUP_SUFFIX,
  });
  const options = merged(files.options, parameters, env);
  const database = options.get('database') ?? '';
  if (database === '') {
    throw new SluiceError('INPUT_INVALID', 'the URL names no database', {
      fix: 'Write it after the host: mysql://user@host:port/database.',
    });
  }
  const known = password ?? options.get('password');
  return {
    ...addressOf(options, parameters, tunnel !== undefined),
    database,
    user: options.get('user') || userInfo().username,
    password: () => known || null,
    fileNotes: files.notes,
    sslMode: sslModeOf(options),
    sslCa: options.get('ssl-ca') || null,
    sslCert: options.get('ssl-cert') || null,
    sslKey: options.get('ssl-key') || null,
    getServerPublicKey: isOn(options.get('get-server-public-key')),
    connectTimeout: readTimeout(options.get('connect-timeout')),
    tunnel: tunnel ?? null,
  };
}

/** What may be told about a connection when it fails. */
export const connectionDetails = ({ host, port, socket, user, database }: MysqlSettings): ErrorDetails => ({
  ...(socket === null ? { host, port } : { socket }),
  user,
  database,
});

/** `db.example:3306`, for messages. */
export const placeOf = ({ host, port, socket }: MysqlSettings): string =>
  socket === null ? `${host.includes(':') ? `[${host}]` : host}:${port}` : `the socket ${socket}`;

const environment: Readonly<Record<string, MysqlOption>> = {
  MYSQL_HOST: 'host',
  MYSQL_TCP_PORT: 'port',
  MYSQL_UNIX_PORT: 'socket',
  MYSQL_PWD: 'password',
};

function merged(files: Options, parameters: MysqlUrl['parameters'], env: NodeJS.ProcessEnv): Options {
  const found = new Map<string, string>();
  for (const [variable, option] of Object.entries(environment)) {
    const value = env[variable];
    if (value) found.set(option, value);
  }
  for (const [option, value] of files) {
    const known = (supportedOptions as readonly string[]).includes(option) || option in olderTlsOptions;
    if (known || option === 'protocol') found.set(option, value);
  }
  // a mode in the URL is the last word: what a file says about TLS in older words does not add to it
  if (parameters['ssl-mode'] !== undefined) for (const option in olderTlsOptions) found.delete(option);
  for (const [option, value] of Object.entries(parameters)) found.set(option, value);
  return found;
}

/**
 * A socket where the URL names one, or where the host is this computer and no port was asked for: then that of
 * the option files, else the first that is there.
 */
function addressOf(
  options: Options,
  parameters: MysqlUrl['parameters'],
  tunnelled: boolean,
): Pick<MysqlSettings, 'host' | 'port' | 'socket'> {
  const host = options.get('host') || 'localhost';
  const port = readPort(options.get('port'));
  const named = parameters.socket;
  if (named && tunnelled) {
    throw invalid('socket', 'a socket cannot be reached through an SSH tunnel: name a host and a port');
  }
  if (named) return { host, port, socket: named };
  const mayBeSocket =
    !tunnelled &&
    process.platform !== 'win32' &&
    host === 'localhost' &&
    parameters.port === undefined &&
    options.get('protocol')?.toLowerCase() !== 'tcp';
  if (!mayBeSocket) return { host, port, socket: null };
  return { host, port, socket: options.get('socket') || defaultSockets.find(existsSync) || null };
}

/** TLS as MariaDB's and older clients ask for it, in the words of `ssl-mode`. */
const olderTlsOptions: Readonly<Record<string, (value: string) => SslMode | null>> = {
  ssl: (value) => (isOn(value) ? 'required' : 'disabled'),
  'skip-ssl': () => 'disabled',
  'ssl-verify-server-cert': (value) => (isOn(value) ? 'verify-identity' : null),
};

function sslModeOf(options: Options): SslMode {
  const text = options.get('ssl-mode');
  if (text === undefined || text === '') {
    const asked = Object.entries(olderTlsOptions).map(([option, modeOf]) => {
      const value = options.get(option);
      return value === undefined ? null : modeOf(value);
    });
    const mode = asked.findLast((wanted) => wanted !== null) ?? null;
    // an authority without a mode is there to be checked, as in the client
    if (options.get('ssl-ca') && (mode === null || mode === 'required')) return 'verify-ca';
    return mode ?? 'preferred';
  }
  const wanted = text.toLowerCase().replaceAll('_', '-');
  const found = sslModes.find((mode) => mode === wanted);
  if (found === undefined) {
    throw invalid('ssl-mode', `ssl-mode=${text} is not supported: it is one of ${sslModes.join(', ')}`);
  }
  return found;
}

/** A bare option means yes. */
const isOn = (value: string | undefined): boolean =>
  value !== undefined && !['0', 'off', 'false', 'no'].includes(value.toLowerCase());

function readPort(text: string | undefined): number {
  if (text === undefined || text === '' || text === '0') return defaultPort;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) {
    throw invalid('port', `"${text}" is not a port: it is a number from 1 to 65535`);
  }
  return port;
}

function readTimeout(text: string | undefined): number {
  if (text === undefined || text === '' || text === '0') return defaultTimeoutSeconds * 1000;
  if (!/^\d{1,6}$/.test(text)) {
    throw invalid('connect-timeout', `connect-timeout=${text} is not a number of seconds`);
  }
  return Number(text) * 1000;
}

const invalid = (parameter: string, message: string): SluiceError =>
  new SluiceError('INPUT_INVALID', message, { details: { parameter } });
