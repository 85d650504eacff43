/** The benchmark itself, in a tiny size: what it says is not looked at, but that it can still say it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { contendersByHand } from '../../bench/contenders.ts';
import { measure } from '../../bench/measure.ts';
import { parseOptions } from '../../bench/options.ts';
import type { Results } from '../../bench/report.ts';
import { median } from '../../bench/statistics.ts';
import { install } from '../support/cli.ts';
import { findPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const script = (name: string): string => fileURLToPath(new URL(`../../bench/${name}`, import.meta.url));

async function run(name: string, args: readonly string[]) {
  const child = spawn(process.execPath, [script(name), ...args]);
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code: code as number | null, ...output };
}

const size = ['--rows', '3000', '--rounds', '1', '--growth', '3000', '--endpoint', 'sandbox'];

describe.skipIf(findPostgres() === null)('the benchmark: needs PostgreSQL', () => {
  it('measures every contender, checks its rows, and says all of it', async () => {
    const out = join(temporaryFolder(), 'results.json');
    const { code, stdout, stderr } = await run('run.ts', [...size, '--out', out]);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const results = JSON.parse(readFileSync(out, 'utf8')) as Results;
    expect(results.contenders[0]?.name).toBe('sluice load');
    expect(results.contenders.length + results.leftOut.length).toBe(3);
    for (const { name, rounds, checkedRows } of results.contenders) {
      expect([name, checkedRows, rounds.length]).toEqual([name, 3000, 1]);
      for (const { seconds, bytes, files } of rounds) {
        expect(seconds).toBeGreaterThan(0);
        expect(files).toBe(1);
        // Whatever compressed it made about the same of it.
        expect(bytes / results.table.gzipBytes).toBeGreaterThan(0.8);
        expect(bytes / results.table.gzipBytes).toBeLessThan(1.2);
      }
    }
    expect(results.table.csvBytes).toBeGreaterThan(2 * results.table.gzipBytes);
    expect(results.growth.map(({ rows }) => rows)).toEqual([3000]);
    expect(results.eventLoop).toMatchObject({ rows: 3000 });
    for (const { name } of results.contenders) expect(stdout).toContain(name.replaceAll('|', '\\|'));
    expect(stdout).toContain('size against gzip -6');
  }, 600_000);

  it.runIf(process.platform === 'linux')('measures processor and memory of whole process trees', async () => {
    using cli = install();
    const burn = `const end = Date.now() + 600; const held = Buffer.alloc(100 << 20, 1); while (Date.now() < end); held.length`;
    const pipe = `"$0" -e '${burn}' & "$0" -e '${burn}'; wait`;
    const measured = await measure(() => cli.spawn('/bin/bash', ['-c', pipe, process.execPath]), {
      self: process.pid,
    });
    expect(measured.result.code).toBe(0);
    // Two processes of one program: their memory twice, its pages once.
    expect(measured.memory).toBeGreaterThan(200);
    expect(measured.memoryBound).toBeGreaterThan(measured.memory ?? 0);
    expect(measured.cpu).toBeGreaterThan(0.2);
    expect(measured.serverCpu.self).toBeGreaterThan(0);
  });
});

it('what is not installed is named, and nothing else left out', () => {
  const path = process.env.PATH;
  process.env.PATH = '/nowhere';
  try {
    expect(contendersByHand({} as never)).toEqual({
      contenders: [],
      leftOut: [
        { name: 'psql | gzip -6 | aws s3 cp', missing: ['psql', 'gzip', 'aws'] },
        { name: 'psql | pigz -6 | rclone rcat', missing: ['psql', 'pigz', 'rclone'] },
      ],
    });
  } finally {
    process.env.PATH = path;
  }
});

describe('its options', () => {
  it('say what is wrong with them', async () => {
    expect(() => parseOptions(['--rows', 'many'], false)).toThrow('--rows needs a whole number above 0');
    expect(() => parseOptions(['--quick', '--full'], false)).toThrow('exclude each other');
    expect(() => parseOptions(['--endpoint', 'aws'], false)).toThrow('no such endpoint: aws');
    expect(await run('run.ts', ['--fast'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('choose the neutral S3 where it is installed', () => {
    expect(parseOptions([], false)).toMatchObject({ endpoint: 'rgw', rows: 1_000_000, rounds: 3 });
    expect(parseOptions(['--full'], true)).toMatchObject({ endpoint: 'sandbox', rows: 3_000_000, rounds: 5 });
    expect(parseOptions(['--growth', 'none', '--rows', '2_000'], true)).toMatchObject({
      growth: [],
      rows: 2000,
    });
  });
});

it('the encoders are measured', async () => {
  const { code, stdout } = await run('encoders.ts', ['2']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/rows by our encoder +\| +\d+ \| +1\.00 \|/);
  expect(stdout).toMatch(/level 6 +\| +\d+ \| +[3-5]\.\d\d \|/);
});

it('a median of nothing is refused', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([1, 2, 3, 10])).toBe(2.5);
  expect(() => median([])).toThrow('the median of nothing');
});
