/**
 * What the release workflow asks: `check TAG` (one version everywhere), `notes` (the changelog of this version), and
 * `gather FROM TO` (all artifacts in one folder, with one feed for both kinds of Mac).
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

/** What a feed of electron-builder holds; `path` and `sha512` are for old apps, and name the first file. */
interface Feed {
  readonly version: string;
  readonly files: readonly { readonly url: string; readonly sha512: string; readonly size: number }[];
}

const macFeed = 'latest-mac.yml';

/** What speaks against releasing the project in `root` under a tag; empty when nothing does. */
export function releaseProblems(root: string, tag: string): readonly string[] {
  const { version } = readJson(join(root, 'package.json'));
  const lock = readJson(join(root, 'package-lock.json')).version;
  const problems = [];
  if (tag !== `v${version}`) problems.push(`the tag is ${tag}, but package.json names version ${version}`);
  if (lock !== version) problems.push(`package-lock.json names version ${lock}, package.json ${version}`);
  if (changesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version) === undefined)
    problems.push(`CHANGELOG.md has no changes under "## ${version}"`);
  return problems;
}

/** The part of a changelog below the heading of a version; undefined where it says nothing. */
export function changesOf(changelog: string, version: string): string | undefined {
  const parts = changelog.split(/^## /m).slice(1);
  const part = parts.find((text) => text.split('\n', 1)[0]?.split(' ')[0] === version);
  const changes = part?.slice(part.indexOf('\n')).trim();
  return changes === '' ? undefined : changes;
}

/**
 * Copies what the jobs have built, each in a folder of its own, into one.
 * @throws Error where two jobs made different files of one name
 */
export function gather(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  const feeds: Feed[] = [];
  for (const path of filesBelow(from)) {
    const target = join(to, basename(path));
    if (basename(path) === macFeed) feeds.push(parse(readFileSync(path, 'utf8')) as Feed);
    else if (existsSync(target)) throw new Error(`${basename(path)} was built twice`);
    else copyFileSync(path, target);
  }
  if (feeds.length > 0) writeFileSync(join(to, macFeed), stringify(joined(feeds)));
}

/** One feed of several for the same version: the updater takes the file of its processor. */
export function joined(feeds: readonly Feed[]): Feed {
  const [first] = feeds;
  if (first === undefined) throw new Error('there is no feed');
  if (feeds.some(({ version }) => version !== first.version)) throw new Error('the feeds name two versions');
  return { ...first, files: feeds.flatMap(({ files }) => files) };
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

const readJson = (path: string): { readonly version: string } => JSON.parse(readFileSync(path, 'utf8'));

if (import.meta.main) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const [what, first = '', second = ''] = process.argv.slice(2);
  if (what === 'check') {
    const problems = releaseProblems(root, first);
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) process.exitCode = 1;
  } else if (what === 'notes') {
    const { version } = readJson(join(root, 'package.json'));
    const changes = changesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version);
    if (changes === undefined) throw new Error(`CHANGELOG.md has no changes under "## ${version}"`);
    console.log(changes);
  } else if (what === 'gather') gather(first, second);
  else throw new Error('usage: release.ts check TAG | notes | gather FROM TO');
}
