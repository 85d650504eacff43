/**
 * The app as electron-builder packs it, around a stand-in for the Electron runtime: a file with a fuse wire in it.
 * Everything else is real. The folder is temporary, and nothing of it can be published.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractAll } from '@electron/asar';
import { compileHost } from './electron/build-app.ts';

export const root = join(import.meta.dirname, '../..');

export interface PackagedApp extends Disposable {
  /** The program that a user would start. */
  readonly executable: string;
  readonly asar: string;
  /** Beside the archive: what the system has to load. */
  readonly unpacked: string;
  /** All of it as plain files, in a folder from which no node_modules but its own is found. */
  readonly extracted: string;
}

/** Compiles and packs; the page is that of the last build. */
export async function packApp(): Promise<PackagedApp> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-packaged-'));
  await compileHost(join(root, 'out'));
  const { status, output } = runBuilder(folder, ['--publish', 'never']);
  if (status !== 0) throw new Error(`electron-builder: ${output}`);
  const program = join(folder, 'dist/linux-unpacked');
  const asar = join(program, 'resources/app.asar');
  const extracted = join(folder, 'extracted');
  extractAll(asar, extracted);
  return {
    executable: join(program, 'sluice'),
    asar,
    unpacked: `${asar}.unpacked`,
    extracted,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** @param folder for the stand-in, and for `dist` */
export function runBuilder(
  folder: string,
  args: readonly string[],
): { status: number | null; output: string } {
  const runtime = join(folder, 'runtime');
  writeRuntime(runtime);
  const builder = join(root, 'node_modules/electron-builder/cli.js');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...[builder, '--linux', 'dir', `--${process.arch}`, ...args],
      ...[`-c.electronDist=${runtime}`, `-c.directories.output=${join(folder, 'dist')}`],
    ],
    { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_ENV: '' } },
  );
  return { status, output: `${stdout}${stderr}` };
}

/** Where the fuses of a runtime are found: this, the version, their number, then one character for each. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** Its fuses are Electron's defaults, so that each of ours has to be set. */
function writeRuntime(folder: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  const fuses = '101100011';
  const wire = Buffer.concat([Buffer.from(sentinel), Buffer.from([1, fuses.length]), Buffer.from(fuses)]);
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.alloc(4096), wire, Buffer.alloc(4096)]), {
    mode: 0o755,
  });
}
