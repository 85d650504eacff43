/** A workspace goes through a file from one installation to another, by the real program. */
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workspacePlanSchema } from '../../src/shared/workspace.ts';
import { errorOf, type Installation, install, stackTrace } from '../support/cli.ts';

let theirs: Installation;
let mine: Installation;
let team = '';

const roleArn = 'arn:aws:iam::123456789012:role/loader';
const addLake = (bucket: string): string[] => [
  ...['destination', 'add', '--draft', '--name', 'lake', '--access', 'role', '--role-arn', roleArn],
  ...['--bucket', bucket, '--region', 'eu-central-1'],
];
async function ok(cli: Installation, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli.run(args);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

beforeAll(async () => {
  theirs = install();
  mine = install();
  team = join(theirs.home, 'team.json');
  const database = join(theirs.home, 'shop.sqlite');
  const shop = new DatabaseSync(database);
  shop.exec('CREATE TABLE orders (id INTEGER)');
  shop.close();
  await ok(theirs, ...addLake('team-lake'));
  await ok(theirs, 'source', 'add', '--name', 'shop', '--url', `sqlite:${database}`);
  await ok(
    theirs,
    ...['pipeline', 'add', '--name', 'daily', '--source', 'shop', '--destination', 'lake'],
    '--destination-prefix',
    's3',
    '--all',
  );
  await ok(theirs, 'workspace', 'export', 'team.json');
}, 300_000);
afterAll(() => {
  theirs[Symbol.dispose]();
  mine[Symbol.dispose]();
});

test('an export leaves a file alone that is there, and says why it cannot write', {
  timeout: 300_000,
}, async () => {
  const before = readFileSync(team, 'utf8');
  const again = errorOf(await theirs.json(['workspace', 'export', 'team.json']));
  expect(again).toMatchObject({ exit: 2, code: 'INPUT_INVALID' });
  expect(again.message).toMatch(/team\.json cannot be written: it exists already/);
  symlinkSync(team, join(theirs.home, 'link.json'));
  expect(errorOf(await theirs.json(['workspace', 'export', 'link.json']))).toMatchObject({ exit: 2 });
  expect(readFileSync(team, 'utf8')).toBe(before);
  const nowhere = errorOf(await theirs.json(['workspace', 'export', 'no/folder.json']));
  expect(nowhere).toMatchObject({ exit: 2, code: 'NOT_FOUND' });
});

describe('an import', () => {
  test('is shown, has to be confirmed, and is done', { timeout: 300_000 }, async () => {
    const looked = await ok(mine, 'workspace', 'import', team, '--dry-run');
    expect(looked).toMatch(/new +destination +lake +s3:\/\/team-lake in eu-central-1/);
    expect(looked).toContain('The external ID becomes');
    const unasked = errorOf(await mine.json(['workspace', 'import', team]));
    expect(unasked).toMatchObject({ exit: 2, code: 'INPUT_INVALID' });
    expect(unasked.fix).toContain('--yes');
    expect(await ok(mine, 'pipeline', 'list')).not.toContain('daily');

    const { lines } = await mine.json(['workspace', 'import', team, '--yes']);
    expect(lines).toMatchObject([{ imported: true, externalId: { action: 'take' } }]);
    expect(await ok(mine, 'external-id')).toBe(await ok(theirs, 'external-id'));
    expect(await ok(mine, 'destination', 'list')).toMatch(/lake.*draft/);
    expect(await ok(mine, 'pipeline', 'list')).toContain('daily');
    expect(await ok(mine, 'workspace', 'import', team)).toContain('nothing to change');
  });

  test('of a name that means something else here is refused until it is chosen', {
    timeout: 300_000,
  }, async () => {
    using other = install();
    await ok(other, ...addLake('own-lake'));
    const refused = errorOf(await other.json(['workspace', 'import', team, '--yes']));
    expect(refused).toMatchObject({
      exit: 2,
      code: 'NAME_TAKEN',
      details: { conflicts: ['destination lake'] },
    });
    const looked = await other.json(['workspace', 'import', team, '--dry-run']);
    expect(looked.code).toBe(2);
    expect(workspacePlanSchema.strict().parse(looked.lines[0])).toMatchObject({ ready: false });
    await ok(other, 'workspace', 'import', team, '--conflicts', 'rename', '--yes');
    const destinations = await ok(other, 'destination', 'list');
    expect(destinations).toContain('own-lake');
    expect(destinations).toMatch(/lake \(2\).*team-lake/);
  });

  test.each<[string, (path: string) => void, string, RegExp]>([
    ['not there', () => undefined, 'NOT_FOUND', /does not exist/],
    [
      'not text',
      (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x7b, 0x00])),
      'INPUT_INVALID',
      /not UTF-8/,
    ],
    [
      'too large',
      (path) => writeFileSync(path, ' '.repeat(2 ** 21 + 1)),
      'INPUT_INVALID',
      /larger than 2 MiB/,
    ],
    [
      'cut off',
      (path) => writeFileSync(path, readFileSync(team).subarray(0, 300)),
      'INPUT_INVALID',
      /not JSON/,
    ],
    ['another', (path) => writeFileSync(path, '{"name":"sluice"}'), 'INPUT_INVALID', /not a workspace/],
  ])('of a file that is %s', { timeout: 300_000 }, async (_, make, code, message) => {
    const path = join(mine.home, 'file.json');
    make(path);
    const args = ['workspace', 'import', path, '--yes'];
    const shown = errorOf(await mine.json(args));
    expect(shown).toMatchObject({ exit: 2, code });
    expect(shown.message).toMatch(message);
    const { stderr } = await mine.run(args);
    expect(stderr).not.toMatch(stackTrace);
    expect(stderr).toContain(shown.fix);
  });

  test('of a folder', { timeout: 300_000 }, async () => {
    expect(errorOf(await mine.json(['workspace', 'import', mine.home]))).toMatchObject({ exit: 2 });
    expect(existsSync(mine.home)).toBe(true);
  });
});

test('a secret is entered only where one is used', { timeout: 300_000 }, async () => {
  const stdin = 'a secret\n';
  const source = await theirs.json(['source', 'password', 'shop', '--password-stdin'], { stdin });
  expect(errorOf(source)).toMatchObject({ exit: 2, code: 'INPUT_INVALID' });
  const args = ['destination', 'secret', 'lake', '--secret-access-key-stdin'];
  expect(errorOf(await theirs.json(args, { stdin }))).toMatchObject({ exit: 2, code: 'INPUT_INVALID' });
  const missing = await theirs.json(['destination', 'secret', 'lak', '--secret-access-key-stdin'], { stdin });
  expect(errorOf(missing)).toMatchObject({ exit: 2, code: 'NOT_FOUND' });
});
