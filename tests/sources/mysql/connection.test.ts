/** The ways in: TCP, sockets, TLS in its modes, option files, accounts of several kinds. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMysql } from '../../../src/main/sources/mysql/open.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { missingForMariadb, startMariadb, type TestMariadb } from '../../support/mariadb.ts';
import { failure, never } from '../../support/source-reading.ts';

describe.skipIf(missingForMariadb !== '')(
  `MySQL connections: needs ${missingForMariadb || 'MariaDB'}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-mysql-'));
    let server: TestMariadb;
    let cert = '';

    beforeAll(async () => {
      const made = await makeCertificate(folder);
      if (made === null) throw new Error('openssl is missing');
      cert = made.cert;
      server = await startMariadb([`--ssl-cert=${made.cert}`, `--ssl-key=${made.key}`]);
      await server.query(`CREATE TABLE here (a int);
      CREATE USER strict@'%' IDENTIFIED BY 's' REQUIRE SSL; GRANT ALL ON test.* TO strict@'%';
      CREATE USER nopass@'%'; GRANT ALL ON test.* TO nopass@'%'`);
    });
    afterAll(async () => {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    });

    /** Opens, reads the list once, and says how many connections of the server were encrypted while it was open. */
    async function encrypted(url: string, password: string | undefined = server.password): Promise<boolean> {
      const count = async () =>
        Number((await server.query("SHOW STATUS LIKE 'Ssl_finished_accepts'"))[0]?.[1]);
      const before = await count();
      await using source = await openMysql({ url, password, signal: never() });
      expect(source.database).toBe('test');
      expect(source.version).toMatch(/^MariaDB \d+\.\d+\.\d+$/);
      expect((await source.objects(never())).map(({ name }) => name)).toEqual(['here']);
      return (await count()) > before;
    }
    const at = (host: string, query: string, user = 'sluice'): string =>
      `mysql://${user}@${host}:${server.port}/test?${query}`;

    it('encrypts where the server can, unless it is told not to', async () => {
      expect(await encrypted(at('127.0.0.1', ''))).toBe(true);
      expect(await encrypted(at('127.0.0.1', 'ssl-mode=required'))).toBe(true);
      expect(await encrypted(at('127.0.0.1', 'ssl-mode=disabled'))).toBe(false);
    });

    it('verify-ca checks the authority, verify-identity the name too', async () => {
      expect(await encrypted(at('127.0.0.1', `ssl-ca=${cert}`))).toBe(true);
      expect(await encrypted(at('localhost', `ssl-mode=verify-identity&ssl-ca=${cert}`))).toBe(true);
      // the certificate is for "localhost", and an address is not that name
      const name = await failure(
        encrypted(at('127.0.0.1', `ssl-mode=verify-identity&ssl-ca=${cert}`)),
        'SOURCE_UNREACHABLE',
      );
      expect(name.message).toContain('no TLS connection with ssl-mode=verify-identity');
      await failure(encrypted(at('localhost', 'ssl-mode=verify-ca')), 'SOURCE_UNREACHABLE'); // no authority of this computer
      const missing = await failure(
        encrypted(at('localhost', 'ssl-mode=verify-ca&ssl-ca=/no')),
        'INPUT_INVALID',
      );
      expect(missing.message).toContain('ssl-ca: the file /no cannot be read');
      await failure(encrypted(at('localhost', `ssl-cert=${cert}`)), 'INPUT_INVALID');
    });

    it('says that the server wants encryption, or has none', async () => {
      expect(await encrypted(at('127.0.0.1', '', 'strict'), 's')).toBe(true);
      await failure(encrypted(at('127.0.0.1', 'ssl-mode=disabled', 'strict'), 's'), 'SOURCE_DENIED');
      await using plain = await startMariadb();
      const url = `${plain.url}?ssl-mode=required`;
      const none = await failure(
        openMysql({ url, password: plain.password, signal: never() }),
        'SOURCE_UNREACHABLE',
      );
      expect(none.message).toContain('the server has no TLS, and ssl-mode=required insists on it');
      await using fallen = await openMysql({ url: plain.url, password: plain.password, signal: never() });
      expect(fallen.database).toBe('test');
    });

    it('goes through a socket, with a password from an option file, or without one', async () => {
      const socket = encodeURIComponent(server.socket);
      expect(await encrypted(`mysql://sluice@localhost/test?socket=${socket}`)).toBe(false);
      expect(await encrypted(`mysql://sluice@${socket}/test?ssl-mode=required`)).toBe(true);
      expect(await encrypted(`mysql://nopass@${socket}/test`, '')).toBe(false);
      const file = join(folder, 'client.cnf');
      const password = server.password.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
      writeFileSync(file, `[client]\nuser=sluice\npassword="${password}"\nsocket=${server.socket}\n`);
      await using source = await openMysql({ url: `mysql:///test?defaults-file=${file}`, signal: never() });
      expect(source.database).toBe('test');
    });
  },
);
