/** What the build makes, read as text: it is what ships. */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImports } from '../../scripts/read-imports.ts';
import { type BuiltApp, buildApp } from '../support/electron/build-app.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  main: string;
  dependencies: Record<string, string>;
};

describe('the compiled app', () => {
  let built: BuiltApp;
  beforeAll(async () => {
    built = await buildApp();
  });
  afterAll(() => built?.[Symbol.dispose]());

  const read = (...path: string[]): string => readFileSync(join(built.out, ...path), 'utf8');
  const packageOf = (specifier: string): string =>
    specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');

  it('has a preload of one CommonJS file that loads electron and nothing else', () => {
    expect(readdirSync(join(built.out, 'preload'))).toEqual(['preload.cjs']);
    const text = read('preload', 'preload.cjs');
    const { sites, problems } = readImports('preload.cjs', text);
    expect(problems).toEqual([]);
    expect(sites.map(({ specifier }) => specifier)).toEqual(['electron']);
    expect(text).not.toMatch(/^\s*(import|export)\s/m);
    expect(text).not.toMatch(/contextBridge|exposeInMainWorld|process\.\w|eval\(|Function\(/);
    expect(text.length).toBeLessThan(2000);
  });

  it('has a main process that loads only what ships with it', () => {
    const files = readdirSync(join(built.out, 'main'), { recursive: true, encoding: 'utf8' });
    expect(files).toContain('main.js');
    const loaded = files
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) => readImports(file, read('main', file)).sites)
      .map(({ specifier }) => specifier ?? '(not a literal)')
      .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier));
    expect(loaded).toContain('electron');
    expect(loaded).toContain('electron-store');
    const strangers = loaded
      .map(packageOf)
      .filter((name) => name !== 'electron' && !(name in manifest.dependencies));
    expect(strangers).toEqual([]);
  });

  it('has a main process without the page, the command line and the web host', () => {
    // The bundler marks where each module begins.
    const modules = read('main', 'main.js').match(/(?<=^\/\/ (#region )?)\S+\.(ts|tsx|js|mjs|json)$/gm) ?? [];
    expect(modules.filter((module) => module.startsWith('src/main/core/')).length).toBeGreaterThan(5);
    const strangers = modules.filter((module) => !/^src\/(main|shared)\/|^package\.json$/.test(module));
    expect(strangers).toEqual([]);
    expect(modules.filter((module) => /hosts\/(cli|web)\//.test(module))).toEqual([]);
  });

  it('is where package.json says', () => {
    expect(manifest.main).toBe('out/main/main.js');
  });
});
