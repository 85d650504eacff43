import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseMysqlUrl } from '../../../src/main/sources/index.ts';
import { readOption } from '../../../src/main/sources/mysql/option-files.ts';
import {
  connectionDetails,
  type MysqlSettings,
  resolveSettings,
} from '../../../src/main/sources/mysql/settings.ts';
import { SluiceError } from '../../../src/shared/errors.ts';
import { failure } from '../../support/source-reading.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('parseMysqlUrl', () => {
  it.each<[string, Record<string, string>]>([
    ['mysql://h/db', { host: 'h', database: 'db' }],
    ['mariadb://u@h:3307/d%2Fb', { user: 'u', host: 'h', port: '3307', database: 'd/b' }],
    ['mysql://u%40x@[2001:db8::1]:1/db', { user: 'u@x', host: '2001:db8::1', port: '1', database: 'db' }],
    ['mysql://%2Frun%2Fmysqld.sock/db', { socket: '/run/mysqld.sock', database: 'db' }],
    ['mysql:///db?socket=/s', { database: 'db', socket: '/s' }],
    ['mysql://h/db?ssl_mode=REQUIRED&charset=utf8', { host: 'h', database: 'db', 'ssl-mode': 'REQUIRED' }],
    [
      'mysql://h/db?sslMode=VERIFY_CA&ssl-ca=/ca',
      { host: 'h', database: 'db', 'ssl-mode': 'VERIFY_CA', 'ssl-ca': '/ca' },
    ],
  ])('reads %s', (url, parameters) => {
    expect(parseMysqlUrl(url)).toEqual({ parameters, hasPassword: false, withoutPassword: url });
  });

  it.each([
    ['mysql://u:hunter2@h/db', 'mysql://u@h/db'],
    ['mysql://u@h/db?password=hunter2&ssl-mode=required', 'mysql://u@h/db?ssl-mode=required'],
    ['mysql://u@h/db?pwd=hunter2', 'mysql://u@h/db'],
  ])('finds the password in %s and cuts it out', (url, without) => {
    const parsed = parseMysqlUrl(url);
    expect(parsed.hasPassword).toBe(true);
    expect(parsed.withoutPassword).toBe(without);
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });

  it.each([
    'postgres://u:hunter2@h/db',
    'mysql:/h/db',
    'mysql://u:hunter2@x@h/db',
    'mysql://u:hunter2/x@h/db',
    'mysql://h,i/db',
    'mysql://h/db?allowPublicKeyRetrieval=hunter2',
    'mysql://h/db?hunter2',
    'mysql://h/%00',
  ])('refuses %s and does not repeat the secret', (url) => {
    let raised: unknown;
    try {
      parseMysqlUrl(url);
    } catch (error) {
      raised = error;
    }
    expect(raised).toBeInstanceOf(SluiceError);
    if (!(raised instanceof SluiceError)) return;
    expect(raised.code).toBe('INPUT_INVALID');
    expect(`${raised.message} ${raised.fix}`).not.toContain('hunter2');
  });
});

describe('readOption', () => {
  it.each([
    ['user = ada', 'user', 'ada'],
    ['user=ada # who', 'user', 'ada'],
    ['password="pw#1"', 'password', 'pw#1'],
    ["password='it\\'s'", 'password', "it's"],
    ['password=a\\\\b\\sc', 'password', 'a\\b c'],
    ['ssl_ca=/x y', 'ssl-ca', '/x y'],
    ['loose-ssl-mode=REQUIRED', 'ssl-mode', 'REQUIRED'],
    ['skip-ssl', 'skip-ssl', ''],
    ['password=a=b', 'password', 'a=b'],
  ])('%s', (line, name, value) => {
    expect(readOption(line)).toEqual([name, value]);
  });
});

describe('resolveSettings', () => {
  let home: string;
  beforeEach(() => {
    home = temporaryFolder();
  });
  const file = (name: string, text: string): string => {
    const path = join(home, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const resolve = (
    url: string,
    options: { env?: Record<string, string>; password?: string; systemFiles?: string[] } = {},
  ): Promise<MysqlSettings> =>
    resolveSettings(parseMysqlUrl(url), { env: {}, systemFiles: [], home, ...options });

  it('has the defaults of the client', async () => {
    const settings = await resolve('mysql://db.example/shop');
    expect(settings).toMatchObject({
      ...{ host: 'db.example', port: 3306, socket: null, database: 'shop', user: userInfo().username },
      ...{ sslMode: 'preferred', sslCa: null, getServerPublicKey: false, connectTimeout: 30_000 },
    });
    expect(settings.password()).toBeNull();
    expect(connectionDetails(settings)).toEqual({
      ...{ host: 'db.example', port: 3306, user: userInfo().username, database: 'shop' },
    });
  });

  it('lets the URL win over files, files over the environment, and the given password over all', async () => {
    file(
      '.my.cnf',
      '[client]\nuser=file\npassword="p#w"\nport=3310\nhost=filehost\n[mysqldump]\nuser=dump\n',
    );
    const env = { MYSQL_HOST: 'envhost', MYSQL_PWD: 'envpw', MYSQL_TCP_PORT: '3399' };
    const fromFile = await resolve('mysql:///shop', { env });
    expect(fromFile).toMatchObject({ user: 'file', host: 'filehost', port: 3310 });
    expect(fromFile.password()).toBe('p#w');
    expect(JSON.stringify(fromFile)).not.toContain('p#w');
    expect(await resolve('mysql://u@h:1/shop', { env })).toMatchObject({ user: 'u', host: 'h', port: 1 });
    expect((await resolve('mysql:///shop', { env, password: 'given' })).password()).toBe('given');
    file('.my.cnf', '');
    const fromEnvironment = await resolve('mysql:///shop', { env });
    expect(fromEnvironment).toMatchObject({ host: 'envhost', port: 3399 });
    expect(fromEnvironment.password()).toBe('envpw');
  });

  it('reads the files of the computer, what they include, and groups by suffix', async () => {
    mkdirSync(join(home, 'conf.d'));
    file('conf.d/b.cnf', '[client]\nuser=b\n');
    file('conf.d/a.cnf', '[client]\nuser=a\npassword=a\n');
    file('conf.d/c.txt', '[client]\nuser=c\n');
    const extra = file('extra.cnf', '[client-mariadb]\nssl-ca=/extra\n');
    const system = file(
      'my.cnf',
      `# x\n!includedir ${home}/conf.d\n!include ${extra}\n!include ${home}/my.cnf\n[mysqld]\nuser=mysql\n`,
    );
    file('.my.cnf', '[client]\nhost=near\n[client_far]\nhost=far\n');
    expect(await resolve('mysql:///shop', { systemFiles: [system] })).toMatchObject({
      ...{ user: 'b', host: 'near', sslCa: '/extra', sslMode: 'verify-ca' },
    });
    const url = 'mysql:///shop?defaults-group-suffix=_far';
    expect(await resolve(url, { systemFiles: [system] })).toMatchObject({ host: 'far' });
    const only = file('only.cnf', '[client]\nhost=only\n');
    const named = await resolve(`mysql:///shop?defaults-file=${only}`, { systemFiles: [system] });
    expect(named).toMatchObject({ host: 'only', sslCa: null });
    const missing = await failure(resolve('mysql:///shop?defaults-file=/nowhere'), 'INPUT_INVALID');
    expect(missing.message).toContain('/nowhere');
  });

  it.skipIf(process.platform === 'win32')(
    'does not use a file that anybody may write to, and says so',
    async () => {
      chmodSync(file('.my.cnf', '[client]\nuser=mallory\n'), 0o666);
      const settings = await resolve('mysql://h/shop');
      expect(settings.user).toBe(userInfo().username);
      expect(settings.fileNotes.join()).toContain('anybody may write to it');
    },
  );

  it.skipIf(process.platform === 'win32')('takes the socket where the host is this computer', async () => {
    file('.my.cnf', '[client-server]\nsocket=/run/own.sock\nport=3306\n');
    expect(await resolve('mysql:///shop')).toMatchObject({ socket: '/run/own.sock' });
    expect(await resolve('mysql://localhost/shop')).toMatchObject({ socket: '/run/own.sock' });
    expect(await resolve('mysql://localhost:3306/shop')).toMatchObject({ socket: null, host: 'localhost' });
    expect(await resolve('mysql://127.0.0.1/shop')).toMatchObject({ socket: null });
    expect(await resolve('mysql://h/shop')).toMatchObject({ socket: null, host: 'h' });
    expect(await resolve('mysql://h/shop?socket=/s')).toMatchObject({ socket: '/s' });
    file('.my.cnf', '[client]\nprotocol=TCP\nsocket=/run/own.sock\n');
    expect(await resolve('mysql://localhost/shop')).toMatchObject({ socket: null });
  });

  it.each([
    ['', 'preferred'],
    ['?ssl-mode=VERIFY_IDENTITY', 'verify-identity'],
    ['?ssl-mode=disabled', 'disabled'],
    ['?ssl-ca=/ca', 'verify-ca'],
    ['?ssl-ca=/ca&ssl-mode=required', 'required'],
  ])('TLS: %s is %s', async (query, mode) => {
    expect((await resolve(`mysql://h/shop${query}`)).sslMode).toBe(mode);
  });

  it.each([
    ['ssl', 'required'],
    ['ssl=0', 'disabled'],
    ['skip-ssl', 'disabled'],
    ['ssl-verify-server-cert', 'verify-identity'],
    ['ssl-verify-server-cert=0', 'preferred'],
  ])('TLS in the words of MariaDB: %s is %s', async (line, mode) => {
    file('.my.cnf', `[client]\n${line}\n`);
    expect((await resolve('mysql://h/shop')).sslMode).toBe(mode);
    expect((await resolve('mysql://h/shop?ssl-mode=required')).sslMode).toBe('required');
  });

  it.each([
    'mysql://h',
    'mysql://h/',
    'mysql://h:0x1/d',
    'mysql://h:70000/d',
    'mysql://h/d?ssl-mode=maybe',
    'mysql://h/d?connect-timeout=x',
  ])('refuses %s', async (url) => {
    await failure((async () => await resolve(url))(), 'INPUT_INVALID');
  });
});
