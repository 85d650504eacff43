/** The only way to stop a running statement from outside: a second connection that carries its secret. */
import { connect, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { isSocket, type PostgresSettings } from './settings.ts';
import type { Encryption } from './tls.ts';

export interface BackendKey {
  readonly processID: number;
  readonly secretKey: number;
}

const sslRequest = message(80_877_103);

/**
 * Sends a cancel request, encrypted where the connection is. It is a request: nothing says whether the
 * server heard it. Never fails; ends after `timeout` milliseconds at the latest.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export function sendCancelRequest(
  settings: PostgresSettings,
  encryption: Encryption,
  key: BackendKey,
  timeout: number,
): Promise<void> {
  const socket = openStream(settings);
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(late);
      socket.destroy();
      resolve();
    };
    const late = setTimeout(done, timeout);
    socket.once('error', done).once('close', done);
    socket.once('connect', () => {
      if (encryption === false) socket.end(message(80_877_102, key.processID, key.secretKey));
      else sendEncrypted(socket, settings, encryption, key, done);
    });
  });
}

function openStream(settings: PostgresSettings): Duplex {
  if (settings.tunnel !== null) return settings.tunnel.connect(settings.host, settings.port);
  return isSocket(settings)
    ? connect(`${settings.host}/.s.PGSQL.${settings.port}`)
    : connect(settings.port, settings.host);
}

function sendEncrypted(
  socket: Duplex,
  settings: PostgresSettings,
  encryption: Exclude<Encryption, false>,
  key: BackendKey,
  done: () => void,
): void {
  socket.write(sslRequest);
  socket.once('data', (answer) => {
    if (answer.toString('latin1') !== 'S') return done();
    const servername = isIP(settings.host) === 0 ? { servername: settings.host } : {};
    const secure = connectTls({ ...encryption, socket, host: settings.host, ...servername });
    secure.once('error', done).once('close', done);
    secure.once('secureConnect', () => secure.end(message(80_877_102, key.processID, key.secretKey)));
  });
}

function message(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * numbers.length);
  bytes.writeInt32BE(bytes.length, 0);
  for (const [index, number] of numbers.entries()) bytes.writeInt32BE(number, 4 + 4 * index);
  return bytes;
}
