/**
 * An S3, STS and IAM that nobody here wrote: Ceph's RGW, in memory, on 127.0.0.1, gone when the test process is gone.
 * Its users live in a tenant of 12 digits, so that ARNs look like those of AWS.
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface RgwUser {
  readonly name: string;
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Rgw extends AsyncDisposable {
  readonly endpoint: string;
  readonly region: string;
  /** The tenant, in the place of AWS's account id. */
  readonly accountId: string;
  /** The root of its processes. */
  readonly pid: number;
  /** @param admin may use the IAM API */
  createUser(name: string, admin?: boolean): Promise<RgwUser>;
  /** Frees the memory of what was deleted, which it would do by itself in some hours. */
  collectGarbage(): Promise<void>;
}

/** What is missing on this machine to run it, for the name of a skipped suite; '' when all is there. */
export const missingForRgw: string = ['radosgw', 'ceph-mon', 'ceph-osd', 'radosgw-admin']
  .filter((program) => spawnSync(program, ['--version']).status !== 0)
  .join(', ');

const tenant = '123456789012';

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** Starts one; takes some ten seconds. */
export async function startRgw(): Promise<Rgw> {
  const folder = mkdtempSync(join(tmpdir(), 'slc-rgw-'));
  const [gateway = 0, ...monitors] = await freePorts(3);
  const script = join(import.meta.dirname, 'rgw.sh');
  const program = spawn(script, [folder, String(gateway), ...monitors.map(String)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let words = '';
  program.stderr.on('data', (bytes) => {
    words += String(bytes);
  });
  const ended = once(program, 'close');
  const ready = await Promise.race([once(program.stdout, 'data').then(() => true), ended.then(() => false)]);
  if (!ready) throw new Error(`RGW did not start: ${words}`);
  const admin = async (...args: string[]) => {
    const { stdout } = await run('radosgw-admin', ['-c', join(folder, 'ceph.conf'), ...args]);
    return stdout;
  };
  return {
    endpoint: `http://127.0.0.1:${gateway}`,
    region: 'us-east-1',
    accountId: tenant,
    pid: program.pid ?? 0,
    async createUser(name, isAdmin = false) {
      const caps = isAdmin ? ['--caps', 'roles=*;user-policy=*;users=*'] : [];
      const user = ['--tenant', tenant, '--uid', name, '--display-name', name];
      const made = JSON.parse(await admin('user', 'create', ...user, ...caps)) as {
        keys: { access_key: string; secret_key: string }[];
      };
      const [key] = made.keys;
      return {
        name: `${tenant}$${name}`,
        arn: `arn:aws:iam::${tenant}:user/${name}`,
        accessKeyId: key?.access_key ?? '',
        secretAccessKey: key?.secret_key ?? '',
      };
    },
    async collectGarbage() {
      await admin('gc', 'process', '--include-all');
    },
    async [Symbol.asyncDispose]() {
      program.stdin.end();
      await ended;
    },
  };
}
