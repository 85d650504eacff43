/** Tunnels through a real sshd to a real MariaDB. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openSource } from '../../../src/main/sources/index.ts';
import type { OpenSource } from '../../../src/main/sources/source.ts';
import type { SluiceError } from '../../../src/shared/errors.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { missingForMariadb, startMariadb, type TestMariadb } from '../../support/mariadb.ts';
import { missingForSshd, startSshd, type TestSshd } from '../../support/sshd.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const missing = [missingForMariadb, missingForSshd].filter(Boolean).join(', ');

describe.skipIf(missing !== '')(`a tunnel to MariaDB: needs ${missing || 'MariaDB and sshd'}`, () => {
  let sshd: TestSshd;
  let server: TestMariadb;
  beforeAll(async () => {
    [sshd, server] = await Promise.all([startSshd(), startMariadb()]);
    await server.query(`CREATE TABLE t (a int PRIMARY KEY, b longtext);
      INSERT INTO t SELECT seq, REPEAT(MD5(seq), 100) FROM seq_1_to_20000`);
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await sshd?.[Symbol.asyncDispose]();
  });

  const signal = new AbortController().signal;
  const open = (maria = server, query = '', host = '127.0.0.1'): Promise<OpenSource> => {
    const known = join(temporaryFolder(), 'known_hosts');
    writeFileSync(known, `${sshd.knownHost}\n`);
    const url = `${maria.url.replace('127.0.0.1', host)}${query}`;
    return openSource(
      { kind: 'mysql', name: 'db', database: 'test', url, passwordInKeychain: true, tunnel: sshd.tunnel() },
      {
        ...{ password: maria.password, signal },
        hostKeys: { file: join(known, '..', 'own'), sshFiles: [known] },
      },
    );
  };
  const read = async (source: OpenSource, each: () => void = () => undefined): Promise<number> => {
    await using snapshot = await source.snapshot(signal);
    const data = (await snapshot.object({ schema: null, name: 't' })).read(signal);
    let rows = 0;
    if (data.format !== 'csv') throw new Error('CSV was expected');
    for await (const chunk of data.chunks) {
      each();
      rows += chunk.rows;
    }
    return rows;
  };

  test('lists and reads everything over one SSH connection', async () => {
    await using source = await open();
    expect((await source.objects(signal)).map(({ name }) => name)).toEqual(['t']);
    expect(await read(source)).toBe(20_000);
  });

  test('localhost is the computer of the SSH server, and never a socket here', async () => {
    await using source = await open(server, '', 'localhost');
    expect(await read(source)).toBe(20_000);
    const socket = `?socket=${encodeURIComponent(server.socket)}`;
    await expect(open(server, socket)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('through an SSH tunnel'),
    });
  });

  test('a query is stopped within a second, through the tunnel', async () => {
    await server.query('CREATE VIEW slow AS SELECT SLEEP(30) AS a');
    onTestFinished(async () => {
      await server.query('DROP VIEW slow');
    });
    await using source = await open();
    await using snapshot = await source.snapshot(signal);
    const stop = new AbortController();
    const data = (await snapshot.object({ schema: null, name: 'slow' })).read(stop.signal);
    const reading = (async () => {
      if (data.format === 'rows') for await (const _ of data.batches);
      else for await (const _ of data.chunks);
    })();
    reading.catch(() => undefined);
    const running =
      "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'sluice' AND INFO LIKE '%slow%'";
    await expect.poll(() => server.query(running)).toHaveLength(1);
    const from = Date.now();
    stop.abort();
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(Date.now() - from).toBeLessThan(1000);
    await expect.poll(() => server.query(running)).toEqual([]);
  });

  test('a tunnel that breaks while an object is read: lost, and it says what was lost', async () => {
    await using source = await open();
    const error = (await read(source, () => sshd.killSessions()).catch(
      (failure: unknown) => failure,
    )) as SluiceError;
    expect(error).toMatchObject({ code: 'SOURCE_LOST' });
    expect(error.message).toContain(
      `the SSH connection through the SSH server 127.0.0.1:${sshd.port} was lost`,
    );
  });

  test('TLS through the tunnel checks the name of the database', async (context) => {
    const folder = temporaryFolder();
    const made = await makeCertificate(folder);
    if (made === null) return context.skip('needs openssl');
    await using secure = await startMariadb([`--ssl-cert=${made.cert}`, `--ssl-key=${made.key}`]);
    await secure.query('CREATE TABLE t (a int)');
    const query = `?ssl-mode=verify-identity&ssl-ca=${encodeURIComponent(made.cert)}`;
    {
      await using source = await open(secure, query, 'localhost');
      expect(await source.objects(signal)).toHaveLength(1);
    }
    await expect(open(secure, query)).rejects.toMatchObject({
      message: expect.stringContaining('no TLS connection with ssl-mode=verify-identity'),
    });
  });
});
