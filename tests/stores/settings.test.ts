import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openSettings } from '../../src/main/stores/settings.ts';
import { makeConf } from '../../src/main/stores/settings-conf.ts';
import type { Settings, Source } from '../../src/shared/model.ts';
import { finished, startScript } from '../support/child.ts';
import { canMount, fillDisk, smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const child = new URL('./children/settings.ts', import.meta.url);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const source = (name: string, path = `/tmp/${name}.db`): Source => ({
  kind: 'sqlite',
  name,
  database: 'db',
  path,
});
const adding =
  (added: Source) =>
  (settings: Settings): Settings => ({ ...settings, sources: [...settings.sources, added] });

const configOf = (folder: string): string => join(folder, 'config.json');
const corruptFiles = (folder: string): string[] => readdirSync(folder).filter((f) => f.includes('.corrupt-'));

describe('settings', () => {
  test('start empty, with an external ID that stays', () => {
    const folder = temporaryFolder();
    const settings = openSettings(folder);
    const { externalId, ...rest } = settings.read();
    expect(externalId).toMatch(uuid);
    expect(rest).toEqual({ version: 1, destinations: [], sources: [], pipelines: [] });
    expect(settings.notices).toEqual([]);
    expect(settings.recoveredFrom).toBeUndefined();
    expect(openSettings(folder).read().externalId).toBe(externalId);
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'config.lock']);
  });

  test.skipIf(process.platform === 'win32')('are for their owner only: needs POSIX modes', () => {
    const folder = temporaryFolder();
    openSettings(folder).update(adding(source('a')));
    expect(statSync(configOf(folder)).mode & 0o777).toBe(0o600);
  });

  test('are changed for every store at once, and leave no copy behind', () => {
    const folder = temporaryFolder();
    const [one, two] = [openSettings(folder), openSettings(folder)];
    const given = one.update(adding(source('first')));
    expect(two.read()).toEqual(given);
    two.update(adding(source('second')));
    expect(one.read().sources.map(({ name }) => name)).toEqual(['first', 'second']);
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'config.lock']);
  });

  test('come back as they were saved, whatever the names hold', () => {
    const folder = temporaryFolder();
    const settings = openSettings(folder);
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, text, (database, path) => {
        const added: Source = { kind: 'sqlite', name: 'n', database, path };
        settings.update((before) => ({ ...before, sources: [added] }));
        expect(openSettings(folder).read().sources).toEqual([added]);
      }),
      { numRuns: 25 },
    );
  });

  test('write through the store that the host makes', () => {
    const made: string[] = [];
    const folder = temporaryFolder();
    openSettings(folder, {
      makeConf: (options) => {
        made.push(String(options.cwd));
        return makeConf(options);
      },
    });
    expect(made).toEqual([folder]);
  });
});

describe('what is refused', () => {
  const unchanged = (change: (settings: Settings) => Settings): string => {
    const folder = temporaryFolder();
    const settings = openSettings(folder);
    const before = readFileSync(configOf(folder));
    let message = '';
    try {
      settings.update(change);
    } catch (error) {
      message = String(error);
      expect(error).toMatchObject({ code: 'INPUT_INVALID' });
    }
    expect(readFileSync(configOf(folder))).toEqual(before);
    return message;
  };

  test('a property that the model does not know: no secret gets into the file, nor into the error', () => {
    const password = 'canary-AbC123';
    const smuggled = Object.assign(source('a'), { password });
    expect(unchanged(adding(smuggled))).toMatch(/sources\.0\.password is an unknown property/);
    expect(unchanged(adding(smuggled))).not.toContain(password);
    const top = (settings: Settings): Settings => ({ ...settings, secret: password }) as Settings;
    expect(unchanged(top)).toMatch(/secret is an unknown property/);
    const wrong = { ...source('a'), path: { password } } as unknown as Source;
    expect(unchanged(adding(wrong))).not.toContain(password);
  });

  test('what does not fit the model', () => {
    expect(unchanged(adding(source('')))).toMatch(/sources\.0\.name/);
  });

  test('another external ID', () => {
    expect(unchanged((settings) => ({ ...settings, externalId: crypto.randomUUID() }))).toMatch(
      /never changes/,
    );
  });

  test('a change that fails saves nothing and gives the lock back', () => {
    const settings = openSettings(temporaryFolder());
    expect(() =>
      settings.update(() => {
        throw new RangeError('inside');
      }),
    ).toThrow(RangeError);
    expect(settings.update(adding(source('after'))).sources).toHaveLength(1);
  });

  test('a file of a newer version, which is left alone', () => {
    const folder = temporaryFolder();
    const text = JSON.stringify({ version: 2, externalId: 7, novelty: {} });
    writeFileSync(configOf(folder), text);
    expect(() => openSettings(folder)).toThrow(
      expect.objectContaining({
        code: 'DATA_FOLDER_UNUSABLE',
        message: expect.stringMatching(/newer version of Sluice \(format 2; this version knows format 1\)/),
      }),
    );
    expect(readFileSync(configOf(folder), 'utf8')).toBe(text);
    expect(corruptFiles(folder)).toEqual([]);
  });
});

describe('a damaged file', () => {
  const id = '0f1e2d3c-4b5a-4678-9abc-def012345678';

  function damaged(text: string) {
    const folder = temporaryFolder();
    writeFileSync(configOf(folder), text);
    const settings = openSettings(folder);
    const [aside = ''] = corruptFiles(folder);
    expect(aside).toMatch(/^config\.corrupt-\d{8}T\d{6}Z\.json$/);
    expect(readFileSync(join(folder, aside), 'utf8')).toBe(text);
    expect(settings.recoveredFrom).toBe(join(folder, aside));
    expect(settings.notices).toHaveLength(1);
    expect(settings.read()).toMatchObject({ version: 1, destinations: [], sources: [], pipelines: [] });
    return { folder, externalId: settings.read().externalId, notice: settings.notices[0] ?? '' };
  }

  test.each([
    ['cut', `{"version":1,"externalId":"${id}","destina`],
    ['with an unknown property', `{"version":1,"externalId":"${id}","password":"x"}`],
    ['with a wrong part', `{"version":1,"externalId":"${id}","destinations":7,"sources":[],"pipelines":[]}`],
  ])('%s is kept aside, and its external ID goes on', (_, text) => {
    const { folder, externalId, notice } = damaged(text);
    expect(externalId).toBe(id);
    expect(notice).toMatch(/stays the same/);
    expect(openSettings(folder).notices).toEqual([]);
  });

  test.each([
    ['empty', ''],
    ['not text', '\0\0\0\0'],
    ['with a broken ID', `{"externalId":"${id.slice(0, 30)}`],
    ['with two IDs', `{"externalId":"${id}","externalId":"${id.replace('0', '1')}"`],
  ])('%s gets a new external ID, and says what that means', (_, text) => {
    const { externalId, notice } = damaged(text);
    expect(externalId).toMatch(uuid);
    expect(externalId).not.toBe(id);
    expect(notice).toMatch(/new one now.*trust policy of every role/);
  });

  test('is met while the store is open, too', () => {
    const folder = temporaryFolder();
    const settings = openSettings(folder);
    const { externalId } = settings.read();
    writeFileSync(configOf(folder), readFileSync(configOf(folder), 'utf8').slice(0, -5));
    expect(settings.update(adding(source('a')))).toMatchObject({ externalId, sources: [{ name: 'a' }] });
    expect(settings.notices).toHaveLength(1);
  });

  test('keeps its external ID when the process died before new settings were there', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'config.corrupt-20241127T091500Z.json'), `{"externalId":"${id}"`);
    const settings = openSettings(folder);
    expect(settings.read().externalId).toBe(id);
    expect(settings.notices).toHaveLength(1);
  });

  test('is undone from the copy of a write that was cut off', () => {
    const folder = temporaryFolder();
    const before = openSettings(folder).update(adding(source('kept')));
    writeFileSync(join(folder, 'config.previous.json'), readFileSync(configOf(folder)));
    writeFileSync(configOf(folder), '{"version":1,"exter');
    const settings = openSettings(folder);
    expect(settings.read()).toEqual(before);
    expect(settings.notices).toEqual([expect.stringMatching(/as they were before that/)]);
    expect(corruptFiles(folder)).toHaveLength(1);
    expect(existsSync(join(folder, 'config.previous.json'))).toBe(false);
  });

  test('is noticed by one of several processes, and all go on with one external ID', async () => {
    const folder = temporaryFolder();
    writeFileSync(configOf(folder), `{"version":1,"externalId":"${id}"`);
    const children = Array.from({ length: 4 }, () => startScript(child, [folder, 'open']));
    const results = await Promise.all(children.map(finished));
    expect(results.map(({ stdout }) => stdout)).toEqual([id, id, id, id]);
    expect(corruptFiles(folder)).toHaveLength(1);
  });
});

describe('several processes', () => {
  test('that start together make one external ID', async () => {
    const folder = temporaryFolder();
    const children = Array.from({ length: 10 }, () => startScript(child, [folder, 'open']));
    const results = await Promise.all(children.map(finished));
    expect(results.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      Array.from({ length: 10 }, () => ({ code: 0, stderr: '' })),
    );
    const ids = new Set(results.map(({ stdout }) => stdout));
    expect([...ids]).toEqual([expect.stringMatching(uuid)]);
    expect(openSettings(folder).read().externalId).toBe([...ids][0]);
  });

  test('lose no change of each other', async () => {
    const folder = temporaryFolder();
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => finished(startScript(child, [folder, 'add', name]))));
    const saved = openSettings(folder)
      .read()
      .sources.map(({ name }) => name);
    expect(saved.sort()).toEqual(names);
  });
});

describe.skipIf(!canMount)('a full disk: needs root and tmpfs', () => {
  const big = source('big', `/${'x'.repeat(12_000)}`);
  const diskFull = expect.objectContaining({ code: 'DISK_FULL', message: expect.stringMatching(/full/) });

  test('at the first start', () => {
    const folder = smallDisk(64);
    fillDisk(folder, 0);
    expect(() => openSettings(folder)).toThrow(diskFull);
  });

  // Free space from none to enough: conf alone leaves a cut file where a part of the new one fits.
  test.each([0, 4, 8, 12, 16, 20, 24])('with %i KiB free keeps the old settings whole', (kibibytes) => {
    const folder = smallDisk(256);
    const settings = openSettings(folder);
    const before = settings.update(adding(source('old', `/${'o'.repeat(9_000)}`)));
    fillDisk(folder, kibibytes * 1024);
    expect(() => settings.update(adding(big))).toThrow(diskFull);
    expect(openSettings(folder).read()).toEqual(before);
    expect(corruptFiles(folder)).toEqual([]);
  });
});

describe.skipIf(process.getuid?.() !== 0)('a folder without permission: needs root', () => {
  test('is named, with the old file intact', async () => {
    const folder = temporaryFolder();
    openSettings(folder);
    const before = readFileSync(configOf(folder));
    chmodSync(folder, 0o755);
    const { stdout } = await finished(startScript(child, [folder, 'add'], { uid: 65534 }));
    expect(stdout).toMatch(
      /^DATA_FOLDER_UNUSABLE: Cannot read the settings: .*config\.json: permission denied$/,
    );
    expect(readFileSync(configOf(folder))).toEqual(before);
  });

  test('that may be read but not written is named, too', async () => {
    const folder = temporaryFolder();
    openSettings(folder);
    const before = readFileSync(configOf(folder));
    chmodSync(folder, 0o755);
    chmodSync(configOf(folder), 0o644);
    const { stdout } = await finished(startScript(child, [folder, 'add'], { uid: 65534 }));
    expect(stdout).toMatch(/^DATA_FOLDER_UNUSABLE: .*config\.lock/);
    expect(readFileSync(configOf(folder))).toEqual(before);
    const read = await finished(startScript(child, [folder, 'open'], { uid: 65534 }));
    expect(read.stdout).toMatch(uuid);
  });
});

test('a folder in the place of the file is named', () => {
  const folder = temporaryFolder();
  mkdirSync(configOf(folder));
  expect(() => openSettings(folder)).toThrow(
    expect.objectContaining({
      code: 'DATA_FOLDER_UNUSABLE',
      message: expect.stringMatching(/folder of that name/),
    }),
  );
});
