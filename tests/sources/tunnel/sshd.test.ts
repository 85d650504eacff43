/** Tunnels through a real sshd to a real PostgreSQL: every way to log in, every host key, and plain words when not. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openSource } from '../../../src/main/sources/index.ts';
import type { OpenSource } from '../../../src/main/sources/source.ts';
import type { SluiceError } from '../../../src/shared/errors.ts';
import type { Source, Tunnel } from '../../../src/shared/model.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { missingForSshd, startAgent, startSshd, type TestSshd } from '../../support/sshd.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const missing = [...(findPostgres() === null ? ['PostgreSQL'] : []), missingForSshd]
  .filter(Boolean)
  .join(', ');

describe.skipIf(missing !== '')(`a tunnel to PostgreSQL: needs ${missing || 'PostgreSQL and sshd'}`, () => {
  let sshd: TestSshd;
  let server: TestPostgres;
  /** Of ssh, and of Sluice. */
  let known: string;
  let own: string;
  beforeAll(async () => {
    [sshd, server] = await Promise.all([startSshd([], ['ed25519', 'rsa']), startPostgres()]);
    await server.query('CREATE TABLE t AS SELECT g AS a FROM generate_series(1, 1000) g');
  });
  afterAll(async () => {
    await server?.stop();
    await sshd?.[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    const folder = temporaryFolder();
    known = join(folder, 'known_hosts');
    own = join(folder, 'data', 'known_hosts');
    writeFileSync(known, `# a comment\n\n${sshd.knownHost} and words\n`);
  });

  const source = (tunnel: Tunnel = sshd.tunnel(), url = server.url): Source => ({
    ...{ kind: 'postgres', name: 'db', database: 'test', url, passwordInKeychain: true, tunnel },
  });
  const open = (
    what: Source = source(),
    { accept, tunnelSecret }: { accept?: string; tunnelSecret?: string } = {},
    signal = new AbortController().signal,
  ): Promise<OpenSource> =>
    openSource(what, {
      ...{ password: server.password, tunnelSecret, signal },
      hostKeys: { file: own, accept, sshFiles: [known] },
    });
  const refusal = async (opening: Promise<OpenSource>): Promise<SluiceError> => {
    const opened = await opening.catch((error: unknown) => error as SluiceError);
    if ('objects' in opened) {
      await opened[Symbol.asyncDispose]();
      throw new Error('it was let in');
    }
    return opened;
  };
  const reads = async (opening: Promise<OpenSource>): Promise<void> => {
    await using opened = await opening;
    const objects = await opened.objects(new AbortController().signal);
    expect(objects.map(({ name }) => name)).toEqual(['t']);
    expect(sshd.sessions().length).toBeGreaterThan(0);
  };

  test('by key file', () => reads(open()));

  test('by key file with a passphrase; without it, or with a wrong one, plain words', async () => {
    const tunnel = sshd.tunnel({ type: 'key', path: sshd.lockedKey, secretInKeychain: true });
    await reads(open(source(tunnel), { tunnelSecret: sshd.passphrase }));
    const none = await refusal(open(source(tunnel)));
    expect(none).toMatchObject({ code: 'TUNNEL_DENIED', details: { wants: 'passphrase' } });
    const wrong = await refusal(open(source(tunnel), { tunnelSecret: 'wrong-passphrase' }));
    expect(wrong.message).toBe(`The passphrase of the key ${sshd.lockedKey} is wrong`);
    expect(JSON.stringify([none, wrong]) + String(wrong.cause)).not.toContain('wrong-passphrase');
  });

  test.each(['rsa', 'ecdsa'])('by a key of the older form (PEM, %s)', async (type) => {
    const path = join(temporaryFolder(), 'id');
    execFileSync('ssh-keygen', ['-q', '-t', type, '-m', 'PEM', '-N', '', '-f', path]);
    appendFileSync(join(sshd.folder, 'authorized_keys'), readFileSync(`${path}.pub`));
    await reads(open(source(sshd.tunnel({ type: 'key', path, secretInKeychain: false }))));
  });

  test('by an agent', async () => {
    await using agent = await startAgent([sshd.strangerKey, sshd.key]);
    await withAgent(agent.socket, () => reads(open(source(sshd.tunnel({ type: 'agent' })))));
  });

  test('an agent that is not there, is empty, or has the wrong keys only', async () => {
    const tunnel = source(sshd.tunnel({ type: 'agent' }));
    const words = async (socket: string | undefined) =>
      (await withAgent(socket, () => refusal(open(tunnel)))).message;
    expect(await words(undefined)).toContain('no SSH agent runs in this session');
    expect(await words('/nowhere/agent')).toContain('the SSH agent at /nowhere/agent does not answer');
    await using empty = await startAgent([]);
    expect(await words(empty.socket)).toContain('the SSH agent holds no key');
    await using other = await startAgent([sshd.strangerKey]);
    expect(await words(other.socket)).toContain('with any key of the agent');
  });

  test('a key or a user that the server does not know', async () => {
    const stranger = sshd.tunnel({ type: 'key', path: sshd.strangerKey, secretInKeychain: false });
    const error = await refusal(open(source(stranger)));
    expect(error.code).toBe('TUNNEL_DENIED');
    expect(error.message).toBe(
      `The SSH server 127.0.0.1:${sshd.port} does not let "${sshd.user}" in with this key`,
    );
    const nobody = await refusal(open(source({ ...sshd.tunnel(), user: 'no-such-user' })));
    expect(nobody.message).toContain('does not let "no-such-user" in with this key');
  });

  test('a key file that others may read, that is a public key, that is none, that is missing', async () => {
    const by = (path: string) =>
      refusal(open(source(sshd.tunnel({ type: 'key', path, secretInKeychain: false }))));
    const folder = temporaryFolder();
    const open644 = join(folder, 'open');
    writeFileSync(open644, readFileSync(sshd.key), { mode: 0o600 });
    chmodSync(open644, 0o644);
    expect((await by(open644)).message).toContain('may be read by others');
    chmodSync(`${sshd.key}.pub`, 0o600);
    expect((await by(`${sshd.key}.pub`)).message).toContain('is a public key');
    const text = join(folder, 'text');
    writeFileSync(text, 'no key at all', { mode: 0o600 });
    expect((await by(text)).message).toContain('of a form that is not understood');
    expect(await by(join(folder, 'missing'))).toMatchObject({
      code: 'INPUT_INVALID',
      details: { reason: 'ENOENT' },
    });
  });

  test('a server that is not known: its fingerprint, and nothing is sent; accepted by it, it is remembered', async () => {
    writeFileSync(known, '');
    const error = await refusal(open());
    expect(error).toMatchObject({
      code: 'HOST_KEY_UNKNOWN',
      details: { fingerprint: sshd.fingerprint, keyType: 'ssh-ed25519', sshHost: `[127.0.0.1]:${sshd.port}` },
    });
    expect(error.message).toContain(sshd.fingerprint);
    expect(error.fix).toContain(`--accept-host-key ${sshd.fingerprint}`);
    expect(existsSync(own)).toBe(false);
    const other = await refusal(open(source(), { accept: `SHA256:${'A'.repeat(43)}` }));
    expect(other.code).toBe('HOST_KEY_REFUSED');
    expect(existsSync(own)).toBe(false);
    await reads(open(source(), { accept: sshd.fingerprint }));
    expect(readFileSync(own, 'utf8')).toBe(`${sshd.knownHost}\n`);
    await reads(open());
    expect(readFileSync(own, 'utf8')).toBe(`${sshd.knownHost}\n`);
    expect(readFileSync(known, 'utf8')).toBe('');
  });

  test('a known server with another key is refused loudly, and cannot be accepted', async () => {
    const key = readFileSync(`${sshd.key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
    writeFileSync(known, `\n[127.0.0.1]:${sshd.port} ${key}\n`);
    for (const accept of [undefined, sshd.fingerprint]) {
      const error = await refusal(open(source(), accept === undefined ? {} : { accept }));
      expect(error).toMatchObject({ code: 'HOST_KEY_REFUSED', details: { file: known, line: 2 } });
      expect(error.message).toContain('shows another host key than it had');
      expect(error.message).toContain(sshd.fingerprint);
    }
    expect(existsSync(own)).toBe(false);
  });

  test('a revoked key is refused, also where it is known', async () => {
    appendFileSync(known, `@revoked * ${sshd.knownHost.split(' ').slice(1).join(' ')}\n`);
    const error = await refusal(open(source(), { accept: sshd.fingerprint }));
    expect(error.code).toBe('HOST_KEY_REFUSED');
    expect(error.message).toContain('marked as revoked');
  });

  test('names that ssh has hashed, and patterns', async () => {
    execFileSync('ssh-keygen', ['-q', '-H', '-f', known], { stdio: 'ignore' });
    expect(readFileSync(known, 'utf8')).toContain('|1|');
    expect(readFileSync(known, 'utf8')).not.toContain('127.0.0.1');
    await reads(open());
    const key = sshd.knownHost.split(' ').slice(1).join(' ');
    writeFileSync(known, `other.example,[127.0.0.?]:* ${key}\n`);
    await reads(open());
    writeFileSync(known, `[127.*]:*,![127.0.0.1]:${sshd.port} ${key}\n`);
    expect((await refusal(open())).code).toBe('HOST_KEY_UNKNOWN');
  });

  test('the server is asked for the key that is known, although it has a better one', async () => {
    const key = readFileSync(join(sshd.folder, 'host_rsa.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
    writeFileSync(known, `[127.0.0.1]:${sshd.port} ${key}\n`);
    await reads(open());
  });

  test('an authority for host keys is not taken for the key itself', async () => {
    const key = sshd.knownHost.split(' ').slice(1).join(' ');
    writeFileSync(known, `@cert-authority * ${key}\n`);
    const error = await refusal(open());
    expect(error.code).toBe('HOST_KEY_UNKNOWN');
    expect(error.message).toContain('certificates of host keys');
  });

  test('a database that the SSH server does not reach, and an SSH server that is not there', async () => {
    const nothing = source(sshd.tunnel(), server.url.replace(`:${server.port}`, ':1'));
    const error = await refusal(open(nothing));
    expect(error).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    expect(error.message).toContain(`The SSH server 127.0.0.1:${sshd.port} cannot reach 127.0.0.1:1`);
    const gone = await refusal(open(source({ ...sshd.tunnel(), port: 1 })));
    expect(gone.message).toBe(
      'The SSH server 127.0.0.1:1 cannot be reached: nothing accepts connections there',
    );
    expect(gone.code).toBe('TUNNEL_UNREACHABLE');
    const noSsh = await refusal(open(source({ ...sshd.tunnel(), port: server.port })));
    expect(noSsh.code).toBe('TUNNEL_UNREACHABLE');
  });

  test('a socket cannot be reached through a tunnel', async () => {
    const socket = source(sshd.tunnel(), `postgres:///test?host=${encodeURIComponent(server.socketDir)}`);
    expect((await refusal(open(socket))).message).toContain(
      'a socket cannot be reached through an SSH tunnel',
    );
  });

  test('a server that forbids forwarding says so', async () => {
    await using strict = await startSshd(['AllowTcpForwarding no']);
    writeFileSync(known, `${strict.knownHost}\n`);
    const error = await refusal(open(source(strict.tunnel())));
    expect(error.code).toBe('TUNNEL_DENIED');
    expect(error.message).toContain(`does not let "${strict.user}" connect to 127.0.0.1:${server.port}`);
    expect(error.fix).toContain('AllowTcpForwarding');
  });

  test('TLS through the tunnel checks the name of the database, not that of the SSH server', async (context) => {
    const { certificate } = server;
    if (certificate === null) return context.skip('needs openssl');
    const tls = `sslmode=verify-full&sslrootcert=${encodeURIComponent(certificate)}`;
    await reads(open(source(sshd.tunnel(), `${server.url.replace('127.0.0.1', 'localhost')}?${tls}`)));
    // the certificate names localhost only
    const wrong = await refusal(open(source(sshd.tunnel(), `${server.url}?${tls}`)));
    expect(wrong).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    expect(wrong.message).toContain('no TLS connection with sslmode=verify-full');
  });

  test('several readers share one SSH connection, and so does what stops a query', async () => {
    await server.query(`CREATE VIEW slow AS SELECT pg_sleep(30)::text AS a`);
    onTestFinished(async () => {
      await server.query('DROP VIEW slow');
    });
    const signal = new AbortController().signal;
    await using opened = await open();
    const before = sshd.sessions().length;
    await using snapshot = await opened.snapshot(signal, { readers: 3 });
    expect(snapshot).toMatchObject({ readers: 3, warnings: [] });
    expect(sshd.sessions()).toHaveLength(before);
    const reader = await snapshot.object({ schema: 'public', name: 'slow' });
    const stop = new AbortController();
    const data = reader.read(stop.signal);
    const reading = (async () => {
      if (data.format === 'csv') for await (const _ of data.chunks);
    })();
    reading.catch(() => undefined);
    const running = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY%slow%' AND state = 'active'";
    await expect.poll(() => server.query(running)).toHaveLength(1);
    const from = Date.now();
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(Date.now() - from).toBeLessThan(1000);
    await expect.poll(() => server.query(running)).toHaveLength(0);
  });

  test('a tunnel that breaks while an object is read: lost, and it says what was lost', async () => {
    await server.query(
      'CREATE TABLE wide AS SELECT g, repeat(md5(g::text), 100) FROM generate_series(1, 20000) g',
    );
    onTestFinished(async () => {
      await server.query('DROP TABLE wide');
    });
    await using opened = await open();
    await using snapshot = await opened.snapshot(new AbortController().signal);
    const reader = await snapshot.object({ schema: 'public', name: 'wide' });
    const data = reader.read(new AbortController().signal);
    const reading = (async () => {
      if (data.format !== 'csv') throw new Error('CSV was expected');
      for await (const _ of data.chunks) sshd.killSessions();
    })();
    const error = (await reading.catch((failure: unknown) => failure)) as SluiceError;
    expect(error).toMatchObject({ code: 'SOURCE_LOST' });
    expect(error.message).toContain(
      `the SSH connection through the SSH server 127.0.0.1:${sshd.port} was lost`,
    );
  });

  test('ended while it connects, it is cancelled; ended after that, nothing is left at the server', async () => {
    const stop = new AbortController();
    const opening = refusal(open(source(), {}, stop.signal));
    stop.abort();
    expect((await opening).code).toBe('CANCELLED');
    await reads(open());
    await expect.poll(() => sshd.sessions()).toEqual([]);
  });
});

async function withAgent<T>(socket: string | undefined, act: () => Promise<T>): Promise<T> {
  const before = process.env.SSH_AUTH_SOCK;
  if (socket === undefined) delete process.env.SSH_AUTH_SOCK;
  else process.env.SSH_AUTH_SOCK = socket;
  try {
    return await act();
  } finally {
    if (before === undefined) delete process.env.SSH_AUTH_SOCK;
    else process.env.SSH_AUTH_SOCK = before;
  }
}
