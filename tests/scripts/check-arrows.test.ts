/** The checker is only worth having if it is seen to fail: every kind of violation is planted once. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type ArrowReport, checkArrows } from '../../scripts/check-arrows.ts';
import { readImports } from '../../scripts/read-imports.ts';

type Tree = Readonly<Record<string, string>>;

/** A tree in which every arrow and every owner is used as drawn. */
const sound: Tree = {
  'src/shared/a.ts': `import { z } from 'zod'; import { oc } from '@orpc/contract'; import './deep/b.ts';`,
  'src/shared/deep/b.ts': `export type { A } from '../a.ts';`,
  'src/main/stores/secrets.ts': `import '../../shared/a.ts'; const keytar = await import('keytar');`,
  'src/main/stores/settings.ts': `import { createRequire } from 'node:module';
    const { default: Conf } = createRequire(import.meta.url)('conf') as typeof import('conf');`,
  'src/main/access/sts.ts': `import { STSClient } from '@aws-sdk/client-sts'; import '../../shared/a.ts';`,
  'src/main/sources/pg.ts': `import pg from 'pg'; import 'pg-copy-streams'; import pgpass from 'pgpass';`,
  'src/main/load/load.ts': `import '../sources/pg.ts'; import '../access/sts.ts'; import 'node:zlib'; import '../../shared/a.ts';`,
  'src/main/sandbox/s3/server.ts': `import '../../../shared/a.ts'; import { createServer } from 'node:http';`,
  'src/main/core/use.ts': `import '../load/load.ts'; import '../sources/pg.ts'; import '../access/sts.ts';
    import '../stores/secrets.ts'; import '../../shared/a.ts'; import { os } from '@orpc/server';
    import pack from '../../../package.json' with { type: 'json' };`,
  'src/main/hosts/cli/bin.ts': `import '../../core/use.ts'; import '../../sandbox/s3/server.ts'; import '../x.ts';
    import { Command } from 'commander'; import '@orpc/client'; import '../../../shared/a.ts';`,
  'src/renderer/main.tsx': `import 'react-dom/client'; import '@cloudscape-design/components/box'; import '../shared/a.ts';`,
  'src/main/hosts/x.ts': `new Worker(new URL('../core/use.ts', import.meta.url));`,
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function plant(tree: Tree): string {
  const root = mkdtempSync(join(tmpdir(), 'arrows-'));
  folders.push(root);
  mkdirSync(join(root, 'src'));
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const check = (change: Tree = {}): ArrowReport => checkArrows(plant({ ...sound, ...change }));

describe('a sound tree', () => {
  it('passes, and everything in it was read', () => {
    expect(check()).toEqual({ modules: 12, imports: 37, problems: [] });
  });
});

describe('planted violations', () => {
  const planted: readonly (readonly [path: string, text: string, problem: string])[] = [
    // arrows
    ['src/shared/p.ts', `import '../main/core/use.ts';`, 'no arrow leads from src/shared to src/main/core'],
    ['src/main/core/p.ts', `import '../hosts/x.ts';`, 'no arrow leads from src/main/core to src/main/hosts'],
    ['src/main/core/p.ts', `import '../sandbox/s3/server.ts';`, 'from src/main/core to src/main/sandbox'],
    ['src/main/hosts/p.ts', `import '../stores/secrets.ts';`, 'from src/main/hosts to src/main/stores'],
    ['src/main/hosts/p.ts', `import '../load/load.ts';`, 'from src/main/hosts to src/main/load'],
    ['src/main/load/p.ts', `import '../stores/secrets.ts';`, 'from src/main/load to src/main/stores'],
    ['src/main/load/p.ts', `import '../core/use.ts';`, 'from src/main/load to src/main/core'],
    ['src/main/sources/p.ts', `import '../access/sts.ts';`, 'from src/main/sources to src/main/access'],
    ['src/main/access/p.ts', `import '../sources/pg.ts';`, 'from src/main/access to src/main/sources'],
    ['src/main/sandbox/p.ts', `import '../access/sts.ts';`, 'from src/main/sandbox to src/main/access'],
    // each form of import
    ['src/shared/p.ts', `import type { T } from '../main/core/use.ts';`, 'no arrow'],
    ['src/shared/p.ts', `import { type T } from '../main/core/use.ts';`, 'no arrow'],
    ['src/shared/p.ts', `export * from '../main/core/use.ts';`, 'no arrow'],
    ['src/shared/p.ts', `export * as x from '../main/core/use.ts';`, 'no arrow'],
    ['src/shared/p.ts', `export { x } from '../main/core/use.ts';`, 'no arrow'],
    ['src/shared/p.ts', `export type { T } from '../main/core/use.ts';`, 'no arrow'],
    ['src/shared/p.ts', `const x = await import('../main/core/use.ts');`, 'no arrow'],
    ['src/shared/p.ts', 'const x = await import(`../main/core/use.ts`);', 'no arrow'],
    ['src/shared/p.ts', `type T = import('../main/core/use.ts').T;`, 'no arrow'],
    ['src/shared/p.ts', `type T = typeof import('../main/core/use.ts');`, 'no arrow'],
    ['src/shared/p.ts', `import x = require('../main/core/use.ts');`, 'no arrow'],
    ['src/shared/p.ts', `require('../main/core/use.ts');`, 'no arrow'],
    ['src/shared/p.cts', `require.resolve('../main/core/use.ts');`, 'no arrow'],
    ['src/shared/p.ts', `import.meta.resolve('../main/core/use.ts');`, 'no arrow'],
    ['src/shared/p.ts', `new Worker(new URL('../main/core/use.ts', import.meta.url));`, 'no arrow'],
    ['src/shared/p.tsx', `export const P = () => <p />; import '../main/core/use.ts';`, 'no arrow'],
    ['src/shared/p.js', `import '../main/core/use.ts';`, 'no arrow'],
    // what cannot be checked
    ['src/main/core/p.ts', 'const x = await import(`../${name}.ts`);', 'not a literal'],
    ['src/main/core/p.ts', `const x = await import('../load/' + name);`, 'not a literal'],
    ['src/main/core/p.ts', `require(name);`, 'not a literal'],
    ['src/main/core/p.ts', `import { createRequire as make } from 'node:module';`, 'hides what is imported'],
    [
      'src/main/core/p.ts',
      `import m from 'node:module'; m.createRequire('x')('pg');`,
      'hides what is imported',
    ],
    ['src/shared/p.ts', `process.getBuiltinModule('node:fs');`, 'hides what is imported'],
    ['src/shared/p.ts', `/// <reference types="node" />`, 'cannot be checked'],
    ['src/shared/p.ts', `let = ;`, 'cannot be parsed'],
    // targets
    ['src/main/core/p.ts', `import './gone.ts';`, 'does not exist'],
    ['src/main/core/p.ts', `import './use';`, 'does not exist'],
    ['src/main/core/p.ts', `import './Use.ts';`, 'does not exist'],
    ['src/main/core/p.ts', `import '../../../tests/x.ts';`, 'leads out of src'],
    ['src/shared/p.ts', `import '../../package.json';`, 'leads out of src'],
    ['src/main/core/p.ts', `import '/etc/x.ts';`, 'neither a relative path nor a package'],
    ['src/main/core/p.ts', `import 'file:///x.ts';`, 'neither a relative path nor a package'],
    ['src/main/core/p.ts', `import '#inner';`, 'neither a relative path nor a package'],
    ['src/main/p.ts', `export {};`, 'belongs to no room'],
    ['src/main/newroom/p.ts', `export {};`, 'belongs to no room'],
    // owners
    ['src/shared/p.ts', `import 'node:fs';`, 'runs without Node'],
    ['src/shared/p.ts', `import 'fs';`, 'runs without Node'],
    ['src/shared/p.ts', `import 'conf';`, 'only in src/main/stores'],
    ['src/shared/p.ts', `import '@orpc/server';`, 'only in src/main/core, src/main/hosts'],
    ['src/main/core/p.ts', `import '@orpc/contract';`, 'only in src/shared'],
    ['src/main/load/p.ts', `import '@orpc/client';`, 'only in src/main/core'],
    ['src/main/load/p.ts', `import type { S3Client } from '@aws-sdk/client-s3';`, 'only in src/main/access'],
    ['src/main/core/p.ts', `import '@smithy/types';`, 'only in src/main/access'],
    ['src/main/stores/p.ts', `import keytar from 'keytar';`, 'only in src/main/stores/secrets.ts'],
    ['src/main/core/p.ts', `import { app } from 'electron';`, 'only in src/main/hosts/electron'],
    ['src/main/hosts/cli/p.ts', `import { app } from 'electron/main';`, 'only in src/main/hosts/electron'],
    ['src/main/stores/p.ts', `import Store from 'electron-store';`, 'only in src/main/hosts/electron'],
    ['src/main/hosts/p.ts', `import { useState } from 'react';`, 'only in src/renderer'],
    ['src/main/hosts/p.ts', `import 'react-dom/client';`, 'only in src/renderer'],
    ['src/main/core/p.ts', `import { Client } from 'pg';`, 'only in src/main/sources'],
    ['src/main/stores/p.ts', `import 'pg-copy-streams';`, 'only in src/main/sources'],
    ['src/main/core/p.ts', `import { Command } from 'commander';`, 'only in src/main/hosts/cli'],
    ['src/main/core/p.ts', `import 'left-pad';`, 'has no owner'],
    ['src/main/core/p.ts', `import '@unknown/thing';`, 'has no owner'],
    // the window sees the shared rules only
    ['src/renderer/p.tsx', `import '../main/core/use.ts';`, 'from src/renderer to src/main/core'],
  ];

  it.each(planted)('%s: %s', (path, text, problem) => {
    const { problems } = check({ [path]: text });
    expect(problems.join('\n')).toContain(problem);
    expect(problems.every((line) => line.startsWith(path) || line.startsWith('src/renderer:'))).toBe(true);
  });

  it('say the line', () => {
    expect(check({ 'src/shared/p.ts': `\n\nimport 'node:fs';` }).problems).toEqual([
      'src/shared/p.ts:3: src/shared runs without Node and must not import node:fs',
    ]);
  });

  it('include links, through which imports cannot be followed', () => {
    const root = plant(sound);
    symlinkSync(join(root, 'src/main/core'), join(root, 'src/shared/core'));
    expect(checkArrows(root).problems.join()).toContain('src/shared/core: a link');
  });
});

describe('blindness', () => {
  it('fails on an empty tree', () => {
    const { modules, problems } = checkArrows(plant({}));
    expect(modules).toBe(0);
    expect(problems).toContain('src: no module was read');
  });

  it('fails where no file is a module', () => {
    expect(checkArrows(plant({ 'src/shared/readme.md': 'x' })).problems).toContain('src: no module was read');
  });

  it('fails without src', () => {
    expect(() => checkArrows(join(plant({}), 'nowhere'))).toThrow('ENOENT');
  });

  it.each([
    'src/shared',
    'src/main/core',
    'src/main/load',
    'src/main/sources',
    'src/main/access',
    'src/main/stores',
    'src/main/sandbox',
    'src/main/hosts',
  ])('fails when %s is gone', (room) => {
    const rest = Object.fromEntries(Object.entries(sound).filter(([path]) => !path.startsWith(`${room}/`)));
    expect(checkArrows(plant(rest)).problems.join('\n')).toContain(`${room}: no module was read`);
  });
});

describe('reading imports', () => {
  it('takes no notice of what only looks like one', () => {
    const text = `// import './a.ts'
      const text = "import './b.ts'"; const other = { require: 1, createdRequire: 2 };
      other.require; new URL('https://example.com/x.ts'); new URL('./data.sql', import.meta.url);`;
    expect(readImports('x.ts', text)).toEqual({ sites: [], problems: [] });
  });

  it('sees through createRequire where it is called at once or named require', () => {
    const text = `import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      require('a');
      createRequire(import.meta.url)('b');`;
    const { sites, problems } = readImports('x.ts', text);
    expect(sites.map((site) => site.specifier)).toEqual(['node:module', 'a', 'b']);
    expect(problems).toEqual([]);
    expect(readImports('x.ts', text.replace('const require', 'const load')).problems).toHaveLength(1);
  });
});
