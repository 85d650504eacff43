/** Whatever breaks, the error says what it was, and nothing short passes for whole. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openMysql } from '../../../src/main/sources/mysql/open.ts';
import type { CsvChunk, ObjectReader, OpenSource, Snapshot } from '../../../src/main/sources/source.ts';
import { missingForMariadb, startMariadb, type TestMariadb } from '../../support/mariadb.ts';
import { failure, never, readCsv, withSnapshot } from '../../support/source-reading.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

const bigRows = 300_000;
const createBig = `CREATE TABLE big AS SELECT seq AS i, REPEAT('x', 100) AS t FROM seq_1_to_${bigRows}`;

describe.skipIf(missingForMariadb !== '')(`MySQL failures: needs ${missingForMariadb || 'MariaDB'}`, () => {
  let server: TestMariadb;
  const toClose: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    server = await startMariadb();
    await server.query(createBig);
  });
  afterEach(async () => {
    for (const thing of toClose.splice(0)) await thing.close();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const open = (url = server.url, password: string | undefined = server.password, signal = never()) =>
    openMysql({ url, password, signal });
  const proxied = async (): Promise<{ proxy: TcpProxy; source: OpenSource }> => {
    const proxy = await startTcpProxy(server.port);
    const source = await open(`mysql://sluice@127.0.0.1:${proxy.port}/test?ssl-mode=disabled`);
    toClose.push(proxy, { close: async () => await source[Symbol.asyncDispose]() });
    return { proxy, source };
  };
  const bigReader = (snapshot: Snapshot): Promise<ObjectReader> =>
    snapshot.object({ schema: null, name: 'big' });
  const chunksOf = (reader: ObjectReader, signal = never()): AsyncIterator<CsvChunk> => {
    const data = reader.read(signal);
    if (data.format !== 'csv') throw new Error('not CSV');
    return data.chunks[Symbol.asyncIterator]();
  };
  const readOn = async (chunks: AsyncIterator<CsvChunk>): Promise<number> => {
    let rows = 0;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
      rows += next.value.rows;
    return rows;
  };
  const runningQueries = async (): Promise<number> => {
    const rows = await server.query(
      "SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = 'sluice' AND COMMAND = 'Query'",
    );
    return rows.length;
  };

  it('names a wrong password, user, database, host and port, and never the password', async () => {
    const wrong = await failure(open(server.url, 'not-the-password'), 'SOURCE_DENIED');
    expect(wrong.message).toContain('the password is wrong');
    expect(wrong.details).toMatchObject({
      user: 'sluice',
      database: 'test',
      host: '127.0.0.1',
      port: server.port,
    });
    expect(JSON.stringify([wrong, wrong.message, wrong.details])).not.toContain('not-the-password');
    const missing = await failure(open(server.url, ''), 'SOURCE_DENIED');
    expect(missing.message).toContain('none was given');
    const other = await failure(open(server.url.replace('/test', '/mysql')), 'SOURCE_DENIED');
    expect(other.message).toContain('may not use the database');
    await server.query("GRANT ALL ON *.* TO 'root'@'127.0.0.1' IDENTIFIED BY 'root'");
    const root = `mysql://root@127.0.0.1:${server.port}/absent`;
    await failure(open(root, 'root'), 'SOURCE_NOT_FOUND');
    const host = await failure(open('mysql://u@no-such-host.invalid/db'), 'SOURCE_UNREACHABLE');
    expect(host.message).toContain('no-such-host.invalid');
    const proxy = await startTcpProxy(server.port);
    await proxy.close();
    const port = await failure(open(`mysql://u@127.0.0.1:${proxy.port}/db`), 'SOURCE_UNREACHABLE');
    expect(port.message).toContain('nothing accepts connections');
    const socket = await failure(open('mysql:///db?socket=/nowhere'), 'SOURCE_UNREACHABLE');
    expect(socket.message).toContain('the socket /nowhere cannot be reached: there is no such socket');
    await failure(open(server.url.replace('@', ':secret@')), 'SECRET_IN_ARGUMENT');
    await failure(open('mysql://h'), 'INPUT_INVALID');
  });

  it('gives up on a server that does not answer', async () => {
    const proxy = await startTcpProxy(server.port);
    toClose.push(proxy);
    proxy.stallAfter(0);
    const error = await failure(
      open(`mysql://u@127.0.0.1:${proxy.port}/db?connect-timeout=1`),
      'SOURCE_UNREACHABLE',
    );
    expect(error.message).toContain('did not answer in time');
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const started = performance.now();
    await failure(open(`mysql://u@127.0.0.1:${proxy.port}/db`, 'x', stop.signal), 'CANCELLED');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it.each([1, 5_000, 5_000_000])('a connection cut %i bytes into the rows is SOURCE_LOST', async (bytes) => {
    const { proxy, source } = await proxied();
    const snapshot = await source.snapshot(never());
    const reader = await bigReader(snapshot);
    proxy.cutAfter(proxy.received() + bytes + 100);
    const error = await failure(readOn(chunksOf(reader)), 'SOURCE_LOST');
    expect(error.message).toContain('big was not read to its end');
    await failure(bigReader(snapshot), 'SOURCE_LOST');
    await snapshot[Symbol.asyncDispose]();
    proxy.cutAfter(Number.POSITIVE_INFINITY);
    expect((await source.objects(never())).length).toBeGreaterThan(0); // a new connection
  });

  it('a connection cut just before the end of the answer is SOURCE_LOST', async () => {
    const whole = await proxied();
    const before = await withSnapshot(whole.source, async (snapshot) => {
      const reader = await bigReader(snapshot);
      const from = whole.proxy.received();
      await readOn(chunksOf(reader));
      return whole.proxy.received() - from;
    });
    const { proxy, source } = await proxied();
    const snapshot = await source.snapshot(never());
    const reader = await bigReader(snapshot);
    // the last packet has nine bytes; the rows are all there without it
    proxy.cutAfter(proxy.received() + before - 9);
    await failure(readOn(chunksOf(reader)), 'SOURCE_LOST');
  });

  it.each(['pulling', 'waiting'])('stops the server promptly when cancelled while %s', async (state) => {
    const source = await open();
    toClose.push({ close: async () => await source[Symbol.asyncDispose]() });
    const snapshot = await source.snapshot(never());
    const reader = await bigReader(snapshot);
    const stop = new AbortController();
    const chunks = chunksOf(reader, stop.signal);
    await chunks.next();
    const started = performance.now();
    if (state === 'pulling') setTimeout(() => stop.abort(), 5);
    else stop.abort();
    await sleep(500);
    expect(await runningQueries()).toBe(0); // even if nobody asks for the next chunk
    await failure(readOn(chunks), 'CANCELLED');
    expect(performance.now() - started).toBeLessThan(1_500);
    await snapshot[Symbol.asyncDispose]();
  });

  it('stops the server when the loop over the rows is left, and the snapshot goes on', async () => {
    const source = await open();
    await withSnapshot(source, async (snapshot) => {
      const data = (await bigReader(snapshot)).read(never());
      if (data.format !== 'csv') throw new Error('not CSV');
      for await (const chunk of data.chunks) {
        expect(chunk.rows).toBeGreaterThan(0);
        break;
      }
      expect(await runningQueries()).toBe(0);
      expect((await readCsv(snapshot, null, 'big')).rows).toBe(bigRows);
    });
    await source[Symbol.asyncDispose]();
  });

  it('holds no more than two chunks while nobody takes them', async () => {
    const { proxy, source } = await proxied();
    await withSnapshot(source, async (snapshot) => {
      const chunks = chunksOf(await bigReader(snapshot));
      const before = proxy.received();
      await chunks.next();
      await sleep(1_000);
      // two chunks of a mebibyte, and what lies in the sockets of client, proxy and server
      expect(proxy.received() - before).toBeLessThan(16 * 1024 * 1024);
      expect(1 + (await readOn(chunks))).toBeGreaterThan(bigRows / 2);
    });
  });

  it('lets go within a second of a network that has fallen silent', async () => {
    const { proxy, source } = await proxied();
    const snapshot = await source.snapshot(never());
    const reader = await bigReader(snapshot);
    const stop = new AbortController();
    proxy.stallAfter(proxy.received() + 3_000_000);
    const reading = failure(readOn(chunksOf(reader, stop.signal)), 'CANCELLED');
    await sleep(300);
    const started = performance.now();
    stop.abort();
    await reading;
    await snapshot[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
    expect(performance.now() - started).toBeLessThan(1_500);
  });

  it('cancels a statement that has sent nothing yet', async () => {
    await server.query('CREATE VIEW sleeper AS SELECT SLEEP(20) AS s');
    const source = await open();
    toClose.push({ close: async () => await source[Symbol.asyncDispose]() });
    await withSnapshot(source, async (snapshot) => {
      const before = performance.now();
      const reader = await snapshot.object({ schema: null, name: 'sleeper' });
      expect(performance.now() - before).toBeLessThan(10_000); // the view is not worked out to look at it
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 100);
      const started = performance.now();
      await failure(readOn(chunksOf(reader, stop.signal)), 'CANCELLED');
      expect(performance.now() - started).toBeLessThan(1_000);
      expect(await runningQueries()).toBe(0);
    });
  });

  it('names a statement that an administrator stopped, and a value that cannot be read', async () => {
    await server.query(`CREATE VIEW failing AS
      SELECT CAST(18446744073709551615 AS UNSIGNED) + seq - 200000 - 18446744073709351615 AS q FROM seq_1_to_300000;
      CREATE VIEW slow AS SELECT seq, SLEEP(0.5) AS t FROM seq_1_to_20`);
    await using source = await open();
    await withSnapshot(source, async (snapshot) => {
      const outOfRange = await failure(readCsv(snapshot, null, 'failing'), 'SOURCE_UNREADABLE');
      expect(outOfRange.message).toContain('out of range');
      const stopped = failure(readCsv(snapshot, null, 'slow'), 'SOURCE_LOST');
      await sleep(700);
      const [[id]] = (await server.query(
        "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'sluice' AND COMMAND = 'Query'",
      )) as [[string]];
      await server.query(`KILL QUERY ${id}`);
      expect((await stopped).message).toContain('slow was not read to its end');
      expect((await readCsv(snapshot, null, 'big')).rows).toBe(bigRows);
    });
  });

  it('says plainly what a user may not read, and never reads half of it', async () => {
    await server.query(`
      CREATE USER reader@'%' IDENTIFIED BY 'r'; CREATE TABLE secret (a int); INSERT INTO secret VALUES (1);
      CREATE TABLE half (a int, b int); INSERT INTO half VALUES (1, 2); GRANT SELECT (a) ON half TO reader@'%';
      CREATE TABLE listed (a int); GRANT INSERT ON listed TO reader@'%';
      CREATE VIEW through AS SELECT * FROM secret; GRANT SELECT ON through TO reader@'%'`);
    await using source = await open(server.url.replace('sluice@', 'reader@'), 'r');
    const listed = (await source.objects(never())).map(({ name }) => name);
    expect(listed).toEqual(['half', 'listed', 'through']);
    await withSnapshot(source, async (snapshot) => {
      for (const name of ['secret', 'half', 'listed']) {
        const denied = await failure(snapshot.object({ schema: null, name }), 'SOURCE_DENIED');
        expect(denied.message).toContain(`${name} may not be read`);
        expect(denied.fix).toContain('GRANT SELECT');
      }
      const through = await readCsv(snapshot, null, 'through');
      expect(through.reader.columns).toEqual(['a']);
      expect(through.rows).toBe(1);
    });
  });

  it('a server that is killed in the middle is SOURCE_LOST', async () => {
    const own = await startMariadb();
    toClose.push({ close: async () => await own[Symbol.asyncDispose]() });
    await own.query(createBig);
    const source = await open(own.url, own.password);
    const snapshot = await source.snapshot(never());
    const chunks = chunksOf(await bigReader(snapshot));
    await chunks.next();
    await own.kill();
    await failure(readOn(chunks), 'SOURCE_LOST');
    await snapshot[Symbol.asyncDispose]();
    await failure(source.objects(never()), 'SOURCE_UNREACHABLE');
    await source[Symbol.asyncDispose]();
  });

  it('refuses a second object while one is being read', async () => {
    await using source = await open();
    await withSnapshot(source, async (snapshot) => {
      const chunks = chunksOf(await bigReader(snapshot));
      await chunks.next();
      await failure(bigReader(snapshot), 'INTERNAL');
      await chunks.return?.();
      expect((await bigReader(snapshot)).columns).toEqual(['i', 't']);
    });
  });
});
