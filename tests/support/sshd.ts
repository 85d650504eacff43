/** A real OpenSSH server for the tests: private, on 127.0.0.1, with keys of its own, gone with the test process. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Tunnel } from '../../src/shared/model.ts';

const run = promisify(execFile);

/** sshd insists on being called by its whole path. */
const program = ['/usr/sbin/sshd', '/usr/bin/sshd'].find(existsSync);

/** What is missing on this machine to run it, for the name of a skipped suite; '' when all is there. */
export const missingForSshd: string = [
  ...(program === undefined ? ['sshd'] : []),
  ...['ssh-keygen', 'ssh-agent', 'ssh-add'].filter(
    (name) => spawnSync(name, ['-?'], { stdio: 'ignore' }).error !== undefined,
  ),
].join(', ');

export interface TestSshd extends AsyncDisposable {
  readonly folder: string;
  readonly port: number;
  /** Who may log in: the account that runs the tests. */
  readonly user: string;
  /** A private key that the server knows, without a passphrase. */
  readonly key: string;
  /** One that it knows, too, with {@link passphrase}. */
  readonly lockedKey: string;
  readonly passphrase: string;
  /** One that it does not know. */
  readonly strangerKey: string;
  /** The row of known_hosts for the server. */
  readonly knownHost: string;
  /** `SHA256:…` of its host key. */
  readonly fingerprint: string;
  /** A tunnel that logs in with `key`. */
  tunnel(auth?: Tunnel['auth']): Tunnel;
  /** Process ids of what serves connections now. */
  sessions(): number[];
  /** Ends every connection at once, as a crash or a pulled cable at the far end does. */
  killSessions(): void;
}

const passphrase = 'correct horse "battery"';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

const makeKey = async (path: string, secret = '', type = 'ed25519'): Promise<string> => {
  await run('ssh-keygen', ['-q', '-t', type, '-N', secret, '-C', 'test', '-f', path]);
  return path;
};

/** Ends the server when its stdin ends: with the test process, however that dies. */
const guard = '"$@" & server=$!; cat >/dev/null; kill -9 $server; wait $server 2>/dev/null';

/** @param options further lines of sshd_config, e.g. `AllowTcpForwarding no` */
export async function startSshd(
  options: readonly string[] = [],
  hostKeyTypes = ['ed25519'],
): Promise<TestSshd> {
  const folder = mkdtempSync(join(tmpdir(), 'slc-ssh-'));
  const port = await freePort();
  const hostKeys = await Promise.all(
    hostKeyTypes.map((type) => makeKey(join(folder, `host_${type}`), '', type)),
  );
  const key = await makeKey(join(folder, 'id'));
  const lockedKey = await makeKey(join(folder, 'id_locked'), passphrase);
  const strangerKey = await makeKey(join(folder, 'id_stranger'));
  const known = [key, lockedKey].map((path) => readFileSync(`${path}.pub`, 'utf8')).join('');
  writeFileSync(join(folder, 'authorized_keys'), known, { mode: 0o600 });
  // where sshd locks itself up before a login, when root runs it
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const settings = [
    ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `PidFile ${folder}/pid`],
    ...hostKeys.map((path) => `HostKey ${path}`),
    ...[`AuthorizedKeysFile ${folder}/authorized_keys`, 'StrictModes no', 'PermitRootLogin yes'],
    ...['PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'LogLevel VERBOSE', 'UseDNS no'],
    ...options,
  ];
  writeFileSync(join(folder, 'sshd_config'), `${settings.join('\n')}\n`);
  const server = [program ?? '', '-D', '-e', '-f', join(folder, 'sshd_config')];
  const child = spawn('sh', ['-c', guard, 'sh', ...server], { stdio: ['pipe', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (bytes) => {
    words = (words + String(bytes)).slice(-4000);
  });
  const stop = async (): Promise<void> => {
    killSessions();
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'close');
    rmSync(folder, { recursive: true, force: true });
  };
  const sessions = (): number[] => descendants(child.pid ?? 0, 2);
  const killSessions = (): void => {
    for (const pid of sessions()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // gone by itself meanwhile
      }
    }
  };
  for (let tries = 0; !words.includes('Server listening'); tries++) {
    if (tries > 200 || child.exitCode !== null) {
      await stop();
      throw new Error(`sshd did not start: ${words}`);
    }
    await sleep(25);
  }
  const publicKey = readFileSync(`${hostKeys[0]}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
  const { stdout } = await run('ssh-keygen', ['-l', '-f', `${hostKeys[0]}.pub`]);
  const user = userInfo().username;
  return {
    ...{ folder, port, user, key, lockedKey, passphrase, strangerKey },
    knownHost: `[127.0.0.1]:${port} ${publicKey}`,
    fingerprint: stdout.split(' ')[1] ?? '',
    tunnel: (auth = { type: 'key', path: key, secretInKeychain: false }) => ({
      ...{ host: '127.0.0.1', port, user, auth },
    }),
    sessions,
    killSessions,
    [Symbol.asyncDispose]: stop,
  };
}

/** Processes below one, from a depth on: the shell has the server, the server has a process a connection. */
function descendants(root: number, depth: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((text) => /^\d+$/.test(text))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const [, parent = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      parents.set(Number(name), Number(parent));
    } catch {
      // ended while the list was read
    }
  }
  const depthOf = (pid: number): number => {
    let steps = 0;
    for (let at = pid; at > 1; at = parents.get(at) ?? 0, steps++) if (at === root) return steps;
    return -1;
  };
  return [...parents.keys()].filter((pid) => depthOf(pid) >= depth);
}

export interface TestAgent extends AsyncDisposable {
  /** For SSH_AUTH_SOCK. */
  readonly socket: string;
}

/** A real agent that holds these keys, which must have no passphrase. */
export async function startAgent(keys: readonly string[]): Promise<TestAgent> {
  const folder = mkdtempSync(join(tmpdir(), 'slc-agent-'));
  const socket = join(folder, 's');
  const child = spawn('sh', ['-c', guard, 'sh', 'ssh-agent', '-D', '-a', socket], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  for (let tries = 0; !existsSync(socket) && tries < 200; tries++) await sleep(25);
  for (const key of keys)
    await run('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return {
    socket,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'close');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
