/** A real MariaDB for the tests: private, on 127.0.0.1, gone when the test process is gone. Debian's server packages. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TestMariadb extends AsyncDisposable {
  readonly port: number;
  readonly socket: string;
  /** Reaches the database `test` as the user `sluice`, who may do everything there; the password is apart. */
  readonly url: string;
  readonly password: string;
  /** Runs SQL in `test` as root over the socket; rows as the client prints them, fields by tabs. */
  query(sql: string): Promise<string[][]>;
  /** Ends the server at once, as a crash does. */
  kill(): Promise<void>;
}

/** What is missing on this machine to run it, for the name of a skipped suite; '' when all is there. */
export const missingForMariadb: string = ['mariadbd', 'mariadb-install-db', 'mariadb']
  .filter((program) => spawnSync(program, ['--version']).error !== undefined)
  .join(', ');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

/** Ends the server when its stdin ends: with the test process, however that dies. */
const guard = '"$@" & server=$!; cat >/dev/null; kill -9 $server; wait $server 2>/dev/null';

const password = 'pass-"word\\1';

/** Starts one; takes some three seconds. `options` are those of the server, e.g. `--ssl-cert=…`. */
export async function startMariadb(options: readonly string[] = []): Promise<TestMariadb> {
  const folder = mkdtempSync(join(tmpdir(), 'slc-maria-'));
  const socket = join(folder, 's.sock');
  const port = await freePort();
  const common = ['--no-defaults', '--user=root', `--datadir=${folder}/data`];
  await run('mariadb-install-db', [...common, '--auth-root-authentication-method=normal', '--skip-test-db']);
  const network = [`--socket=${socket}`, `--port=${port}`, '--bind-address=127.0.0.1'];
  const server = ['mariadbd', ...common, ...network, '--skip-name-resolve', ...options];
  const program = spawn('sh', ['-c', guard, 'sh', ...server], { stdio: ['pipe', 'ignore', 'pipe'] });
  let words = '';
  program.stderr.on('data', (bytes) => {
    words = (words + String(bytes)).slice(-4000);
  });
  const client = [
    '--no-defaults',
    '--user=root',
    `--socket=${socket}`,
    '--batch',
    '--skip-column-names',
    '--skip-ssl',
  ];
  const utf8 = '--default-character-set=utf8mb4';
  const query = async (sql: string): Promise<string[][]> => {
    const running = run('mariadb', [...client, utf8, '--database=test'], { maxBuffer: 256 * 1024 * 1024 });
    running.child.stdin?.end(sql);
    const { stdout } = await running;
    return stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t'));
  };
  const kill = async (): Promise<void> => {
    program.stdin.end();
    if (program.exitCode === null) await once(program, 'close');
  };
  const stop = async (): Promise<void> => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; ; tries++) {
    if (spawnSync('mariadb', [...client, '--execute', 'SELECT 1']).status === 0) break;
    if (tries < 200) await sleep(100);
    else {
      await stop();
      throw new Error(`MariaDB did not start: ${words}`);
    }
  }
  const account = `'sluice'@'%' IDENTIFIED BY '${password.replaceAll('\\', '\\\\')}'`;
  const prepare = `CREATE DATABASE test; CREATE USER ${account}; GRANT ALL ON test.* TO 'sluice'@'%'`;
  await run('mariadb', [...client, '--execute', prepare]);
  const url = `mysql://sluice@127.0.0.1:${port}/test`;
  return { port, socket, url, password, query, kill, [Symbol.asyncDispose]: stop };
}
