/** `npm run package`: what it asks of the builder, and what it says where there is no runtime to be had. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builderArguments } from '../../scripts/package.ts';
import { root } from '../support/packaged-app.ts';

it('builds for one system and architecture, and publishes nothing', () => {
  const never = ['--publish', 'never'];
  expect(builderArguments('linux', 'arm64', [])).toEqual(['--linux', '--arm64', ...never]);
  expect(builderArguments('linux', 'x64', ['deb'])).toEqual(['--linux', 'deb', '--x64', ...never]);
  // Without names of targets the builder would take both architectures of electron-builder.yml.
  expect(builderArguments('darwin', 'arm64', [])).toEqual(['--mac', 'dmg', 'zip', '--arm64', ...never]);
  expect(builderArguments('win32', 'x64', [])).toEqual(['--win', 'nsis', '--x64', ...never]);
  expect(builderArguments('freebsd', 'x64', [])).toBeUndefined();
});

it('says where the runtime would come from, and what can be done without it', () => {
  const { ELECTRON_GET_USE_PROXY: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/package.ts')], {
    encoding: 'utf8',
    env: { ...env, ELECTRON_MIRROR: 'https://electron.invalid/' },
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(
    /^No installer can be built here: electron\.invalid is not found.*ELECTRON_MIRROR.*\n$/,
  );
});
