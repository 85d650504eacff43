import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkLicences, isAllowed, type LicenceReport } from '../../scripts/check-licences.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Checks a lock file of these packages, with these manifests under node_modules. */
function check(packages: object, manifests: Readonly<Record<string, object>> = {}): LicenceReport {
  const root = mkdtempSync(join(tmpdir(), 'licences-'));
  folders.push(root);
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
  for (const [path, manifest] of Object.entries(manifests)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), JSON.stringify(manifest));
  }
  return checkLicences(root);
}

const project = { '': { name: 'x', license: 'GPL-3.0-only' } };
const fine = { 'node_modules/fine': { license: 'MIT' } };

describe('packages that ship', () => {
  it('pass under an allowed licence; the project itself is not asked', () => {
    expect(check({ ...project, ...fine })).toEqual({ packages: 1, problems: [] });
  });

  it('fail under any other, nested and optional ones too', () => {
    const { packages, problems } = check({
      ...project,
      ...fine,
      'node_modules/a': { license: 'GPL-3.0-only' },
      'node_modules/a/node_modules/b': { license: 'AGPL-3.0', optional: true },
      'node_modules/c': { license: 'LGPL-2.1', devOptional: true },
      'node_modules/d': { license: 'SEE LICENSE IN LICENSE.md' },
      'node_modules/e': { license: 'UNLICENSED' },
    });
    expect(packages).toBe(6);
    expect(problems.map((line) => line.split(':')[0])).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/c',
      'node_modules/d',
      'node_modules/e',
    ]);
    expect(problems[0]).toContain('GPL-3.0-only');
  });

  it('do not include what is for development only', () => {
    expect(check({ ...fine, 'node_modules/tool': { license: 'AGPL-3.0', dev: true } }).problems).toEqual([]);
  });

  it('are looked up under node_modules where the lock is silent', () => {
    const packages = {
      'node_modules/a': {},
      'node_modules/b': {},
      'node_modules/c': {},
      'node_modules/d': {},
    };
    const { problems } = check(packages, {
      'node_modules/a/package.json': { license: 'ISC' },
      'node_modules/b/package.json': { license: { type: 'MIT' } },
      'node_modules/c/package.json': { licenses: [{ type: 'MIT' }, { type: 'GPL-2.0' }] },
      'node_modules/d/package.json': { name: 'd' },
    });
    expect(problems).toEqual([
      'node_modules/c: (MIT) AND (GPL-2.0) is not on the list of licences that may ship',
      'node_modules/d: names no licence',
    ]);
  });

  it('fail when they name none and are not installed', () => {
    expect(check({ 'node_modules/a': {} }).problems).toEqual(['node_modules/a: names no licence']);
  });
});

describe('blindness', () => {
  it.each([{}, project, { 'node_modules/tool': { license: 'MIT', dev: true } }])(
    'fails on %j',
    (packages) => {
      expect(check(packages).problems).toEqual(['package-lock.json: no package was read']);
    },
  );

  it('fails on a lock file of the old form', () => {
    const root = mkdtempSync(join(tmpdir(), 'licences-'));
    folders.push(root);
    writeFileSync(
      join(root, 'package-lock.json'),
      JSON.stringify({ lockfileVersion: 1, dependencies: { a: {} } }),
    );
    expect(checkLicences(root).problems).toHaveLength(1);
  });
});

describe('expressions', () => {
  it.each([
    'MIT',
    'MIT OR GPL-2.0-only',
    'GPL-2.0-only OR MIT',
    '(MIT OR CC0-1.0)',
    'MIT AND Apache-2.0',
    '(GPL-3.0 OR MIT) AND ISC',
    'GPL-3.0 AND LGPL-3.0 OR MIT',
  ])('%s is met', (expression) => {
    expect(isAllowed(expression)).toBe(true);
  });

  it.each([
    '',
    'GPL-3.0',
    'mit-ish',
    'MIT AND GPL-3.0',
    'GPL-3.0 OR AGPL-3.0',
    '(MIT OR GPL-3.0) AND GPL-3.0',
    'MIT OR GPL-3.0 AND',
    '(MIT',
    'MIT)',
    'MIT GPL-3.0',
    'GPL-2.0 WITH Classpath-exception-2.0',
    'AND',
    '()',
  ])('%s is not', (expression) => {
    expect(isAllowed(expression)).toBe(false);
  });
});
