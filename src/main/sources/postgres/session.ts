/** One connection to PostgreSQL: opening it, stopping what runs on it, letting it go. */
import type { Socket } from 'node:net';
import pg from 'pg';
import { SluiceError } from '../../../shared/errors.ts';
import { within } from '../interruptible.ts';
import { cancelled } from '../raised.ts';
import { sendCancelRequest } from './cancel-request.ts';
import { connectError, isNotAdmitted, isTlsFailure, PasswordMissing } from './errors.ts';
import type { PostgresSettings } from './settings.ts';
import { type Encryption, encryptionsOf } from './tls.ts';

/** How long a server may take to stop or to say goodbye before the connection is cut, in milliseconds. */
const patience = 500;
const keepAliveDelay = 60_000;

export interface Session {
  readonly settings: PostgresSettings;
  readonly client: pg.Client;
  readonly database: string;
  /** E.g. "15.18". */
  readonly version: string;
  /** True where the server does not know what its bytes mean (SQL_ASCII). */
  readonly unknownEncoding: boolean;
  /** True until the connection is lost or let go. */
  readonly alive: boolean;
  /** Rows with every value as PostgreSQL's text. Errors are pg's own: the caller knows what they mean. */
  query(sql: string, values?: readonly string[]): Promise<readonly TextRow[]>;
  /** Asks the server to stop what runs, and cuts the connection if `over` does not come soon. */
  interrupt(over: Promise<unknown>): Promise<void>;
  end(): Promise<void>;
}

export type TextRow = Readonly<Record<string, string | null>>;

const asText = { getTypeParser: () => (text: string) => text };

/**
 * Connects and logs in.
 * @throws SluiceError SOURCE_UNREACHABLE, SOURCE_DENIED, SOURCE_NOT_FOUND, INPUT_INVALID, CANCELLED
 */
export async function connect(settings: PostgresSettings, signal: AbortSignal): Promise<Session> {
  if (signal.aborted) throw cancelled();
  const encryptions = await encryptionsOf(settings);
  for (const [index, encryption] of encryptions.entries()) {
    try {
      return await logIn(settings, encryption, signal);
    } catch (error) {
      if (signal.aborted) throw cancelled();
      const mayRetry = index + 1 < encryptions.length && (isTlsFailure(error) || isNotAdmitted(error));
      if (!mayRetry) throw connectError(error, settings);
    }
  }
  throw new SluiceError('INTERNAL', 'no way to connect was tried');
}

async function logIn(
  settings: PostgresSettings,
  encryption: Encryption,
  signal: AbortSignal,
): Promise<Session> {
  const binding = { required: settings.channelBinding === 'require', offered: false };
  const client = new pg.Client({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    database: settings.database,
    // asked only when the server wants one; null would send pg looking for a password itself
    password: () => {
      if (binding.required && !binding.offered) throw new Error('SASL: the server offers no channel binding');
      const password = settings.password();
      if (password === null) throw new PasswordMissing('no password');
      return password;
    },
    // a copy: pg hides the key in the object that it is given
    ssl: encryption === false ? false : { ...encryption },
    sslnegotiation: 'postgres',
    enableChannelBinding: binding.required,
    application_name: settings.applicationName,
    client_encoding: 'UTF8',
    connectionTimeoutMillis: settings.connectTimeout,
    ...(settings.tunnel === null ? {} : { stream: () => throughTunnel(settings) }),
    keepAlive: settings.keepAlive,
    keepAliveInitialDelayMillis: keepAliveDelay,
    ...(settings.options === null ? {} : { options: settings.options }),
  });
  let alive = true;
  // the query that runs reports a lost connection; without a listener an idle one would end the process
  client.on('error', () => {
    alive = false;
  });
  client.on('end', () => {
    alive = false;
  });
  const backend = { processID: 0, secretKey: 0 };
  client.connection.on('backendKeyData', (key: typeof backend) => Object.assign(backend, key));
  client.connection.on('authenticationSASL', ({ mechanisms }: { mechanisms: readonly string[] }) => {
    binding.offered = encryption !== false && mechanisms.includes('SCRAM-SHA-256-PLUS');
  });

  const destroy = (): void => {
    alive = false;
    client.connection.stream.destroy();
  };
  signal.addEventListener('abort', destroy, { once: true });
  try {
    await client.connect();
    if (binding.required && !binding.offered) throw new Error('SASL: the server did not bind the channel');
    const facts = await readFacts(client);
    return {
      ...{ settings, client, ...facts },
      get alive() {
        return alive;
      },
      query: (sql, values) => runQuery(client, sql, values),
      interrupt: async (over) => {
        // both are waited for: a request still under way would stop whatever runs next
        const request = sendCancelRequest(settings, encryption, backend, patience);
        if (!(await within(patience, Promise.all([over, request])))) destroy();
      },
      end: async () => {
        const ended = client.end();
        if (!(await within(patience, ended))) destroy();
        alive = false;
      },
    };
  } catch (error) {
    destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', destroy);
  }
}

/** pg takes any stream that connects; its typings know sockets only. */
const throughTunnel = ({ tunnel, host, port }: PostgresSettings): Socket => {
  if (tunnel === null) throw new SluiceError('INTERNAL', 'there is no tunnel');
  return tunnel.connect(host, port) as unknown as Socket;
};

async function runQuery(
  client: pg.Client,
  sql: string,
  values: readonly string[] = [],
): Promise<readonly TextRow[]> {
  const result = await client.query<TextRow>({ text: sql, values: [...values], types: asText });
  // Of several statements, what the last one said.
  return (Array.isArray(result) ? (result.at(-1) as typeof result) : result).rows;
}

const oldestVersion = 10;

async function readFacts(
  client: pg.Client,
): Promise<Pick<Session, 'database' | 'version' | 'unknownEncoding'>> {
  const [facts] = await runQuery(
    client,
    `SELECT pg_catalog.current_database() AS database, pg_catalog.current_setting('server_version') AS version,
            pg_catalog.current_setting('server_encoding') AS encoding,
            pg_catalog.set_config('client_encoding', 'UTF8', false)`,
  );
  const version = facts?.version?.split(' ')[0] ?? '';
  if (Number.parseInt(version, 10) < oldestVersion) {
    throw new SluiceError('SOURCE_UNREADABLE', `PostgreSQL ${version} is too old to be read`, {
      fix: `Sluice reads PostgreSQL ${oldestVersion} and later.`,
    });
  }
  return { database: facts?.database ?? '', version, unknownEncoding: facts?.encoding === 'SQL_ASCII' };
}
