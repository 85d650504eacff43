/** Destinations, sources and pipelines through the contract: what is kept, and every way to be refused. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestEvent } from '../../src/shared/contract.ts';
import { type ErrorCode, SluiceError } from '../../src/shared/errors.ts';
import { finished, startScript } from '../support/child.ts';
import { memorySecrets } from '../support/memory-secrets.ts';
import { type Rig, startRig } from './rig.ts';
import { writeTable } from './tables.ts';

let rig: Rig;
let database: string;

beforeAll(async () => {
  rig = await startRig();
  database = join(rig.folder, 'shop.sqlite');
  for (const name of ['orders', 'a_b', 'b', 'b_c']) writeTable(database, name, 5, 10);
  await rig.client.sources.save({ name: 'shop', location: { kind: 'sqlite', path: database } });
  await rig.addDestination();
  await rig.addPipeline({ name: 'daily', objects: ['orders'] });
});
afterAll(() => rig[Symbol.asyncDispose]());

/** What a call of the contract is refused with. */
async function refusal(call: Promise<unknown>): Promise<{
  readonly code: string;
  readonly message: string;
  readonly data: { readonly fix: string; readonly details: Record<string, unknown> };
}> {
  const error = await call.then(
    () => new Error('it was not refused'),
    (raised: unknown) => raised,
  );
  if (!(error instanceof Error) || !('code' in error) || !('data' in error)) throw error;
  return error as unknown as Awaited<ReturnType<typeof refusal>>;
}

/** Drains a stream, for a refusal that comes with its first event. */
async function drained(stream: Promise<AsyncIterable<TestEvent>>): Promise<TestEvent[]> {
  const events: TestEvent[] = [];
  for await (const event of await stream) events.push(event);
  return events;
}

const saveDestination = (settings: object, secretAccessKey: string | undefined = 'a secret', draft = true) =>
  drained(
    rig.client.destinations.save({
      settings: { ...rig.destination, name: 'new', ...settings },
      draft,
      ...(secretAccessKey === '' ? {} : { secretAccessKey }),
    }),
  );

const savePipeline = (changes: object) =>
  rig.addPipeline({ name: 'new', objects: ['orders'], destinationPrefix: 'other', ...changes });

describe('what is refused', () => {
  const role = (roleArn: string) => ({ access: { type: 'role', roleArn, signer: { kind: 'default' } } });
  const cases: [string, () => Promise<unknown>, ErrorCode, RegExp][] = [
    ['a destination twice', () => saveDestination({ name: 'lake' }), 'NAME_TAKEN', /"lake"/],
    ['a source twice', () => addSource('shop', { kind: 'sqlite', path: database }), 'NAME_TAKEN', /"shop"/],
    ['a pipeline twice', () => savePipeline({ name: 'daily' }), 'NAME_TAKEN', /"daily"/],
    ['a destination in use', () => rig.client.destinations.remove({ name: 'lake' }), 'IN_USE', /"daily"/],
    ['a source in use', () => rig.client.sources.remove({ name: 'shop' }), 'IN_USE', /"daily"/],
    ['an unknown destination', () => rig.client.destinations.remove({ name: 'lakee' }), 'NOT_FOUND', /lakee/],
    ['an unknown source', () => rig.client.sources.objects({ name: 'shp' }), 'NOT_FOUND', /shp/],
    ['an unknown pipeline', () => rig.client.pipelines.preview({ name: 'dayly' }), 'NOT_FOUND', /dayly/],
    ['a start of it', () => rig.client.jobs.start({ pipeline: 'dayly' }), 'NOT_FOUND', /dayly/],
    [
      'an unknown job',
      () => rig.client.jobs.show({ jobId: crypto.randomUUID() }),
      'NOT_FOUND',
      /There is no job/,
    ],
    [
      'a password in a URL',
      () => addSource('pg', { kind: 'postgres', url: 'postgres://me:canary@127.0.0.1/db' }),
      'SECRET_IN_ARGUMENT',
      /holds a password/,
    ],
    ['a relative path', () => addSource('x', { kind: 'sqlite', path: 'x.db' }), 'INPUT_INVALID', /absolute/],
    [
      'a missing file',
      () => addSource('x', { kind: 'sqlite', path: '/no/x.db' }),
      'SOURCE_NOT_FOUND',
      /x\.db/,
    ],
    [
      'a password for a file',
      () => addSource('x', { kind: 'sqlite', path: database }, 'canary'),
      'INPUT_INVALID',
      /no password/,
    ],
    ['keys without their secret', () => saveDestination({}, ''), 'INPUT_INVALID', /secret access key/],
    ['a bucket name', () => saveDestination({ bucket: 'Not_A_Bucket' }), 'INPUT_INVALID', /bucket name/],
    [
      'a role that is none',
      () => saveDestination(role('arn:aws:iam::1:user/somebody')),
      'INPUT_INVALID',
      /role ARN/,
    ],
    [
      'a region',
      () => saveDestination({ region: 'EU West' }),
      'INPUT_INVALID',
      /^region: a region is written/,
    ],
    ['no name', () => saveDestination({ name: '  ' }), 'INPUT_INVALID', /^name: a name is needed$/],
    ['an endpoint', () => saveDestination({ endpoint: 'ftp://x' }), 'INPUT_INVALID', /^endpoint: /],
    ['no objects', () => savePipeline({ objects: [] }), 'INPUT_INVALID', /^objects: must not be empty$/],
    [
      'a number as name',
      () => savePipeline({ name: 5 }),
      'INPUT_INVALID',
      /^name: is not of the type string$/,
    ],
    [
      'no prefix',
      () => savePipeline({ destinationPrefix: undefined }),
      'INPUT_INVALID',
      /^destinationPrefix: is missing$/,
    ],
    [
      'a kind of access',
      () => saveDestination({ access: { type: 'magic' } }),
      'INPUT_INVALID',
      /^type: must be 'role' or 'keys'$/,
    ],
    [
      'a short bucket',
      () => saveDestination({ bucket: 'ab' }),
      'INPUT_INVALID',
      /^bucket: is too short: at least 3 /,
    ],
    ['an unknown object', () => savePipeline({ objects: ['order'] }), 'OBJECT_NOT_FOUND', /"order"/],
    ['an object twice', () => savePipeline({ objects: ['b', 'b'] }), 'INPUT_INVALID', /b is named twice/],
    ['a time zone', () => savePipeline({ timeZone: 'Mars/Base' }), 'INPUT_INVALID', /Mars\/Base/],
    ['a partition key', () => savePipeline({ partitionKey: '${YEER}' }), 'PARTITION_KEY_INVALID', /YEER/],
    ['no parameter', () => savePipeline({ partitionKey: 'plain' }), 'PARTITION_KEY_INVALID', /./],
    ['an unknown destination in a pipeline', () => savePipeline({ destination: 'lak' }), 'NOT_FOUND', /lak/],
    ['a job id', () => rig.client.jobs.show({ jobId: 'not-an-id' }), 'INPUT_INVALID', /^jobId: /],
    [
      'a path that is too long',
      () => savePipeline({ destinationPrefix: 'x'.repeat(1100) }),
      'PATH_TOO_LONG',
      /bytes long/,
    ],
  ];

  function addSource(
    name: string,
    location: Parameters<Rig['client']['sources']['save']>[0]['location'],
    password?: string,
  ) {
    return rig.client.sources.save({ name, location, ...(password === undefined ? {} : { password }) });
  }

  it.each(cases)('%s', async (_name, call, code, message) => {
    const before = await everything();
    const error = await refusal(call());
    expect(`${error.code}: ${error.message}`).toMatch(new RegExp(`^${code}: `));
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/canary|zod|Invalid input|undefined/i);
    expect(error.data.fix).not.toBe('');
    expect(JSON.stringify(error.data)).not.toContain('canary');
    expect(await everything()).toEqual(before);
  });

  it.each([
    [() => rig.client.destinations.remove({ name: 'lakee' }), 'lake'],
    [() => rig.client.sources.objects({ name: 'shp' }), 'shop'],
    [() => rig.client.pipelines.preview({ name: 'dayly' }), 'daily'],
    [() => savePipeline({ objects: ['order'] }), 'orders'],
    [() => savePipeline({ destination: 'lak' }), 'lake'],
  ])('with the nearest name, %#', async (call, name) => {
    expect((await refusal(call())).data.fix).toBe(`Did you mean "${name}"?`);
  });
});

const everything = async () => [
  await rig.client.destinations.list(),
  await rig.client.sources.list(),
  await rig.client.pipelines.list(),
  [...rig.secrets],
];

describe('a destination', () => {
  it('is saved only when its test passes, and takes its secret with it when it goes', async () => {
    const wrong = await saveDestination({ name: 'tested' }, 'wrong', false);
    expect(wrong.at(-1)).toEqual({ saved: false });
    expect(rig.secrets.has('destination/tested')).toBe(false);
    const right = await saveDestination({ name: 'tested' }, rig.sandbox.user.secretAccessKey, false);
    expect(right.slice(-2)).toEqual([{ result: 'passed' }, { saved: true }]);
    expect(await rig.keys()).toEqual([]);
    const saved = (await rig.client.destinations.list()).find(({ name }) => name === 'tested');
    expect(saved).toMatchObject({ state: 'tested', testedAt: expect.any(String) });
    expect(rig.secrets.get('destination/tested')).toBe(rig.sandbox.user.secretAccessKey);
    await rig.client.destinations.remove({ name: 'tested' });
    expect(rig.secrets.has('destination/tested')).toBe(false);
  });

  it('saved as a draft says so, until a test passes', async () => {
    const { secretAccessKey } = rig.sandbox.user;
    expect(await saveDestination({ name: 'draft' }, ` ${secretAccessKey}\n`)).toEqual([{ saved: true }]);
    const state = async () =>
      (await rig.client.destinations.list()).find(({ name }) => name === 'draft')?.state;
    expect(await state()).toBe('draft');
    const events = await drained(rig.client.destinations.test({ name: 'draft' }));
    expect(events.at(-1)).toEqual({ result: 'passed' });
    expect(await state()).toBe('tested');
    await rig.client.destinations.remove({ name: 'draft' });
  });

  it('keeps its path prefix without slashes at the ends', async () => {
    await saveDestination({ name: 'slashes', pathPrefix: '/a/b//' });
    const saved = (await rig.client.destinations.list()).find(({ name }) => name === 'slashes');
    expect(saved?.pathPrefix).toBe('a/b');
    await rig.client.destinations.remove({ name: 'slashes' });
  });
});

describe('collisions', () => {
  it('of two pipelines are refused on save, with both names', async () => {
    await savePipeline({ name: 'first', destinationPrefix: 'x_a', objects: ['b'] });
    // x_a + shop + b against x + … cannot meet: the database stands between, so another database is needed.
    const other = join(rig.folder, 'a_shop.sqlite');
    writeTable(other, 'b', 1, 5);
    await rig.client.sources.save({ name: 'other', location: { kind: 'sqlite', path: other } });
    const error = await refusal(
      savePipeline({ name: 'second', source: 'other', destinationPrefix: 'x', objects: ['b'] }),
    );
    expect(error.code).toBe('PATH_COLLISION');
    expect(error.message).toContain('second: b and first: b');
    expect(error.message).toContain('in/x_a_shop_b');
    expect((await rig.client.pipelines.list()).map(({ name }) => name)).not.toContain('second');
    await rig.client.pipelines.remove({ name: 'first' });
  });

  it('of two objects of one pipeline are refused on save, with both names', async () => {
    const path = join(rig.folder, 'slash.sqlite');
    writeTable(path, 'b/c', 1, 5);
    writeTable(path, 'b_c', 1, 5);
    await rig.client.sources.save({ name: 'slash', location: { kind: 'sqlite', path } });
    const error = await refusal(savePipeline({ source: 'slash', objects: ['b/c', 'b_c'] }));
    expect(error.code).toBe('PATH_COLLISION');
    expect(error.message).toContain('new: b/c and new: b_c');
  });
});

describe('processes and keychains', () => {
  it('two processes that save at once lose nothing', async () => {
    const script = new URL('./children/save-pipelines.ts', import.meta.url);
    const names = (who: string) => Array.from({ length: 8 }, (_, id) => `${who}${id}`);
    const [one, two] = await Promise.all(
      ['left', 'right'].map((who) =>
        finished(startScript(script, [join(rig.folder, 'data'), 'shop', 'lake', ...names(who)])),
      ),
    );
    expect([one?.stderr, two?.stderr]).toEqual(['', '']);
    const saved = (await rig.client.pipelines.list()).map(({ name }) => name);
    expect(saved).toEqual(expect.arrayContaining([...names('left'), ...names('right')]));
  });

  it('two who save one name keep the secret of the one that won', async () => {
    // A keychain takes its time, so both are under way at once.
    const entries = new Map<string, string>();
    const kept = memorySecrets(entries);
    const set = async (account: string, secret: string): Promise<void> => {
      await sleep(20);
      await kept.set(account, secret);
    };
    await using slow = await startRig({ secrets: { ...kept, set } });
    const save = async (secretAccessKey: string) => {
      const settings = { ...slow.destination, name: 'race' };
      return await drained(slow.client.destinations.save({ settings, secretAccessKey, draft: true }));
    };
    const outcomes = await Promise.allSettled([save('first secret'), save('second secret')]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(entries.get('destination/race')).toBe(['first secret', 'second secret'][winner]);
  });

  it('a keychain that refuses: nothing is saved, and nothing is removed', async () => {
    const entries = new Map<string, string>();
    const kept = memorySecrets(entries);
    let locked = true;
    const refuse = async (): Promise<never> => {
      throw new SluiceError('KEYCHAIN_LOCKED', 'The keychain is locked');
    };
    await using rig = await startRig({
      secrets: {
        ...kept,
        set: (account, secret) => (locked ? refuse() : kept.set(account, secret)),
        delete: (account) => (locked ? refuse() : kept.delete(account)),
      },
    });
    await expect(rig.addDestination()).rejects.toMatchObject({ code: 'KEYCHAIN_LOCKED' });
    expect(await rig.client.destinations.list()).toEqual([]);
    locked = false;
    await rig.addDestination();
    locked = true;
    await expect(rig.client.destinations.remove({ name: 'lake' })).rejects.toMatchObject({
      code: 'KEYCHAIN_LOCKED',
    });
    expect(await rig.client.destinations.list()).toHaveLength(1);
    expect(entries.size).toBe(1);
  });
});
