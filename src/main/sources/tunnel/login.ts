/** How a tunnel logs in at the SSH server: by an agent, a key file or a password. */
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AuthenticationType, type ConnectConfig } from 'ssh2';
import { SluiceError } from '../../../shared/errors.ts';
import type { Tunnel as TunnelSettings } from '../../../shared/model.ts';
import { placeOfTunnel } from './errors.ts';

export interface Login {
  readonly config: Pick<ConnectConfig, 'agent' | 'privateKey' | 'passphrase' | 'password' | 'tryKeyboard'> & {
    readonly authHandler: AuthenticationType[];
  };
  /** The answer to a question that the server asks, where a password is one. */
  readonly password: string | null;
}

/**
 * @param secret the passphrase of the key file, or the password
 * @throws SluiceError TUNNEL_DENIED, INPUT_INVALID
 */
export async function loginOf(tunnel: TunnelSettings, secret: string | undefined): Promise<Login> {
  const { auth } = tunnel;
  switch (auth.type) {
    case 'agent':
      return await agentLogin(tunnel);
    case 'key':
      return await keyLogin(auth.path, secret);
    case 'password':
      if (secret === undefined) {
        throw new SluiceError('TUNNEL_DENIED', `There is no password for ${placeOfTunnel(tunnel)}`, {
          details: { wants: 'password' },
          fix: 'Enter the password of the SSH server: sluice source password NAME --ssh.',
        });
      }
      return {
        config: {
          password: secret,
          tryKeyboard: true,
          authHandler: ['none', 'password', 'keyboard-interactive'],
        },
        password: secret,
      };
  }
}

/** Where the agent of this session listens; undefined where there is none. */
function agentAddress(): string | undefined {
  const { SSH_AUTH_SOCK: socket } = process.env;
  if (socket) return socket;
  // OpenSSH's own service; ssh2 asks Pageant where the pipe does not exist
  return process.platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : undefined;
}

async function agentLogin(tunnel: TunnelSettings): Promise<Login> {
  const address = agentAddress();
  const found = address === undefined ? undefined : await agentWithKeys(address);
  const windows = process.platform === 'win32' && !(found !== undefined && found.keys > 0);
  const last = windows ? await agentWithKeys('pageant') : found;
  if (last !== undefined && last.keys > 0) {
    return { config: { agent: last.agent, authHandler: ['none', 'agent'] }, password: null };
  }
  const why =
    address === undefined
      ? 'no SSH agent runs in this session (SSH_AUTH_SOCK is not set)'
      : last === undefined
        ? `the SSH agent at ${address} does not answer`
        : 'the SSH agent holds no key';
  throw new SluiceError('TUNNEL_DENIED', `${placeOfTunnel(tunnel)} cannot be logged in to: ${why}`, {
    fix: 'Start the agent and add a key to it (ssh-add), or name a key file.',
  });
}

/** Undefined where nothing answers there. */
function agentWithKeys(address: string): Promise<{ agent: ssh2.BaseAgent; keys: number } | undefined> {
  return new Promise((resolve) => {
    const agent = ssh2.createAgent(address);
    agent.getIdentities((error, keys) => resolve(error ? undefined : { agent, keys: keys?.length ?? 0 }));
  });
}

/** `~/` stands for the home folder, as in ssh's own configuration. */
export const keyPath = (path: string): string =>
  /^~[\\/]/.test(path) ? join(homedir(), path.slice(2)) : path;

async function keyLogin(typed: string, secret: string | undefined): Promise<Login> {
  const path = keyPath(typed);
  const text = await readKey(path);
  const parsed = ssh2.utils.parseKey(text, secret);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error || key === undefined) throw unusableKey(path, key?.message ?? '', secret);
  if (!key.isPrivateKey()) {
    throw new SluiceError('INPUT_INVALID', `${path} is a public key`, {
      details: { path },
      fix: 'Name the private key: the file without .pub.',
    });
  }
  return {
    config: {
      privateKey: text,
      ...(secret === undefined ? {} : { passphrase: secret }),
      authHandler: ['none', 'publickey'],
    },
    password: null,
  };
}

async function readKey(path: string): Promise<Buffer> {
  try {
    const info = await stat(path);
    // ssh's own rule: what others can read is no secret any more
    if (process.platform !== 'win32' && (info.mode & 0o077) !== 0) {
      throw new SluiceError('INPUT_INVALID', `The private key ${path} may be read by others`, {
        details: { path },
        fix: `Take the right away: chmod 600 ${path}`,
      });
    }
    return await readFile(path);
  } catch (error) {
    if (error instanceof SluiceError) throw error;
    throw new SluiceError('INPUT_INVALID', `The key file ${path} cannot be read`, {
      details: { path, reason: (error as NodeJS.ErrnoException).code ?? null },
      cause: error,
      fix: 'Check the path and the rights of the file.',
    });
  }
}

/** ssh2 tells by its words alone what is wrong with a key. Its error is not passed on: it has seen the key. */
function unusableKey(path: string, words: string, secret: string | undefined): SluiceError {
  if (/no passphrase given/i.test(words)) {
    return new SluiceError('TUNNEL_DENIED', `The key ${path} has a passphrase, and none was given`, {
      details: { path, wants: 'passphrase' },
      fix: 'Give the passphrase, or use an agent that holds the key.',
    });
  }
  if (secret !== undefined && /passphrase|integrity|decrypt|malformed/i.test(words)) {
    return new SluiceError('TUNNEL_DENIED', `The passphrase of the key ${path} is wrong`, {
      details: { path, wants: 'passphrase' },
      fix: 'Enter the passphrase again.',
    });
  }
  return new SluiceError('INPUT_INVALID', `The key ${path} is of a form that is not understood`, {
    details: { path },
    fix: 'Use a key as ssh-keygen makes it; "ssh-keygen -p -f FILE" writes an older one anew.',
  });
}
