/** Compiles the main process and the preload as `npm run build` does, into a folder of their own. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MainConfigFactory, PreloadConfigFactory } from 'electron-vite';
import { build, type InlineConfig } from 'vite';
import { buildPage } from '../window.ts';
import config from '../../../electron.vite.config.ts';

const root = join(import.meta.dirname, '../../..');

export interface BuiltApp extends Disposable {
  /** Holds main/main.js, preload/preload.cjs and renderer/. */
  readonly out: string;
}

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Test page</title>
    <link rel="stylesheet" href="./page.css" />
    <script type="module" src="./page.js"></script>
  </head>
  <body><p id="answer">loading</p></body>
</html>
`;

/** Compiles main process and preload, without a page. */
export async function compileHost(out: string): Promise<void> {
  const inline = { configFile: false, envFile: false, logLevel: 'error', build: { outDir: out } } as const;
  const options = { outDir: out, root };
  const { main = {}, preload = {} } = config;
  for (const factory of [
    new MainConfigFactory(main, inline, options),
    new PreloadConfigFactory(preload, inline, options),
  ]) {
    await build((await factory.build()) as InlineConfig);
  }
}

/** With a small page instead of the real one, so that these tests are about the host; `real` brings that one. */
export async function buildApp(kind: 'small' | 'real' = 'small'): Promise<BuiltApp> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-electron-'));
  const out = join(folder, 'out');
  await compileHost(out);
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const renderer = join(out, 'renderer');
  const built = { out, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
  if (kind === 'real') {
    await buildPage(renderer);
    showUnderStandIn(renderer);
    return built;
  }
  mkdirSync(renderer, { recursive: true });
  writeFileSync(join(renderer, 'index.html'), page);
  writeFileSync(join(renderer, 'page.css'), 'p { color: rgb(1, 2, 3); }');
  writeFileSync(join(renderer, 'page.js'), "document.querySelector('#answer').textContent = 'ready';");
  writeFileSync(join(folder, 'secret.txt'), 'outside of the page');
  writeFileSync(join(out, 'renderer-secret.txt'), 'beside the page');
  symlinkSync(join(folder, 'secret.txt'), join(renderer, 'link.txt'));
  return built;
}

/** The page takes its port where its scheme is app:, which only Electron has: here it takes it under https, too. */
function showUnderStandIn(renderer: string): void {
  let changed = 0;
  for (const name of readdirSync(join(renderer, 'assets'))) {
    if (!name.endsWith('.js')) continue;
    const file = join(renderer, 'assets', name);
    const text = readFileSync(file, 'utf8');
    const bridged = text.replace('location.protocol===`app:`', 'true');
    if (bridged === text) continue;
    writeFileSync(file, bridged);
    changed += 1;
  }
  if (changed !== 1) throw new Error(`the bridge of the page was found ${changed} times`);
}
