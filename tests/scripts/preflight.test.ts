import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const preflight = fileURLToPath(new URL('../../scripts/preflight.mjs', import.meta.url));

/** Runs the preflight before a program, in a Node that believes to be `version`. */
function runAs(
  version: string,
  script = 'sluice',
): {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
} {
  const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
  const args = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, '--import', preflight];
  const env = { ...process.env, npm_lifecycle_event: script };
  const result = spawnSync(process.execPath, [...args, '-e', 'console.log("ran")'], {
    encoding: 'utf8',
    env,
  });
  return { status: result.status, out: result.stdout, err: result.stderr };
}

describe('the preflight', () => {
  it.each(['24.12.0', '24.21.0', '25.0.0', '26.1.0'])('is silent on Node %s', (version) => {
    expect(runAs(version)).toEqual({ status: 0, out: 'ran\n', err: '' });
  });

  it.each(['12.22.0', '16.20.2', '20.20.2', '22.18.0', '24.1.0', '24.11.1'])('stops Node %s', (version) => {
    const { status, out, err } = runAs(version);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toContain(`this is Node ${version}`);
    expect(err).toMatch(/npm could not install .* Install Node 24 from https:\/\/nodejs\.org/);
  });

  it('gives the other reason where npm did not start it', () => {
    const { status, err } = runAs('20.0.0', '');
    expect(status).toBe(2);
    expect(err).toContain('not started through npm');
  });
});

const outside = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => existsSync(path) && isOld(path));

function isOld(path: string): boolean {
  const major = spawnSync(path, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }).stdout;
  return Number(major) < 24;
}

describe.skipIf(outside === undefined)(
  'the preflight under an old Node: needs one in /usr/bin or /usr/local/bin',
  () => {
    it('stops with one line and exit code 2', () => {
      const { status, stderr } = spawnSync(outside ?? '', [preflight], { encoding: 'utf8' });
      expect(status).toBe(2);
      expect(stderr).toMatch(/^Sluice needs Node 24\.12 or newer, and this is Node \d+\.\d+\.\d+: .*\n$/);
    });
  },
);
