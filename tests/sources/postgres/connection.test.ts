/** Where the parts of a connection come from, and what sslmode means, by libpq's rules. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parsePostgresUrl } from '../../../src/main/sources/index.ts';
import { openPostgres } from '../../../src/main/sources/postgres/open.ts';
import { findPassword } from '../../../src/main/sources/postgres/password-file.ts';
import { connect } from '../../../src/main/sources/postgres/session.ts';
import { resolveSettings } from '../../../src/main/sources/postgres/settings.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { failure, never } from '../../support/source-reading.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-home-'));
});
afterEach(async () => {
  await rm(home, { recursive: true });
  await mkdir(home);
});
afterAll(() => rm(home, { recursive: true }));

const resolve = (url: string, env: NodeJS.ProcessEnv = {}, password?: string) =>
  resolveSettings(parsePostgresUrl(url), { env, home, password });
const file = async (name: string, text: string, mode = 0o600): Promise<string> => {
  const path = join(home, name);
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
};

describe('connection settings', () => {
  it('has the defaults of libpq', async () => {
    const user = userInfo().username;
    expect(await resolve('postgres://h')).toMatchObject({
      ...{ host: 'h', port: 5432, user, database: user, sslMode: 'prefer', applicationName: 'sluice' },
      ...{ options: null, connectTimeout: 30_000, sslRootCert: null },
    });
    expect(await resolve('postgres://joe@h')).toMatchObject({ user: 'joe', database: 'joe' });
  });

  it('takes the URL before the service, the service before the environment', async () => {
    const services = await file(
      'services',
      '# c\n[other]\nhost=no\n\n[shop]\nhost=s\nport=1\nuser=su\n[x]\nport=9\n',
    );
    const env = {
      PGSERVICEFILE: services,
      PGHOST: 'e',
      PGPORT: '2',
      PGDATABASE: 'ed',
      PGAPPNAME: 'ea',
      PGSSLMODE: 'allow',
    };
    expect(await resolve('postgres://uu@/?service=shop', env)).toMatchObject({
      ...{ host: 's', port: 1, user: 'uu', database: 'ed', applicationName: 'ea', sslMode: 'allow' },
    });
    await failure(resolve('postgres://?service=absent', env), 'INPUT_INVALID');
    await failure(resolve('postgres://?service=shop', { PGSERVICEFILE: '/no/such/file' }), 'INPUT_INVALID');
    await file('.pg_service.conf', '[mine]\ndbname=md\n');
    expect(await resolve('postgres://h', { PGSERVICE: 'mine' })).toMatchObject({ database: 'md' });
    await file('pg_service.conf', '[all]\ndbname=ad\n');
    expect(await resolve('postgres://h?service=all', { PGSYSCONFDIR: home })).toMatchObject({
      database: 'ad',
    });
  });

  it('refuses what it cannot mean', async () => {
    for (const query of [
      'port=0',
      'port=x',
      'sslmode=no-verify',
      'connect_timeout=soon',
      'sslmode=verify-full',
      'sslnegotiation=direct',
    ]) {
      await failure(resolve(`postgres://h?${query}`), 'INPUT_INVALID');
    }
    await failure(
      resolve('postgres://h', { PGHOST: 'a' }).then(() => resolve('postgres://?host=a,b')),
      'INPUT_INVALID',
    );
  });

  it('looks for the password: given, service, PGPASSWORD, password file', async () => {
    await file('.pgpass', 'h:5432:d:u:from file\n');
    const services = await file('services', '[s]\npassword=from service\n');
    const env = { PGPASSWORD: 'from env', PGSERVICEFILE: services };
    const of = async (...given: Parameters<typeof resolve>) => (await resolve(...given)).password();
    expect(await of('postgres://u@h/d?service=s', env, 'given')).toBe('given');
    expect(await of('postgres://u@h/d?service=s', env)).toBe('from service');
    expect(await of('postgres://u@h/d', env)).toBe('from env');
    expect(await of('postgres://u@h/d')).toBe('from file');
    expect(await of('postgres://u@h/other')).toBeNull();
    const other = await file('other', '*:*:*:*:from other\n');
    expect(await of('postgres://u@h/d', { PGPASSFILE: other })).toBe('from other');
    expect(await of(`postgres://u@h/d?passfile=${other}`)).toBe('from other');
    await chmod(other, 0o640);
    const open = await resolve('postgres://u@h/d', { PGPASSFILE: other });
    expect(open.password()).toBeNull();
    expect(open.passwordNote).toContain('chmod 600');
    expect(JSON.stringify(await resolve('postgres://u@h/d'))).not.toContain('from file');
  });

  it.each([
    ['h:5432:d:u:pw', 'pw'],
    ['*:*:*:*:pw', 'pw'],
    ['#h:5432:d:u:no\n*:5432:*:u:pw', 'pw'],
    ['h:5432:d:u:p\\:w\\\\x', 'p:w\\x'],
    ['h:5432:d:u:p:w', 'p:w'],
    ['h:5432:d:u:pw\r\n', 'pw'],
    ['h:5433:d:u:no\nh:5432:d:u:first\nh:5432:d:u:second', 'first'],
    ['\\*:5432:d:u:no', null],
    ['h:5432:d', null],
    ['localhost:5432:d:u:no', null],
  ])('reads the password file %j', (text, password) => {
    expect(findPassword(text, { host: 'h', port: 5432, database: 'd', user: 'u' })).toBe(password);
  });

  it('knows a socket in a default folder as localhost', () => {
    const question = { host: '/var/run/postgresql', port: 5432, database: 'd', user: 'u' };
    expect(findPassword('localhost:*:*:*:pw', question)).toBe('pw');
    expect(findPassword('localhost:*:*:*:pw', { ...question, host: '/elsewhere' })).toBeNull();
  });
});

describe.skipIf(findPostgres() === null)('PostgreSQL connections: needs PostgreSQL', () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  const facts = async (url: string, env: NodeJS.ProcessEnv = {}): Promise<Record<string, string | null>> => {
    const session = await connect(await resolve(url, env, server.password), never());
    const [row] =
      await session.query(`SELECT a.application_name AS app, s.ssl::text AS tls, current_database() AS db,
        current_user AS usr, current_setting('search_path') AS path, inet_client_addr() IS NULL AS local
      FROM pg_stat_activity a JOIN pg_stat_ssl s USING (pid) WHERE pid = pg_backend_pid()`);
    await session.end();
    return row ?? {};
  };

  it('connects over a socket, with options and an application name', async () => {
    const socket = encodeURIComponent(server.socketDir);
    const query = 'application_name=me&options=-c%20search_path%3Dpg_catalog';
    expect(await facts(`postgres://sluice@${socket}:${server.port}/test?sslmode=require&${query}`)).toEqual({
      ...{ app: 'me', tls: 'false', db: 'test', usr: 'sluice', path: 'pg_catalog', local: 't' },
    });
    expect(await facts(`${server.url}`)).toMatchObject({ app: 'sluice', local: 'f' });
    await using source = await openPostgres({
      url: `postgres://sluice@/test?host=${server.socketDir}&port=${server.port}`,
      signal: never(),
    });
    expect(source.database).toBe('test');
  });

  it('needs no password in the URL: the password file is enough', async () => {
    const escaped = server.password.replace(/[\\:]/g, '\\$&');
    await file('.pgpass', `127.0.0.1:${server.port}:test:sluice:${escaped}\n`);
    const session = await connect(await resolve(server.url), never());
    await session.end();
    await chmod(join(home, '.pgpass'), 0o644);
    const error = await failure(
      resolve(server.url).then((settings) => connect(settings, never())),
      'SOURCE_DENIED',
    );
    expect(error.message).toContain('chmod 600');
  });

  describe('sslmode', () => {
    const withTls = (name: string, test: () => Promise<void>): void => {
      it(name, async ({ skip }) => {
        if (server.certificate === null) skip('needs openssl');
        await test();
      });
    };
    const named = (query: string): string => `postgres://sluice@localhost:${server.port}/test?${query}`;
    const numbered = (query: string): string => `${server.url}?${query}`;

    withTls('disable and allow stay in the clear, prefer and require encrypt', async () => {
      expect((await facts(numbered('sslmode=disable'))).tls).toBe('false');
      expect((await facts(numbered('sslmode=allow'))).tls).toBe('false');
      expect((await facts(numbered('sslmode=prefer'))).tls).toBe('true');
      expect((await facts(numbered('sslmode=require'))).tls).toBe('true');
    });

    withTls('verify-ca checks the authority, verify-full the name too', async () => {
      const root = `sslrootcert=${server.certificate}`;
      expect((await facts(numbered(`sslmode=verify-ca&${root}`))).tls).toBe('true');
      expect((await facts(named(`sslmode=verify-full&${root}`))).tls).toBe('true');
      const name = await failure(facts(numbered(`sslmode=verify-full&${root}`)), 'SOURCE_UNREACHABLE');
      expect(name.message).toContain('sslmode=verify-full');
      await failure(facts(named('sslmode=verify-full&sslrootcert=system')), 'SOURCE_UNREACHABLE');
      await mkdir(join(home, '.postgresql'));
      await writeFile(
        join(home, '.postgresql', 'root.crt'),
        rootCertificates[0] ?? '' /* it signed nothing here */,
      );
      await failure(facts(named('sslmode=verify-ca')), 'SOURCE_UNREACHABLE');
      await failure(facts(numbered('sslmode=require')), 'SOURCE_UNREACHABLE'); // a root.crt makes it verify-ca
    });

    withTls('binds the login to the channel when asked to', async () => {
      expect((await facts(numbered('sslmode=require&channel_binding=require'))).tls).toBe('true');
      await failure(facts(numbered('sslmode=disable&channel_binding=require')), 'SOURCE_DENIED');
    });

    withTls('prefer goes on in the clear where the server only admits that', async () => {
      await server.query(`CREATE ROLE plain LOGIN PASSWORD 'x'`);
      const url = `postgres://plain@127.0.0.1:${server.port}/test`;
      const hba = `hostnossl all plain 127.0.0.1/32 trust\nhostssl all plain 127.0.0.1/32 reject\nlocal all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n`;
      await writeFile(join(server.dataDir, 'pg_hba.conf'), hba);
      await server.query('SELECT pg_reload_conf()');
      await expect.poll(async () => (await facts(`${url}?sslmode=disable`)).usr).toBe('plain');
      expect((await facts(`${url}?sslmode=prefer`)).tls).toBe('false');
      await failure(facts(`${url}?sslmode=require`), 'SOURCE_DENIED');
    });

    withTls('says so when the server has no TLS', async () => {
      const off = await startPostgres({ tls: false });
      try {
        const error = await failure(
          resolve(`${off.url}?sslmode=require`, {}, off.password).then((settings) =>
            connect(settings, never()),
          ),
          'SOURCE_UNREACHABLE',
        );
        expect(error.message).toContain('the server has no TLS');
        const plain = await connect(await resolve(off.url, {}, off.password), never());
        await plain.end();
      } finally {
        await off.stop();
      }
    });
  });
});
