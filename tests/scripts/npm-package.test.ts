/** The package as npm installs it: packed from this checkout, installed in an empty folder, used there. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, install } from '../support/cli.ts';

const root = join(import.meta.dirname, '../..');

function npm(args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** The first Node of the path that npm did not put there, if Sluice cannot run on it. */
function outsideNode(): string | undefined {
  const places = (process.env.PATH ?? '').split(':').filter((place) => !place.includes('node_modules'));
  const found = places.map((place) => join(place, 'node')).find((path) => existsSync(path));
  if (found === undefined) return undefined;
  const { stdout } = spawnSync(found, ['--version'], { encoding: 'utf8' });
  return /^v2[0-3]\./.test(stdout) ? found : undefined;
}

describe.skipIf(process.platform === 'win32')('the npm package', { timeout: 300_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-npm-'));
  const installed = join(folder, 'lib/node_modules/sluice');
  const sluice = join(folder, 'bin/sluice');
  let home: Installation;

  beforeAll(() => {
    home = install();
    // Built before all tests; anew it would be gone for a moment under those that run beside this one.
    npm(['pack', '--ignore-scripts', '--pack-destination', folder], root);
    const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    npm(['install', '--global', '--prefix', folder, '--prefer-offline', join(folder, tarball)], folder);
  }, 300_000);
  afterAll(() => {
    home?.[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds what runs and nothing else, and brings no Electron', () => {
    expect(readdirSync(installed).sort()).toEqual([
      ...['LICENSE', 'README.md', 'docs', 'node_modules', 'out', 'package.json', 'scripts'],
    ]);
    // Where the desktop app was built here, npm takes the one file of it that "main" names, whatever "files" says.
    const out = readdirSync(join(installed, 'out')).filter((name) => name !== 'main');
    expect(out.sort()).toEqual(['cli', 'renderer']);
    for (const name of ['electron', 'vite', 'vitest', 'react']) {
      expect(existsSync(join(installed, 'node_modules', name)), name).toBe(false);
    }
  });

  it('does the whole job from an empty folder', async () => {
    const command = home.spawn(sluice, ['demo'], { cwd: home.home });
    const { code, stdout, stderr } = await command.ended;
    expect(stderr).not.toMatch(/error/i);
    expect(stdout).toContain('All of it is there.');
    expect(code).toBe(0);
  });

  it('serves the window', async () => {
    const command = home.spawn(sluice, ['web', '--no-open', '--json'], { cwd: home.home });
    const [, link = ''] = await command.said(/"(http:\/\/127\.0\.0\.1:\d+\/[^"]*)"/);
    const answer = await fetch(link, { redirect: 'manual' });
    expect([200, 303]).toContain(answer.status);
    command.child.kill('SIGINT');
    expect((await command.ended).code).toBe(0);
  });

  it('goes on with the Node that came with it where the one outside is too old', (context) => {
    const old = outsideNode();
    if (old === undefined) return context.skip('needs a Node older than 24 outside');
    const { stdout, status } = spawnSync(old, [sluice, '--version'], { encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), status: 0 });
  });
});
