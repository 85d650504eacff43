/** What About lists is what ships: by the lock, and by what the bundler took. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shippedEntries } from '../../scripts/check-licences.ts';
import { packageFolder, shippedPackages } from '../../scripts/shipped-packages.ts';

const root = join(import.meta.dirname, '../..');

it('every package of the lock that is installed, and those of the bundle, each with licence and version', () => {
  const names = (bundled: readonly string[]) => shippedPackages(root, bundled).map(({ name }) => name);
  const without = names([]);
  expect(without).toEqual(expect.arrayContaining(['@aws-sdk/client-s3', 'commander', 'pg', 'zod']));
  expect(without).not.toContain('react');
  expect(names(['node_modules/react'])).toContain('react');
  expect(without.length).toBeLessThanOrEqual(shippedEntries(root).length);
  for (const { version, licence } of shippedPackages(root, [])) {
    expect(version).toMatch(/^\d+\.\d+/);
    expect(licence).not.toBe('');
  }
  expect(shippedPackages(root, ['node_modules/react']).find(({ name }) => name === 'react')).toMatchObject({
    licence: 'MIT',
    text: expect.stringContaining('Permission is hereby granted'),
  });
  expect(() => shippedPackages(root, ['node_modules/.bin'])).toThrow('names no licence');
});

it('a module of the bundle belongs to the innermost package, and ours to none', () => {
  const folder = (path: string) => packageFolder('/work', path);
  expect(folder('/work/node_modules/react/index.js')).toBe('node_modules/react');
  expect(folder('\0/work/node_modules/@a/b/c.js?commonjs')).toBe('node_modules/@a/b');
  expect(folder('/work/node_modules/a/node_modules/b/c.js')).toBe('node_modules/a/node_modules/b');
  expect(folder('/work/src/renderer/main.tsx')).toBeUndefined();
  expect(folder('\0vite/preload-helper.js')).toBeUndefined();
});
