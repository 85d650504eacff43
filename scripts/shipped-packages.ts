/**
 * Every package of others that reaches users, with its licence: what package-lock.json says ships, and what the
 * bundler has put into the page. Read by the build of the page, for the window's About.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { licenceOf, readManifest, shippedEntries } from './check-licences.ts';

export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** As an SPDX expression. */
  readonly licence: string;
  /** What its licence file says; '' where it brings none. */
  readonly text: string;
}

/**
 * @param root the folder that holds package-lock.json
 * @param bundled folders of packages below it, e.g. `node_modules/react`
 * @throws Error where a package names no licence
 */
export function shippedPackages(root: string, bundled: Iterable<string>): readonly ShippedPackage[] {
  const paths = new Set([...shippedEntries(root).map(([path]) => path), ...bundled]);
  const packages = [...paths].filter((path) => existsSync(join(root, path))).map((path) => read(root, path));
  // one line for what npm has put into several places
  const unique = new Map(packages.map((item) => [`${item.name} ${item.version}`, item]));
  return [...unique.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function read(root: string, path: string): ShippedPackage {
  const folder = join(root, path);
  const manifest = readManifest(join(folder, 'package.json'));
  const licence = licenceOf(manifest);
  if (licence === undefined) throw new Error(`${path}: names no licence`);
  const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.|-|$)/i.test(name));
  return {
    name: String(manifest.name ?? path),
    version: String(manifest.version ?? ''),
    licence,
    text: file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim(),
  };
}

/** The folder of the package that a module of the bundle comes from, below `root`; undefined for our own. */
export function packageFolder(root: string, id: string): string | undefined {
  const path = id.replaceAll('\\', '/').replace(/^\0/, '');
  const base = `${root.replaceAll('\\', '/')}/`;
  if (!path.startsWith(base)) return undefined;
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path.slice(base.length))?.[0];
}

/** Writes `packages.json` beside the page. */
export function listPackages(root: string): Plugin {
  return {
    name: 'sluice-packages',
    apply: 'build',
    generateBundle(_, bundle) {
      const ids = Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
      const bundled = new Set(ids.flatMap((id) => packageFolder(root, id) ?? []));
      const source = JSON.stringify(shippedPackages(root, bundled));
      this.emitFile({ type: 'asset', fileName: 'packages.json', source });
    },
  };
}
