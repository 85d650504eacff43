/** Whatever breaks, the error says what it was, and nothing short passes for whole. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../../../src/main/sources/postgres/open.ts';
import type { CsvChunk, ObjectReader, OpenSource, Snapshot } from '../../../src/main/sources/source.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { failure, never, readCsv, withSnapshot } from '../../support/source-reading.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

const bigRows = 300_000;

describe.skipIf(findPostgres() === null)('PostgreSQL failures: needs PostgreSQL', () => {
  let server: TestPostgres;
  const toClose: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    server = await startPostgres();
    await server.query(
      `CREATE TABLE big AS SELECT i, repeat('x', 100) AS t FROM generate_series(1, ${bigRows}) i`,
    );
  });
  afterEach(async () => {
    for (const thing of toClose.splice(0)) await thing.close();
  });
  afterAll(() => server.stop());

  const open = (url = server.url, password: string | undefined = server.password, signal = never()) =>
    openPostgres({ url, password, signal });
  const proxied = async (): Promise<{ proxy: TcpProxy; source: OpenSource }> => {
    const proxy = await startTcpProxy(server.port);
    const source = await open(`postgres://sluice@127.0.0.1:${proxy.port}/test`);
    toClose.push(proxy, { close: async () => await source[Symbol.asyncDispose]() });
    return { proxy, source };
  };
  const bigReader = (snapshot: Snapshot): Promise<ObjectReader> =>
    snapshot.object({ schema: 'public', name: 'big' });
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
  const runningCopies = async (): Promise<number> => {
    const rows = await server.query(
      "SELECT 1 AS one FROM pg_stat_activity WHERE application_name = 'sluice' AND state = 'active'",
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
    await failure(open(server.url.replace('/test', '/absent')), 'SOURCE_NOT_FOUND');
    const host = await failure(
      open('postgres://u@no-such-host.invalid/db?connect_timeout=5'),
      'SOURCE_UNREACHABLE',
    );
    expect(host.message).toContain('no-such-host.invalid');
    const proxy = await startTcpProxy(server.port);
    await proxy.close();
    const port = await failure(open(`postgres://u@127.0.0.1:${proxy.port}/db`), 'SOURCE_UNREACHABLE');
    expect(port.message).toContain('nothing accepts connections');
    const socket = await failure(open('postgres:///db?host=/nowhere'), 'SOURCE_UNREACHABLE');
    expect(socket.message).toContain('no such socket');
    await failure(open(server.url.replace('@', ':secret@')), 'SECRET_IN_ARGUMENT');
  });

  it('gives up on a server that does not answer', async () => {
    const proxy = await startTcpProxy(server.port);
    toClose.push(proxy);
    proxy.stallAfter(0);
    const error = await failure(
      open(`postgres://u@127.0.0.1:${proxy.port}/db?connect_timeout=1`),
      'SOURCE_UNREACHABLE',
    );
    expect(error.message).toContain('did not answer in time');
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const started = performance.now();
    await failure(open(`postgres://u@127.0.0.1:${proxy.port}/db`, 'x', stop.signal), 'CANCELLED');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it.each([1, 5_000, 5_000_000])('a connection cut %i bytes into the rows is SOURCE_LOST', async (bytes) => {
    const { proxy, source } = await proxied();
    const snapshot = await source.snapshot(never());
    const reader = await bigReader(snapshot);
    proxy.cutAfter(proxy.received() + bytes + 100);
    const error = await failure(readOn(chunksOf(reader)), 'SOURCE_LOST');
    expect(error.message).toContain('public.big');
    await failure(bigReader(snapshot), 'SOURCE_LOST');
    await snapshot[Symbol.asyncDispose]();
    proxy.cutAfter(Number.POSITIVE_INFINITY);
    expect(await source.objects(never())).toHaveLength(1); // a new connection
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
    // CommandComplete and two ReadyForQuery are the last bytes; the rows are all there without them
    proxy.cutAfter(proxy.received() + before - 40);
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
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await runningCopies()).toBe(0); // even if nobody asks for the next chunk
    await failure(readOn(chunks), 'CANCELLED');
    expect(performance.now() - started).toBeLessThan(1_000);
    // the snapshot goes on: another object can be read in it
    expect((await readCsv(snapshot, 'public', 'big')).rows).toBe(bigRows);
    await snapshot[Symbol.asyncDispose]();
  });

  it('stops the server when the loop over the rows is left', async () => {
    const source = await open();
    await withSnapshot(source, async (snapshot) => {
      const data = (await bigReader(snapshot)).read(never());
      if (data.format !== 'csv') throw new Error('not CSV');
      for await (const chunk of data.chunks) {
        expect(chunk.rows).toBeGreaterThan(0);
        break;
      }
      expect(await runningCopies()).toBe(0);
      expect((await readCsv(snapshot, 'public', 'big')).rows).toBe(bigRows);
    });
    await source[Symbol.asyncDispose]();
  });

  it('lets go within a second of a network that has fallen silent', async () => {
    const { proxy, source } = await proxied();
    const snapshot = await source.snapshot(never());
    const reader = await bigReader(snapshot);
    const stop = new AbortController();
    proxy.stallAfter(proxy.received() + 3_000_000);
    const reading = failure(readOn(chunksOf(reader, stop.signal)), 'CANCELLED');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const started = performance.now();
    stop.abort();
    await reading;
    await snapshot[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
    expect(performance.now() - started).toBeLessThan(1_500);
  });

  it('cancels a statement that has sent nothing yet', async () => {
    await server.query('CREATE VIEW sleeper AS SELECT pg_sleep(20)::text AS s');
    const source = await open();
    toClose.push({ close: async () => await source[Symbol.asyncDispose]() });
    await withSnapshot(source, async (snapshot) => {
      const reader = await snapshot.object({ schema: 'public', name: 'sleeper' });
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 100);
      const started = performance.now();
      await failure(readOn(chunksOf(reader, stop.signal)), 'CANCELLED');
      expect(performance.now() - started).toBeLessThan(1_000);
      expect(await runningCopies()).toBe(0);
    });
  });

  it('names a statement that an administrator stopped, and a value that cannot be read', async () => {
    await server.query(`CREATE VIEW failing AS SELECT 1 / (500000 - i) AS q FROM generate_series(1, 600000) i;
      CREATE VIEW stopped AS SELECT pg_cancel_backend(pg_backend_pid())::text AS s, pg_sleep(1)::text AS t`);
    await using source = await open();
    await withSnapshot(source, async (snapshot) => {
      for (let again = 0; again < 5; again += 1) {
        const divided = await failure(readCsv(snapshot, 'public', 'failing'), 'SOURCE_UNREADABLE');
        expect(divided.message).toContain('division by zero');
      }
      await failure(readCsv(snapshot, 'public', 'stopped'), 'SOURCE_LOST');
      expect((await readCsv(snapshot, 'public', 'big')).rows).toBe(bigRows);
    });
  });

  it('says plainly what a user may not read', async () => {
    await server.query(
      `
      CREATE ROLE reader LOGIN; CREATE TABLE secret (a int); INSERT INTO secret VALUES (1);
      CREATE TABLE half (a int, b int); GRANT SELECT (a) ON half TO reader;
      CREATE TABLE guarded (a int, owner text); INSERT INTO guarded VALUES (1, 'reader'), (2, 'other');
      GRANT SELECT ON guarded TO reader; ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON guarded USING (owner = current_user);
      CREATE VIEW through WITH (security_invoker) AS SELECT * FROM guarded; GRANT SELECT ON through TO reader;
      CREATE SCHEMA closed; CREATE TABLE closed.t (a int)`.replace('WITH (security_invoker) ', ''),
    );
    const url = `postgres://reader@/test?host=${encodeURIComponent(server.socketDir)}&port=${server.port}`;
    await using source = await open(url, undefined);
    const listed = (await source.objects(never())).map(({ schema, name }) => `${schema}.${name}`);
    expect(listed).toContain('public.secret');
    expect(listed).not.toContain('closed.t');
    await withSnapshot(source, async (snapshot) => {
      for (const [schema, name] of [
        ['public', 'secret'],
        ['public', 'half'],
        ['closed', 't'],
      ] as const) {
        const denied = await failure(snapshot.object({ schema, name }), 'SOURCE_DENIED');
        expect(denied.message).toContain(`${schema}.${name}`);
        expect(denied.fix).toContain('GRANT SELECT');
      }
      const guarded = await failure(snapshot.object({ schema: 'public', name: 'guarded' }), 'SOURCE_DENIED');
      expect(guarded.message).toContain('row-level security');
      expect((await readCsv(snapshot, 'public', 'through')).rows).toBe(2); // the owner's view may see all
    });
  });

  it('a server that is killed in the middle is SOURCE_LOST', async () => {
    const own = await startPostgres();
    toClose.push({ close: () => own.stop() });
    await own.query(
      `CREATE TABLE big AS SELECT i, repeat('x', 100) AS t FROM generate_series(1, ${bigRows}) i`,
    );
    const source = await open(own.url, own.password);
    const snapshot = await source.snapshot(never());
    const chunks = chunksOf(await bigReader(snapshot));
    await chunks.next();
    await own.stop('immediate');
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
