import { existsSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { dataFolder } from '../../src/main/stores/data-folder.ts';
import { finished, startScript } from '../support/child.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

afterEach(() => vi.unstubAllEnvs());

const onLinux = process.platform === 'linux';

describe('dataFolder', () => {
  test('takes the explicit folder first, then SLUICE_DATA_DIR', () => {
    const folder = temporaryFolder();
    vi.stubEnv('SLUICE_DATA_DIR', join(folder, 'from-env'));
    expect(dataFolder(join(folder, 'explicit'))).toBe(join(folder, 'explicit'));
    expect(existsSync(join(folder, 'from-env'))).toBe(false);
    expect(dataFolder()).toBe(join(folder, 'from-env'));
    expect(statSync(join(folder, 'from-env')).isDirectory()).toBe(true);
  });

  test.skipIf(!onLinux)('chooses as Electron does: needs Linux', () => {
    const folder = temporaryFolder();
    vi.stubEnv('SLUICE_DATA_DIR', '');
    vi.stubEnv('XDG_CONFIG_HOME', folder);
    expect(dataFolder()).toBe(join(folder, 'Sluice'));
    vi.stubEnv('XDG_CONFIG_HOME', 'not/absolute');
    vi.stubEnv('HOME', folder);
    expect(homedir()).toBe(folder);
    expect(dataFolder()).toBe(join(folder, '.config', 'Sluice'));
  });

  test('counts relative paths from where the user stands', () => {
    const folder = temporaryFolder();
    vi.stubEnv('INIT_CWD', folder);
    expect(dataFolder('mine')).toBe(join(folder, 'mine'));
    vi.stubEnv('SLUICE_DATA_DIR', 'env');
    expect(dataFolder()).toBe(join(folder, 'env'));
  });

  test.skipIf(process.platform === 'win32')('is for its owner only: needs POSIX modes', () => {
    const folder = dataFolder(join(temporaryFolder(), 'a', 'b'));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test('refuses a file in the place of the folder, and an empty name', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const refusal = expect.objectContaining({
      code: 'DATA_FOLDER_UNUSABLE',
      message: expect.stringContaining(file),
    });
    expect(() => dataFolder(file)).toThrow(refusal);
    expect(() => dataFolder(join(file, 'below'))).toThrow(refusal);
    expect(() => dataFolder(' ')).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  test.skipIf(process.getuid?.() !== 0)('refuses a folder of somebody else: needs root', async () => {
    const folder = temporaryFolder();
    const script = new URL('./children/data-folder.ts', import.meta.url);
    const { stdout } = await finished(startScript(script, [folder], { uid: 65534 }));
    expect(stdout).toBe(`DATA_FOLDER_UNUSABLE: Cannot use the data folder: ${folder}: permission denied`);
  });
});
