/** electron-builder.yml by the builder's own schema, and the hooks that refuse what must not be built. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingNative } from '../../scripts/package/after-pack.mjs';
import { refusePublishing } from '../../scripts/package/before-pack.mjs';
import { root, runBuilder } from '../support/packaged-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface BuilderConfig {
  getConfig(root: string, path: undefined, given: null): Promise<Record<string, object>>;
  validateConfiguration(config: object, logger: { isEnabled: boolean; add(): void }): Promise<void>;
}

// The builder's own reader and schema, of the very version that packs.
const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder/package.json'));
const { getConfig, validateConfiguration } = builder(
  'app-builder-lib/out/util/config/config.js',
) as BuilderConfig;

const validate = (config: object): Promise<void> =>
  validateConfiguration(config, { isEnabled: false, add: () => undefined });

const config = await getConfig(root, undefined, null);

describe('electron-builder.yml', () => {
  it('is what the builder understands', async () => {
    expect(config).toMatchObject({ appId: 'io.github.sluice', electronFuses: { runAsNode: false } });
    await expect(validate(config)).resolves.toBeUndefined();
  });

  it.each([
    ['at its top', { unknownKey: true }, 'unknownKey'],
    ['below linux', { linux: { ...config.linux, targets: ['deb'] } }, 'configuration.linux'],
    ['of a wrong type', { electronFuses: { ...config.electronFuses, runAsNode: 'off' } }, 'runAsNode'],
  ])('is not accepted with a planted key %s', async (_, planted, word) => {
    await expect(validate({ ...config, ...planted })).rejects.toThrow(word);
  });

  it('has the identity that the app gives itself', () => {
    const host = readFileSync(join(root, 'src/main/hosts/electron/lifecycle.ts'), 'utf8');
    expect(/appId = '([^']+)'/.exec(host)?.[1]).toBe(config.appId);
    const { desktopName } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(desktopName).toBe(`${(config.linux as { executableName?: string }).executableName}.desktop`);
  });

  it('names files of assets that are there', () => {
    const { mac } = config as { mac: Record<string, string> };
    for (const key of ['entitlements', 'entitlementsInherit']) {
      const entitlements = readFileSync(join(root, mac[key] ?? ''), 'utf8');
      expect(entitlements.match(/(?<=<key>)[^<]+/g)).toEqual(['com.apple.security.cs.allow-jit']);
    }
  });
});

describe('a build is refused', () => {
  it('when its runtime was handed over and it would be published', () => {
    for (const publish of [undefined, 'always', 'onTag', 'onTagOrDraft']) {
      expect(() => refusePublishing('/somewhere', publish)).toThrow('--publish never');
      expect(() => refusePublishing(undefined, publish)).not.toThrow();
    }
    expect(() => refusePublishing('/somewhere', 'never')).not.toThrow();
  });

  it.skipIf(process.platform !== 'linux')(
    'by the builder itself, before anything is packed: needs Linux',
    () => {
      const { status, output } = runBuilder(temporaryFolder(), ['--publish', 'always']);
      expect(output).toContain('it is not published');
      expect(status).not.toBe(0);
    },
  );

  it('when the native files are those of another system', () => {
    const modules = temporaryFolder();
    const place = (...path: string[]): void => {
      mkdirSync(join(modules, ...path, '..'), { recursive: true });
      writeFileSync(join(modules, ...path), '');
    };
    expect(missingNative(modules, 'darwin-arm64')).toContain('keytar has no file for darwin-arm64');
    place('keytar/prebuilds/darwin-arm64/keytar.node');
    place('@duckdb/node-bindings-linux-x64/duckdb.node');
    expect(missingNative(modules, 'darwin-arm64')).toContain('npm install --no-save --force');
    place('@duckdb/node-bindings-darwin-arm64/duckdb.node');
    expect(missingNative(modules, 'darwin-arm64')).toContain('@duckdb/node-bindings-darwin-arm64');
    place('@duckdb/node-bindings-darwin-arm64/libduckdb.dylib');
    expect(missingNative(modules, 'darwin-arm64')).toBeUndefined();
  });
});
