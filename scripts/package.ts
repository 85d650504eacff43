/**
 * Builds the installers of this computer's system and architecture into dist/. Run by `npm run package`; targets may
 * follow, as in `npm run package -- deb`, and `dir` makes the unpacked app alone. Publishes nothing.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { unreachableServer } from './start/electron-runtime.ts';

const root = join(import.meta.dirname, '..');

/** For finding the server's address, in milliseconds. */
const lookupMs = 5000;

/** electron-builder's flag for a system, and what it makes there; on Linux all that electron-builder.yml names. */
const systems: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['--mac', 'dmg', 'zip'],
  linux: ['--linux'],
  win32: ['--win', 'nsis'],
};

/** @returns arguments of electron-builder; undefined for a system that Sluice is not built for */
export function builderArguments(
  platform: NodeJS.Platform,
  arch: string,
  targets: readonly string[],
): readonly string[] | undefined {
  const [flag, ...usual] = systems[platform] ?? [];
  if (flag === undefined) return undefined;
  return [flag, ...(targets.length > 0 ? targets : usual), `--${arch}`, '--publish', 'never'];
}

/** @returns the exit code */
async function packageApp(targets: readonly string[]): Promise<number> {
  const builder = builderArguments(process.platform, process.arch, targets);
  if (builder === undefined) {
    process.stderr.write(
      `Sluice has no installers for ${process.platform}. Build on Linux, macOS or Windows.\n`,
    );
    return 2;
  }
  const host = await unreachableServer(process.env, lookupMs);
  if (host !== undefined) {
    process.stderr.write(
      `No installer can be built here: ${host} is not found, from where the Electron runtime has to be fetched. ` +
        'Build where it can be reached, or name a mirror in ELECTRON_MIRROR. ' +
        '"npx vitest run tests/packaging" checks without it what goes into the installers.\n',
    );
    return 1;
  }
  return run('electron-vite/bin/electron-vite.js', ['build']) || run('electron-builder/cli.js', builder);
}

function run(program: string, args: readonly string[]): number {
  const options = { cwd: root, stdio: 'inherit' } as const;
  return spawnSync(process.execPath, [join(root, 'node_modules', program), ...args], options).status ?? 1;
}

if (import.meta.main) process.exitCode = await packageApp(process.argv.slice(2));
