/** The app as electron-builder packs it: what it holds, that it works from there alone, and how it is locked. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { getRawHeader } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImports } from '../../scripts/read-imports.ts';
import type { ContractClient } from '../../src/shared/contract.ts';
import type { JobEvent } from '../../src/shared/model.ts';
import { connectPage } from '../support/electron/page-client.ts';
import { hasChromium, startApp } from '../support/electron/start-app.ts';
import { type PackagedApp, packApp, root } from '../support/packaged-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** In bytes. Measured: the archive 19.0 MB; DuckDB's library and the two modules outside it 71.2 MB. */
const budget = { archive: 20_000_000, unpacked: 75_000_000 };

const system = `${process.platform}-${process.arch}`;

/** Packages that others name as theirs and that are left out: ssh2 goes on without what would have to be compiled. */
const leftOut = ['cpu-features', 'nan', 'node-addon-api'];

interface Entry {
  readonly size: number;
  readonly offset?: string;
  readonly unpacked?: boolean;
  readonly integrity?: { readonly algorithm: string; readonly hash: string; readonly blockSize: number };
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

type Tree = { readonly files: Readonly<Record<string, Tree>> } | Entry;

/** Every file of the archive's header by its path; those outside it, too. */
function entriesOf(tree: Tree, path = ''): (readonly [string, Entry])[] {
  if (!('files' in tree)) return [[path, tree]];
  return Object.entries(tree.files).flatMap(([name, below]) =>
    entriesOf(below, path === '' ? name : `${path}/${name}`),
  );
}

const packageOf = (path: string): string | undefined =>
  /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];

/** What a module of the main process asks for that is neither Node's, Electron's nor its neighbour's. */
function externalsOf(main: string): string[] {
  const files = readdirSync(main, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.js'),
  );
  const all = files.flatMap((file) => readImports(file, readFileSync(join(main, file), 'utf8')).sites);
  const names = all.map(({ specifier }) => specifier ?? '');
  return [...new Set(names)].filter(
    (name) => name !== '' && !name.startsWith('.') && !isBuiltin(name) && name !== 'electron',
  );
}

/** The folders below `base` of these packages and of all that they need, as Node would find them. */
function closure(base: string, specifiers: readonly string[]): string[] {
  const found = new Set<string>();
  const look = (from: string, name: string): void => {
    if (leftOut.includes(name)) return;
    for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
      const path = `${folder}${folder === '' ? '' : '/'}node_modules/${name}`;
      if (existsSync(join(base, path, 'package.json'))) {
        visit(path);
        return;
      }
      if (folder === '') return;
    }
  };
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    const manifest = JSON.parse(readFileSync(join(base, path, 'package.json'), 'utf8')) as Manifest;
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
      look(path, name);
    }
  };
  for (const specifier of specifiers) {
    look(
      '',
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  }
  return [...found].sort();
}

describe.skipIf(process.platform !== 'linux')('the packaged app: needs Linux', () => {
  let app: PackagedApp;
  let entries: ReturnType<typeof entriesOf>;
  let paths: string[];
  beforeAll(async () => {
    app = await packApp();
    entries = entriesOf(getRawHeader(app.asar).header as unknown as Tree);
    paths = entries.map(([path]) => path);
    // Ten seconds of work on two cores, which others may have just then.
  }, 300_000);
  afterAll(() => app?.[Symbol.dispose]());

  const isUnpacked = ([, entry]: (typeof entries)[number]): boolean => entry.unpacked === true;

  describe('holds', () => {
    it('main process, load process, preload, page, icons and its own licence', () => {
      const page = readdirSync(join(root, 'out/renderer'), { recursive: true, encoding: 'utf8' })
        .map((path) => `out/renderer/${path}`)
        .filter((path) => statSync(join(root, path)).isFile());
      expect(page.length).toBeGreaterThan(3);
      expect(paths).toEqual(
        expect.arrayContaining([
          ...['out/main/main.js', 'out/main/job-process.js', 'out/preload/preload.cjs'],
          ...['package.json', 'LICENSE', 'assets/icons/256x256.png', ...page],
        ]),
      );
    });

    it('the packages that the main process loads, with what those need, and no other', () => {
      const needed = closure(root, externalsOf(join(app.extracted, 'out/main')));
      expect(needed).toEqual(expect.arrayContaining(['node_modules/pg', 'node_modules/electron-store']));
      const held = [...new Set(paths.flatMap((path) => packageOf(path) ?? []))].sort();
      expect(held).toEqual(needed);
    });

    it('nothing for those who develop, test, document or compile', () => {
      const allowed =
        /^(out\/(main|preload|renderer)|assets\/icons|node_modules)\/|^(package\.json|LICENSE)$/;
      expect(paths.filter((path) => !allowed.test(path))).toEqual([]);
      const forbidden = [
        /\.(map|ts|mts|cts|tsx|h|c|cc|cpp|gyp|gypi|patch|o|a)$/,
        /node_modules\/.*\/(test|tests|__tests__|examples?|benchmarks?|\.github)\//,
        /(readme|changelog|history)[^/]*$/i,
        /node_modules\/(electron|react|@cloudscape-design|vite|commander|open|node-[^/]+)\//,
        /^out\/cli/,
      ];
      for (const pattern of forbidden)
        expect(
          paths.filter((path) => pattern.test(path)),
          `${pattern}`,
        ).toEqual([]);
    });

    it('the licence text of every package that brings one', () => {
      const isLicence = (name: string): boolean => /^(licen[cs]e|copying)(\.|-|$)/i.test(name);
      const missing = [...new Set(paths.flatMap((path) => packageOf(path) ?? []))].filter((folder) => {
        const texts = readdirSync(join(root, folder)).filter(isLicence);
        return texts.some((text) => !paths.includes(`${folder}/${text}`));
      });
      expect(missing).toEqual([]);
      // About shows the texts of the page's packages, too, which are bundled.
      const listed = JSON.parse(readFileSync(join(app.extracted, 'out/renderer/packages.json'), 'utf8'));
      expect(listed.map(({ name }: { name: string }) => name)).toEqual(
        expect.arrayContaining(['react', 'pg', '@github/keytar', '@duckdb/node-bindings']),
      );
    });

    it('no more than its budget', () => {
      const outside = entries.filter(isUnpacked).reduce((sum, [, { size }]) => sum + size, 0);
      expect(statSync(app.asar).size).toBeLessThan(budget.archive);
      expect(outside).toBeLessThan(budget.unpacked);
    });
  });

  describe('has outside of its archive', () => {
    it('the native files of this system and nothing else', () => {
      expect(
        entries
          .filter(isUnpacked)
          .map(([path]) => path)
          .sort(),
      ).toEqual([
        `node_modules/@duckdb/node-bindings-${system}/duckdb.node`,
        `node_modules/@duckdb/node-bindings-${system}/libduckdb.so`,
        `node_modules/keytar/prebuilds/${system}/keytar.node`,
      ]);
      expect(paths.filter((path) => path.endsWith('.node'))).toHaveLength(2);
    });

    it('native files that load from there', () => {
      const load = createRequire(import.meta.url);
      const modules = join(app.unpacked, 'node_modules');
      const keytar = load(join(modules, `keytar/prebuilds/${system}/keytar.node`)) as object;
      expect(Object.keys(keytar)).toEqual(expect.arrayContaining(['getPassword', 'setPassword']));
      const duckdb = load(join(modules, `@duckdb/node-bindings-${system}/duckdb.node`)) as {
        library_version(): string;
      };
      expect(duckdb.library_version()).toMatch(/^v\d+\.\d+/);
    });
  });

  describe('works without the checkout', () => {
    it('every package that the main process names is found and loads', async () => {
      const names = externalsOf(join(app.extracted, 'out/main')).filter((name) => name !== 'electron-store');
      expect(names.length).toBeGreaterThan(10);
      const from = createRequire(join(app.extracted, 'out/main/main.js'));
      for (const name of names) {
        // As `import` finds it: from a module that lies beside the main file.
        const probe = join(app.extracted, 'out/main', `probe-${names.indexOf(name)}.mjs`);
        writeFileSync(probe, `export * as all from ${JSON.stringify(name)};`);
        const { all } = (await import(/* @vite-ignore */ pathToFileURL(probe).href)) as { all: object };
        expect(Object.keys(all).length, name).toBeGreaterThan(0);
      }
      expect(from.resolve('electron-store')).toContain(app.extracted);
    });

    it.skipIf(!hasChromium)(
      'opens its page, and loads a table and a Parquet file in a process of their own: needs Chromium',
      async () => {
        const folder = temporaryFolder();
        await using running = await startApp(
          { out: join(app.extracted, 'out'), [Symbol.dispose]: () => undefined },
          join(folder, 'data'),
        );
        const page = await running.page();
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        const { client } = await connectPage(page);
        await client.practice.start();
        for (const [name, location] of Object.entries(sources(folder))) {
          await client.sources.save({ name, location });
          await client.pipelines.save({
            name,
            source: name,
            destination: 'Practice bucket',
            destinationPrefix: name,
            partitionKey: '${JOB_ID}',
            timeZone: 'UTC',
            objects: 'all',
          });
          const { jobId } = await client.jobs.start({ pipeline: name });
          let last: JobEvent | undefined;
          for await (const event of await client.jobs.watch({ jobId })) last = event;
          expect(last).toMatchObject({ event: 'end', state: 'completed' });
        }
        const { utilityProcesses, errorBoxes, windows, about } = await running.state();
        const icon = join(app.extracted, 'assets/icons/256x256.png');
        expect([windows[0]?.icon, about.iconPath]).toEqual([icon, icon]);
        expect(errorBoxes).toEqual([]);
        const modules = utilityProcesses.map(({ module }) => module);
        expect(modules.length).toBeGreaterThanOrEqual(2);
        expect([...new Set(modules)]).toEqual([join(app.extracted, 'out/main/job-process.js')]);
      },
    );
  });

  describe('is locked', () => {
    it('by its fuses', async () => {
      const wire = await getCurrentFuseWire(app.executable);
      const on = '1'.charCodeAt(0);
      const isOn = (fuse: FuseV1Options): boolean => Number(wire[fuse]) === on;
      expect({
        runAsNode: isOn(FuseV1Options.RunAsNode),
        nodeOptions: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
        inspect: isOn(FuseV1Options.EnableNodeCliInspectArguments),
        fileProtocol: isOn(FuseV1Options.GrantFileProtocolExtraPrivileges),
        cookies: isOn(FuseV1Options.EnableCookieEncryption),
        integrity: isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
        onlyAsar: isOn(FuseV1Options.OnlyLoadAppFromAsar),
      }).toEqual({
        ...{ runAsNode: false, nodeOptions: false, inspect: false, fileProtocol: false },
        ...{ cookies: true, integrity: true, onlyAsar: true },
      });
    });

    it('and starts nothing that would need the app to run as plain Node', () => {
      const main = join(app.extracted, 'out/main');
      const files = readdirSync(main, { recursive: true, encoding: 'utf8' }).filter((file) =>
        file.endsWith('.js'),
      );
      for (const file of files) {
        const text = readFileSync(join(main, file), 'utf8');
        expect(text, file).not.toMatch(/ELECTRON_RUN_AS_NODE|process\.execPath/);
      }
      expect(files.some((file) => readFileSync(join(main, file), 'utf8').includes('utilityProcess'))).toBe(
        true,
      );
    });

    it('with the hash of every file in its header', () => {
      const { headerSize } = getRawHeader(app.asar);
      const bytes = readFileSync(app.asar);
      const wrong = entries.filter(([, { size, offset, integrity }]) => {
        if (offset === undefined) return false;
        const start = 8 + headerSize + Number(offset);
        const hash = createHash('sha256')
          .update(bytes.subarray(start, start + size))
          .digest('hex');
        return integrity?.algorithm !== 'SHA256' || integrity.hash !== hash;
      });
      expect(wrong.map(([path]) => path)).toEqual([]);
      expect(entries.filter(([, { offset }]) => offset !== undefined).length).toBeGreaterThan(1000);
    });
  });
});

/** One of SQLite and one of DuckDB, which comes from outside the archive. */
function sources(
  folder: string,
): Readonly<Record<string, Parameters<ContractClient['sources']['save']>[0]['location']>> {
  const sqlite = join(folder, 'some.sqlite');
  const database = new DatabaseSync(sqlite);
  database.exec('CREATE TABLE some (id INTEGER); INSERT INTO some VALUES (1), (2), (3)');
  database.close();
  const files = join(folder, 'files');
  mkdirSync(files);
  const columns = [{ name: 'id', data: [1, 2, 3] }];
  writeFileSync(join(files, 'numbers.parquet'), Buffer.from(parquetWriteBuffer({ columnData: columns })));
  return { table: { kind: 'sqlite', path: sqlite }, parquet: { kind: 'files', path: files, options: {} } };
}
