/**
 * mysql2 as Sluice uses it. Two things go beyond its typings, and hold for the version that is pinned: where the
 * TLS handshake ends (`startTLS`), and where a row of a result arrives (`row` of a query).
 */
import type { Socket } from 'node:net';
import { checkServerIdentity, type TLSSocket } from 'node:tls';
import mysql from 'mysql2';
import type { MysqlSettings } from './settings.ts';
import type { Encryption, TlsOptions } from './tls.ts';

const keepAliveDelay = 60_000;

/** A packet of the protocol; `buffer` is used again for the next one. */
export interface Packet {
  readonly buffer: Buffer;
  /** Where the payload begins and where it ends. */
  readonly offset: number;
  readonly end: number;
  isEOF(): boolean;
}

type Step = (packet: Packet, connection: Connection) => Step | null;

/** A running query. mysql2 calls `row` for every packet that follows the columns; it returns what is called next. */
export interface Query {
  row: Step;
}

export interface Connection {
  readonly config: object;
  /** The connection's number at the server, as the greeting tells it. */
  readonly threadId: number;
  stream: Socket;
  startTLS(onSecure: (error?: Error) => void): void;
  on(event: 'error' | 'end', listener: () => void): void;
  connect(callback: (error: Error | null) => void): void;
  query(query: Query): void;
  query(sql: string, callback: (error: Error | null, rows?: readonly TextRow[]) => void): void;
  prepare(sql: string, callback: (error: Error | null, statement?: { close(): void }) => void): void;
  end(callback: (error?: Error) => void): void;
}

export type TextRow = readonly (string | null)[];

type CreateQuery = (
  options: { readonly sql: string },
  values: undefined,
  callback: (error: Error | null) => void,
  config: object,
) => Query;

/** Raised inside the login when the password would go to a server that nothing vouches for. */
export class PublicKeyRefused extends Error {
  override readonly name = 'PublicKeyRefused';
}

/** Begins to connect; `connect` tells how it went. */
export function createConnection(settings: MysqlSettings, encryption: Encryption): Connection {
  const { host, port, socket, user, database, tunnel } = settings;
  const connection = mysql.createConnection({
    ...(socket === null ? { host, port } : { socketPath: socket }),
    ...(tunnel === null ? {} : { stream: () => tunnel.connect(host, port) }),
    ...{ user, database, password: settings.password() ?? '' },
    // a name is checked below; mysql2 itself compares an address with "localhost"
    ...(encryption === false ? {} : { ssl: sslOf(encryption) }),
    connectTimeout: settings.connectTimeout,
    keepAliveInitialDelay: keepAliveDelay,
    // a server could ask for any file of this computer, and a space before a bracket would be a matter of taste
    flags: ['-LOCAL_FILES', '-IGNORE_SPACE', '-ODBC'],
    connectAttributes: { program_name: 'sluice' },
    authPlugins: passwordPlugins(settings),
    rowsAsArray: true,
    typeCast: (field: { string(): string | null }) => field.string(),
    disableEval: true,
    trace: false,
  } as mysql.ConnectionOptions) as unknown as Connection;
  if (encryption !== false && encryption.checkName) checkName(connection, host);
  return connection;
}

const sslOf = ({ rejectUnauthorized, ca, cert, key }: TlsOptions): object => ({
  ...{ rejectUnauthorized, ca, cert, key },
});

/** Nothing is sent to the server before its certificate is for `host`. */
function checkName(connection: Connection, host: string): void {
  const startTls = connection.startTLS;
  connection.startTLS = (onSecure) => {
    startTls.call(connection, (error) => {
      const { stream } = connection;
      onSecure(error ?? checkServerIdentity(host, (stream as TLSSocket).getPeerCertificate()));
    });
  };
}

/**
 * These two send the password under a key that the server hands out, where the connection is not encrypted: to
 * whoever has put himself in between. Like the client, only on request.
 */
function passwordPlugins({ getServerPublicKey }: MysqlSettings): mysql.ConnectionOptions['authPlugins'] {
  if (getServerPublicKey) return {};
  const onServerPublicKey = (): never => {
    throw new PublicKeyRefused('no TLS');
  };
  return {
    caching_sha2_password: mysql.authPlugins.caching_sha2_password({ onServerPublicKey }),
    sha256_password: mysql.authPlugins.sha256_password({ onServerPublicKey }),
  };
}

/**
 * Sends a query whose rows are given to `onRow` as they arrive, undecoded. `onEnd` is called once, with the
 * error where there is one.
 */
export function queryRaw(
  connection: Connection,
  sql: string,
  onRow: (packet: Packet) => void,
  onEnd: (error: Error | null) => void,
): void {
  const create = (mysql as unknown as { readonly createQuery: CreateQuery }).createQuery;
  const query = create({ sql }, undefined, onEnd, connection.config);
  const endOfRows = query.row;
  const row: Step = (packet, at) => {
    if (packet.isEOF()) return endOfRows.call(query, packet, at);
    onRow(packet);
    return row;
  };
  query.row = row;
  connection.query(query);
}
