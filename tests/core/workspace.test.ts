/** A workspace goes from one installation to another: without secrets, as it was shown, all or nothing. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSettings, type SettingsStore } from '../../src/main/stores/settings.ts';
import type { DestinationSettings, Settings, Source } from '../../src/shared/model.ts';
import type { WorkspaceChoices, WorkspacePlan } from '../../src/shared/workspace.ts';
import { findPostgres, startPostgres } from '../support/postgres.ts';
import { type Rig, startRig } from './rig.ts';

const canary = 'canary-of-a-secret/0123456789';
const roleArn = 'arn:aws:iam::123456789012:role/team/loader';

const lake: DestinationSettings = {
  ...{ name: 'lake', bucket: 'team-lake', region: 'eu-central-1', pathPrefix: 'in', pathStyle: false },
  access: { type: 'role', roleArn, signer: { kind: 'profile', profile: 'team' } },
};
const keys: DestinationSettings = {
  ...{ name: 'keys', bucket: 'team-keys', region: 'us-east-1', pathPrefix: '', pathStyle: false },
  access: { type: 'keys', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
};
const crm: Source = {
  ...{ kind: 'postgres', name: 'crm', database: 'crm', url: 'postgres://loader@db.example.com/crm' },
  passwordInKeychain: true,
};
const shop: Source = { kind: 'sqlite', name: 'shop', database: 'shop', path: '/data/shop.sqlite' };
const daily = {
  ...{ name: 'daily', source: 'crm', destination: 'lake', destinationPrefix: 's3_1' },
  ...{ partitionKey: '${DATE}/${JOB_ID}', timeZone: 'Europe/Berlin' },
  objects: [
    { schema: 'public', name: 'table {1}\n"x"' },
    { schema: 'public', name: 'orders' },
  ],
};

let mine: Rig;
let theirs: Rig;
beforeEach(async () => {
  [mine, theirs] = await Promise.all([startRig(), startRig()]);
});
afterEach(async () => {
  await Promise.all([mine[Symbol.asyncDispose](), theirs[Symbol.asyncDispose]()]);
});

const storeOf = (rig: Rig): SettingsStore => openSettings(join(rig.folder, 'data'));
const settingsOf = (rig: Rig): Settings => storeOf(rig).read();
function furnish(rig: Rig, change: Partial<Settings>): void {
  storeOf(rig).update((settings) => ({ ...settings, ...change }));
}
const tested = (settings: DestinationSettings) => ({
  ...settings,
  state: 'tested' as const,
  testedAt: '2026-01-02T03:04:05.000Z',
});
function team(rig = theirs): void {
  furnish(rig, { destinations: [tested(lake), tested(keys)], sources: [crm, shop], pipelines: [daily] });
}
const exported = async (rig = theirs): Promise<string> => (await rig.client.workspace.export()).text;

async function bring(text: string, choices?: WorkspaceChoices): Promise<WorkspacePlan> {
  const input = { text, ...(choices === undefined ? {} : { choices }) };
  const { fingerprint } = await mine.client.workspace.plan(input);
  return await mine.client.workspace.import({ ...input, fingerprint });
}
const actions = ({ items }: WorkspacePlan) =>
  Object.fromEntries(items.map(({ kind, name, action }) => [`${kind} ${name}`, action]));
const refused = async (promise: PromiseLike<unknown>): Promise<{ code: string; message: string }> =>
  await Promise.resolve(promise).then(
    (value) => Promise.reject(new Error(`it succeeded: ${JSON.stringify(value)}`)),
    (error: { code: string; message: string }) => error,
  );

describe('an export', () => {
  test('holds everything but secrets, what was found out here, and practice mode', async () => {
    team();
    const secrets = ['destination/keys', 'source/crm'];
    for (const account of secrets) theirs.secrets.set(account, canary);
    const practice: DestinationSettings = {
      ...{ name: 'Practice bucket', bucket: 'sluice-practice', region: 'us-east-1', pathPrefix: '' },
      access: { type: 'role', roleArn: `${roleArn}-practice`, signer: { kind: 'sandbox' } },
      pathStyle: true,
    };
    const { destinations, sources, pipelines } = settingsOf(theirs);
    furnish(theirs, {
      destinations: [...destinations, tested(practice)],
      sources: [...sources, { ...shop, name: 'Practice shop' }],
      pipelines: [...pipelines, { ...daily, name: 'Practice load', destination: 'Practice bucket' }],
    });
    const { text, ...about } = await theirs.client.workspace.export();
    expect(about).toMatchObject({ destinations: 2, sources: 2, pipelines: 1 });
    expect(about.fileName).toMatch(/^sluice-workspace-\d{4}-\d\d-\d\d\.sluice$/);
    expect(about.needSecrets).toEqual([
      { kind: 'destination', name: 'keys' },
      { kind: 'source', name: 'crm' },
    ]);
    expect(about.leftOut.map(({ name }) => name)).toEqual([
      'Practice bucket',
      'Practice shop',
      'Practice load',
    ]);
    expect(JSON.parse(text)).toEqual({
      ...{ format: 'sluice-workspace', version: 1, exportedAt: expect.any(String) },
      ...{ writtenBy: expect.any(String), externalId: settingsOf(theirs).externalId },
      ...{ destinations: [lake, keys], sources: [crm, shop], pipelines: [daily] },
    });
    expect(text).not.toContain(canary);
    expect(text).not.toMatch(/secret|testedAt|canary/i);
    // One line per object, whatever its name: people compare such files.
    expect(text).toContain('{ "schema": "public", "name": "table {1}\\n\\"x\\"" }');
  });

  test('of an empty installation can be imported', async () => {
    expect((await bring(await exported())).items).toEqual([]);
  });
});

describe('an import into an empty installation', () => {
  test('takes everything and the external ID; destinations are drafts, sources have no password', async () => {
    team();
    const plan = await bring(await exported());
    expect(plan.externalId).toMatchObject({ action: 'take', file: settingsOf(theirs).externalId });
    const settings = settingsOf(mine);
    expect(settings.externalId).toBe(settingsOf(theirs).externalId);
    expect(settings.destinations).toEqual(
      [lake, keys].map((one) => ({ ...one, state: 'draft', testedAt: null })),
    );
    expect(settings.sources).toEqual([{ ...crm, passwordInKeychain: false }, shop]);
    expect(settings.pipelines).toEqual([daily]);
    expect(plan.items.filter(({ needsSecret }) => needsSecret).map(({ name }) => name)).toEqual([
      'keys',
      'crm',
    ]);
    expect(plan.notes.join('\n')).toMatch(/drafts until.*"lake" signs in .* "team".*\/data\/shop\.sqlite/s);
  });

  test('changes nothing while it is only looked at, and nothing the second time', async () => {
    team();
    const before = settingsOf(mine);
    const text = await exported();
    await mine.client.workspace.plan({ text });
    expect(settingsOf(mine)).toEqual(before);
    await bring(text);
    const after = settingsOf(mine);
    const again = await bring(text);
    expect(new Set(Object.values(actions(again)))).toEqual(new Set(['same']));
    expect(settingsOf(mine)).toEqual(after);
  });

  test('never sends a password that the keychain has under the same name to the server of the file', async () => {
    team();
    mine.secrets.set('source/crm', canary);
    await bring(await exported());
    expect(settingsOf(mine).sources[0]).toMatchObject({ passwordInKeychain: false });
  });
});

describe('the external ID', () => {
  test('stays while a role here knows it, and the import says what follows', async () => {
    team();
    furnish(mine, {
      destinations: [
        tested({ ...lake, name: 'own', access: { ...lake.access, roleArn: `${roleArn}-own` } as never }),
      ],
    });
    const { externalId } = settingsOf(mine);
    const plan = await bring(await exported());
    expect(plan.externalId).toMatchObject({ action: 'keep', roles: [roleArn] });
    expect(plan.externalId.reason).toContain(`${roleArn}-own knows this installation by it`);
    expect(plan.externalId.reason).toContain(`["${settingsOf(theirs).externalId}", "${externalId}"]`);
    expect(settingsOf(mine).externalId).toBe(externalId);
  });

  test('stays while a setup was begun whose role knows it, and goes with practice mode', async () => {
    team();
    const setup = {
      ...{ step: 4, name: '', profile: '', accessKeyId: '', bucket: '', region: '', pathPrefix: '' },
      ...{
        endpoint: '',
        stsEndpoint: '',
        pathStyle: false,
        withAbort: true,
        kmsKey: '',
        gzipLevel: '3' as const,
      },
      ...({ accessType: 'role', signer: 'default', scope: 'bucket', roleArn } as const),
    };
    furnish(mine, { setup });
    const text = await exported();
    expect((await mine.client.workspace.plan({ text })).externalId.action).toBe('keep');
    furnish(mine, { setup: { ...setup, roleArn: '' } });
    expect((await mine.client.workspace.plan({ text })).externalId.action).toBe('take');
  });

  test('is taken by nothing else: the settings refuse it, for an import too where a role knows it', () => {
    const store = storeOf(mine);
    const other = (settings: Settings): Settings => ({ ...settings, externalId: crypto.randomUUID() });
    expect(() => store.update(other)).toThrow(/never changes/);
    furnish(mine, { destinations: [tested(lake)] });
    expect(() => store.update(other, { externalId: 'may-be-taken' })).toThrow(/never changes/);
  });

  test('is no input of any procedure but the trust policy of somebody else', async () => {
    const { contract } = await import('../../src/shared/contract.ts');
    const takers = Object.entries(contract).flatMap(([group, members]) =>
      Object.entries(members).flatMap(([name, procedure]) => {
        const { inputSchema } = procedure['~orpc'] as { inputSchema?: object };
        return JSON.stringify(inputSchema ?? {}).includes('externalId') ? [`${group}.${name}`] : [];
      }),
    );
    expect(takers).toEqual(['access.trustPolicy']);
  });
});

describe('a name that is taken by something else', () => {
  const own = tested({ ...lake, bucket: 'own-bucket' });
  const ownCrm: Source = { ...crm, url: 'postgres://me@localhost/crm' } as Source;

  beforeEach(() => {
    team();
    furnish(mine, { destinations: [own], sources: [ownCrm] });
    mine.secrets.set('source/crm', canary);
  });

  test('is shown with both values, and refused while nobody has chosen', async () => {
    const text = await exported();
    const plan = await mine.client.workspace.plan({ text });
    expect(plan.ready).toBe(false);
    expect(actions(plan)).toMatchObject({ 'destination lake': 'conflict', 'destination keys': 'add' });
    expect(plan.items[0]?.differences).toEqual([{ field: 'bucket', here: 'own-bucket', file: 'team-lake' }]);
    const before = settingsOf(mine);
    const { fingerprint } = plan;
    expect(await refused(mine.client.workspace.import({ text, fingerprint }))).toMatchObject({
      code: 'NAME_TAKEN',
      message: expect.stringContaining('"lake"'),
    });
    expect(settingsOf(mine)).toEqual(before);
  });

  test('mine: what is here stays, and the pipelines of the file use it', async () => {
    await bring(await exported(), { all: 'mine', items: [] });
    const { destinations, sources, pipelines } = settingsOf(mine);
    expect(destinations[0]).toEqual(own);
    expect(sources[0]).toEqual(ownCrm);
    expect(pipelines).toEqual([daily]);
  });

  test('theirs: it is replaced, a draft, and the password of the old server is gone', async () => {
    furnish(mine, { pipelines: [{ ...daily, name: 'mine', destinationPrefix: 'other' }] });
    const plan = await bring(await exported(), { all: 'theirs', items: [] });
    expect(plan.items.find(({ name }) => name === 'lake')).toMatchObject({ usedBy: ['mine'] });
    const { destinations, sources } = settingsOf(mine);
    expect(destinations[0]).toEqual({ ...lake, state: 'draft', testedAt: null });
    expect(sources[0]).toEqual({ ...crm, passwordInKeychain: false });
    expect(mine.secrets.has('source/crm')).toBe(false);
  });

  test('theirs by another SSH server: neither the password nor its secret is sent there', async () => {
    const tunnel = (host: string, secretInKeychain: boolean) => ({
      ...{ host, port: 22, user: 'anna', auth: { type: 'password' as const, secretInKeychain } },
    });
    furnish(theirs, { sources: [{ ...crm, tunnel: tunnel('evil.example', true) } as Source, shop] });
    furnish(mine, { sources: [{ ...crm, tunnel: tunnel('bastion.example', true) } as Source] });
    mine.secrets.set('source/crm', canary);
    mine.secrets.set('tunnel/crm', canary);
    const plan = await bring(await exported(), { all: 'theirs', items: [] });
    expect(plan.items.find(({ name }) => name === 'crm')).toMatchObject({ needsSecret: true });
    expect(settingsOf(mine).sources[0]).toMatchObject({
      passwordInKeychain: false,
      tunnel: tunnel('evil.example', false),
    });
    expect([mine.secrets.has('source/crm'), mine.secrets.has('tunnel/crm')]).toEqual([false, false]);
  });

  test('rename: both are there, and the pipelines of the file follow', async () => {
    furnish(mine, { sources: [ownCrm, { ...shop, name: 'crm (2)' }] });
    await bring(await exported(), { all: 'rename', items: [] });
    const { destinations, sources, pipelines } = settingsOf(mine);
    expect(destinations.map(({ name }) => name)).toEqual(['lake', 'lake (2)', 'keys']);
    expect(sources.map(({ name }) => name)).toEqual(['crm', 'crm (2)', 'crm (3)', 'shop']);
    expect(pipelines[0]).toMatchObject({ name: 'daily', source: 'crm (3)', destination: 'lake (2)' });
    expect(mine.secrets.get('source/crm')).toBe(canary);
  });

  test('each by its own choice; a name that is taken and a choice about nothing are refused', async () => {
    const text = await exported();
    const choose = (choice: WorkspaceChoices['items'][number]): WorkspaceChoices => ({
      ...{ all: 'mine', items: [choice] },
    });
    const newName = 'team crm';
    await bring(text, choose({ kind: 'source', name: 'crm', choice: 'rename', newName }));
    expect(settingsOf(mine).sources.map(({ name }) => name)).toContain(newName);
    const taken = choose({ kind: 'destination', name: 'lake', choice: 'rename', newName: 'keys' });
    expect(await refused(bring(text, taken))).toMatchObject({ code: 'NAME_TAKEN' });
    const nothing = choose({ kind: 'pipeline', name: 'gone', choice: 'mine' });
    expect(await refused(bring(text, nothing))).toMatchObject({ code: 'INPUT_INVALID' });
  });
});

describe('what is in the way', () => {
  test('two objects that would write to one directory are refused with both names', async () => {
    team();
    furnish(mine, {
      destinations: [tested({ ...lake, name: 'same bucket' })],
      sources: [{ ...shop, name: 'other', database: 'crm' }],
      pipelines: [
        {
          ...{ ...daily, name: 'nightly', source: 'other', destination: 'same bucket' },
          objects: [{ schema: 'public', name: 'orders' }],
        },
      ],
    });
    const text = await exported();
    const plan = await mine.client.workspace.plan({ text });
    expect(plan).toMatchObject({ ready: false, problems: [{ code: 'PATH_COLLISION' }] });
    expect(plan.problems[0]?.message).toMatch(/nightly: public\.orders and daily: public\.orders/);
    const before = settingsOf(mine);
    const { fingerprint } = plan;
    expect(await refused(mine.client.workspace.import({ text, fingerprint }))).toMatchObject({
      code: 'PATH_COLLISION',
    });
    expect(settingsOf(mine)).toEqual(before);
  });

  test('a plan that has changed since it was shown', async () => {
    team();
    const text = await exported();
    const { fingerprint } = await mine.client.workspace.plan({ text });
    furnish(mine, { sources: [{ ...shop, path: '/elsewhere' }] });
    const before = settingsOf(mine);
    expect(await refused(mine.client.workspace.import({ text, fingerprint }))).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('changed'),
    });
    expect(settingsOf(mine)).toEqual(before);
  });

  test('a path that is longer than S3 allows', async () => {
    team();
    furnish(theirs, { pipelines: [{ ...daily, destinationPrefix: 'x'.repeat(1000) }] });
    const plan = await mine.client.workspace.plan({ text: await exported() });
    expect(plan.problems).toMatchObject([{ code: 'PATH_TOO_LONG' }]);
    expect(plan.problems[0]?.message).toContain('"daily"');
  });
});

describe('a file that is not what it should be', () => {
  const file = async (change: (file: Record<string, never>) => unknown): Promise<string> => {
    team();
    return JSON.stringify(change(JSON.parse(await exported())));
  };
  const plan = async (text: string) => await refused(mine.client.workspace.plan({ text }));

  test.each<[string, (file: { [name: string]: never }) => unknown, RegExp]>([
    ['of another program', () => ({ destinations: [] }), /not a workspace file/],
    ['a list', () => [], /not a workspace file/],
    ['newer', (f) => ({ ...f, version: 2 }), /newer version.*format 2/],
    ['of no version', ({ version: _, ...f }) => f, /damaged: version/],
    ['without sources', ({ sources: _, ...f }) => f, /damaged: sources \(sources: is missing\)/],
    ['with more', (f) => ({ ...f, secrets: { a: canary } }), /damaged: secrets is not part/],
    [
      'with a secret in an item',
      (f) => ({ ...f, destinations: [{ ...keys, secretAccessKey: canary }], pipelines: [] }),
      /destinations\[1\]\.secretAccessKey is not part/,
    ],
    [
      'with a password in a URL',
      (f) => ({ ...f, sources: [{ ...crm, url: `postgres://a:${canary.replace('/', '')}@h/crm` }, shop] }),
      /source "crm": Its URL holds a password/,
    ],
    [
      'with a bucket that cannot be',
      (f) => ({ ...f, destinations: [{ ...lake, bucket: 'Capital' }, keys] }),
      /destination "lake": .*capital/i,
    ],
    ['with a name twice', (f) => ({ ...f, sources: [crm, crm, shop] }), /two sources named "crm"/],
    ['without what it refers to', (f) => ({ ...f, sources: [] }), /pipeline "daily": Its source is not/],
    [
      'with an object twice',
      (f) => ({ ...f, pipelines: [{ ...daily, objects: [...daily.objects, ...daily.objects] }] }),
      /names the object public\.table .* twice/s,
    ],
    [
      'with a partition key that cannot be',
      (f) => ({ ...f, pipelines: [{ ...daily, partitionKey: '${YAER}' }] }),
      /pipeline "daily": .*YAER/,
    ],
    [
      'with the sandbox as signer',
      (f) => ({
        ...f,
        destinations: [{ ...lake, access: { ...lake.access, signer: { kind: 'sandbox' } } }, keys],
      }),
      /destination "lake": It belongs to practice mode/,
    ],
  ])('%s', async (_, change, message) => {
    const error = await plan(await file(change));
    expect(error).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringMatching(message) });
    expect(JSON.stringify(error)).not.toContain('canary');
  });

  test('cut off, empty, too large, or begun with a byte order mark', async () => {
    team();
    const text = await exported();
    for (const cut of ['', text.slice(0, -20), 'PK\u0003\u0004']) {
      expect((await plan(cut)).message).toMatch(/not JSON/);
    }
    expect((await plan(' '.repeat(2 * 1024 * 1024 + 1))).message).toMatch(/at most 2 MiB/);
    expect((await mine.client.workspace.plan({ text: `\uFEFF${text}` })).ready).toBe(true);
  });

  test('with eight thousand pipelines is looked at, too', { timeout: 60_000 }, async () => {
    const text = await file((f) => ({
      ...f,
      pipelines: Array.from({ length: 8000 }, (_, index) => ({
        ...{ ...daily, name: `p${index}`, destinationPrefix: `p${index}` },
        objects: [{ schema: null, name: 'o' }],
      })),
    }));
    expect((await mine.client.workspace.plan({ text })).items).toHaveLength(8004);
  });
});

test('the secret of access keys is entered after the import, and tested', async () => {
  const path = join(mine.folder, 'shop.sqlite');
  new DatabaseSync(path).close();
  const accessKeyId = mine.sandbox.user.accessKeyId;
  furnish(theirs, {
    destinations: [tested({ ...mine.destination, name: 'keys' })],
    sources: [{ ...shop, path }],
  });
  await bring(await exported());
  const [{ state: _, testedAt: __, ...settings } = tested(keys)] = settingsOf(mine).destinations;
  expect(settings.access).toEqual({ type: 'keys', accessKeyId });
  const secretAccessKey = mine.sandbox.user.secretAccessKey;
  const events = await mine.client.destinations.save({ settings, replaces: 'keys', secretAccessKey });
  for await (const event of events) if ('saved' in event) expect(event).toEqual({ saved: true });
  expect(settingsOf(mine).destinations[0]).toMatchObject({ state: 'tested' });
  expect(mine.secrets.get('destination/keys')).toBe(secretAccessKey);
});

describe.skipIf(findPostgres() === null)('the password of a source (needs PostgreSQL)', () => {
  test('is entered after the import, and kept when the server takes it', { timeout: 60_000 }, async () => {
    const postgres = await startPostgres({ tls: false });
    try {
      const url = `${postgres.url}?sslmode=disable`;
      furnish(theirs, { sources: [{ ...crm, url } as Source] });
      await bring(await exported());
      const enter = (password: string) => mine.client.sources.enterPassword({ name: 'crm', password });
      expect(await refused(enter(canary))).toMatchObject({ code: 'SOURCE_DENIED' });
      expect(mine.secrets.size).toBe(0);
      expect(settingsOf(mine).sources[0]).toMatchObject({ passwordInKeychain: false });
      await enter(postgres.password);
      expect(settingsOf(mine).sources[0]).toMatchObject({ passwordInKeychain: true });
      expect(await mine.client.sources.objects({ name: 'crm' })).toEqual([]);
    } finally {
      await postgres.stop();
    }
  });
});
