/** A way to a database through an SSH server. Nothing listens on this computer: each connection is a channel. */
import ssh2, { type ClientChannel } from 'ssh2';
import { SluiceError } from '../../../shared/errors.ts';
import type { Tunnel as TunnelSettings } from '../../../shared/model.ts';
import { within } from '../interruptible.ts';
import { cancelled } from '../raised.ts';
import { forwardError, lost, type TunnelLost, tunnelError, whyLost } from './errors.ts';
import { type HostKeys, hostKeyCheck } from './host-key.ts';
import { type Login, loginOf } from './login.ts';
import { TunnelStream } from './stream.ts';

export interface TunnelOptions {
  /** The passphrase of the key file, or the password. */
  readonly secret?: string | undefined;
  readonly hostKeys: HostKeys;
  readonly signal: AbortSignal;
}

export interface Tunnel extends AsyncDisposable {
  /** A connection to a host and a port as the SSH server sees them. Its errors are SluiceErrors, or a TunnelLost. */
  connect(host: string, port: number): TunnelStream;
}

/** Milliseconds for connecting, the handshake and the login together. */
const connectTimeout = 30_000;
/** Milliseconds between two signs of life that the server is asked for, and how many may stay away. */
const keepaliveInterval = 15_000;
const keepaliveCountMax = 3;
/** How long the server may take to say goodbye, in milliseconds. */
const patience = 500;

/**
 * Connects to the SSH server, checks its host key before anything of the user is sent, and logs in.
 * @throws SluiceError TUNNEL_UNREACHABLE, TUNNEL_DENIED, HOST_KEY_UNKNOWN, HOST_KEY_REFUSED, INPUT_INVALID, CANCELLED
 */
export async function openTunnel(settings: TunnelSettings, options: TunnelOptions): Promise<Tunnel> {
  const { signal } = options;
  if (signal.aborted) throw cancelled();
  const login = await loginOf(settings, options.secret);
  if (signal.aborted) throw cancelled();
  const client = new ssh2.Client();
  let over: TunnelLost | null = null;
  let closing = false;
  await ready(client, settings, login, options);
  const isLost = (error?: unknown): void => {
    if (!closing) over ??= lost(settings, whyLost(error));
  };
  client.on('error', isLost);
  client.on('end', () => isLost());
  client.on('close', () => isLost());
  return {
    connect: (host, port) =>
      new TunnelStream(
        over === null
          ? forward(client, settings, host, port).catch((error: unknown) => {
              throw over ?? error;
            })
          : Promise.reject(over),
        () => over,
      ),
    [Symbol.asyncDispose]: async () => {
      closing = true;
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
      client.end();
      if (over === null && !(await within(patience, closed))) client.destroy();
    },
  };
}

function forward(
  client: ssh2.Client,
  settings: TunnelSettings,
  host: string,
  port: number,
): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    try {
      // the origin is for the server's log; nothing of this computer need stand there
      client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
        if (error) reject(forwardError(error, settings, host, port));
        else resolve(channel);
      });
    } catch (error) {
      reject(forwardError(error, settings, host, port));
    }
  });
}

async function ready(
  client: ssh2.Client,
  settings: TunnelSettings,
  login: Login,
  { hostKeys, signal }: TunnelOptions,
): Promise<void> {
  const { host, port, user } = settings;
  const hostKey = hostKeyCheck(host, port, hostKeys);
  let refusal: unknown = null;
  const abort = (): void => {
    client.destroy();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', () => resolve());
      client.on('error', reject);
      client.once('close', () => reject(new Error('Connection lost before handshake')));
      if (login.password !== null) answerWith(client, login.password);
      client.connect({
        ...{ host, port, username: user, ...login.config },
        ...{ readyTimeout: connectTimeout, keepaliveInterval, keepaliveCountMax },
        algorithms: { serverHostKey: [...hostKey.algorithms] },
        hostVerifier: (blob: Buffer) => {
          try {
            hostKey.check(blob);
            return true;
          } catch (error) {
            refusal = error;
            return false;
          }
        },
      });
    });
  } catch (error) {
    client.on('error', () => undefined); // what else it has to say is no news
    client.destroy();
    if (signal.aborted) throw cancelled();
    if (refusal instanceof SluiceError) throw refusal;
    throw tunnelError(refusal ?? error, settings);
  } finally {
    signal.removeEventListener('abort', abort);
  }
  client.removeAllListeners('error').removeAllListeners('close');
}

/** Only a question for one hidden text can be one for the password. */
function answerWith(client: ssh2.Client, password: string): void {
  let answered = false;
  client.on('keyboard-interactive', (_name, _words, _language, questions, answer) => {
    const [only] = questions;
    const isIt = questions.length === 1 && only?.echo === false && !answered;
    if (isIt) answered = true;
    answer(isIt ? [password] : questions.map(() => ''));
  });
}
