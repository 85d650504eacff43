/** What electron-builder asks after it has put an app together: refuses one that could not work. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** electron-builder's numbers of architectures, as Node names them. */
const architectures = ['ia32', 'x64', 'armv7l', 'arm64', 'universal'];

/** @param {import('electron-builder').AfterPackContext} context */
export default function afterPack({ appOutDir, arch, packager }) {
  const modules = join(packager.getResourcesDir(appOutDir), 'app.asar.unpacked/node_modules');
  const problem = missingNative(modules, `${packager.platform.nodeName}-${architectures[arch]}`);
  if (problem !== undefined) throw new Error(problem);
}

/**
 * @param {string} modules where the unpacked packages are
 * @param {string} system e.g. `darwin-arm64`
 * @returns {string | undefined} why the app would not work there; undefined when both native files are there
 */
export function missingNative(modules, system) {
  if (!existsSync(join(modules, 'keytar/prebuilds', system, 'keytar.node'))) {
    return `keytar has no file for ${system}: the app could not reach the keychain. Sluice cannot be packaged for it.`;
  }
  const duckdb = `@duckdb/node-bindings-${system}`;
  const files = existsSync(join(modules, duckdb)) ? readdirSync(join(modules, duckdb)) : [];
  // The module is small; the engine is the library beside it.
  if (files.includes('duckdb.node') && files.some((name) => /\.(so|dylib|dll)$/.test(name))) return undefined;
  return (
    `${duckdb} is not installed: the app could not read Parquet files. npm installs it only for the system that it ` +
    `runs on. Run "npm install --no-save --force ${duckdb}", with the version of @duckdb/node-api, and build again.`
  );
}
