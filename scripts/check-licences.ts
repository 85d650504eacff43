/**
 * Checks that every package which ships may ship: its licence is on the list below. Run by `npm run licences`;
 * reads package-lock.json, and fails when that names no package.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** SPDX identifiers of licences that ask for no more than their own text to be kept. */
const allowed: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  // Of argparse, which electron-updater's YAML reader brings; what it asks of changed copies is not asked of ours.
  'Python-2.0',
  'Unlicense',
]);

interface LockEntry {
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly license?: unknown;
}

export interface Manifest {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly license?: unknown;
  readonly licenses?: unknown;
}

export interface LicenceReport {
  /** Packages that ship. */
  readonly packages: number;
  /** One line each. */
  readonly problems: readonly string[];
}

/** @param root the folder that holds package-lock.json, and node_modules for packages that the lock is silent on */
export function checkLicences(root: string): LicenceReport {
  const shipped = shippedEntries(root);
  const problems = shipped.flatMap(([path, entry]) => {
    const licence = licenceOf(entry) ?? licenceOf(readManifest(join(root, path, 'package.json')));
    if (licence === undefined) return `${path}: names no licence`;
    return isAllowed(licence) ? [] : `${path}: ${licence} is not on the list of licences that may ship`;
  });
  if (shipped.length === 0) problems.push('package-lock.json: no package was read');
  return { packages: shipped.length, problems };
}

/** What the lock says that ships, by its folder below `root`. */
export function shippedEntries(root: string): readonly (readonly [path: string, entry: LockEntry])[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages?: Readonly<Record<string, LockEntry>>;
  };
  // '' is the project itself; a link stands for an entry of its own. `devOptional` ships, `dev` does not.
  return Object.entries(lock.packages ?? {}).filter(
    ([path, entry]) => path !== '' && entry.dev !== true && entry.link !== true,
  );
}

export function readManifest(path: string): Manifest {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : {};
}

/** The licence as an SPDX expression; npm's old forms `{type}` and `licenses: [{type}]` are read too. */
export function licenceOf({ license, licenses }: Manifest): string | undefined {
  if (typeof license === 'string' && license.trim() !== '') return license.trim();
  if (typeof license === 'object' && license !== null && 'type' in license)
    return licenceOf({ license: license.type });
  if (!Array.isArray(licenses) || licenses.length === 0) return undefined;
  // The old form does not say whether one may choose, so each of them must be allowed.
  return licenses.map((one) => `(${licenceOf({ license: one }) ?? 'unnamed'})`).join(' AND ');
}

/** True when an SPDX expression can be met by allowed licences alone; OR leaves the choice to us. */
export function isAllowed(expression: string): boolean {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  let next = 0;
  const take = (word: string): boolean => {
    const there = tokens[next]?.toUpperCase() === word;
    if (there) next += 1;
    return there;
  };
  const either = (): boolean => {
    let met = both();
    while (take('OR')) met = both() || met;
    return met;
  };
  const both = (): boolean => {
    let met = single();
    while (take('AND')) met = single() && met;
    return met;
  };
  const single = (): boolean => {
    if (take('(')) {
      const met = either();
      return take(')') && met;
    }
    const name = tokens[next] ?? '';
    next += 1;
    return allowed.has(name);
  };
  // Whatever is left over (WITH an exception, a bracket, free text) was not understood, so it is not allowed.
  return either() && next === tokens.length;
}

if (import.meta.main) {
  const { packages, problems } = checkLicences(dirname(dirname(fileURLToPath(import.meta.url))));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`${packages} packages ship, all under licences that allow it.`);
}
