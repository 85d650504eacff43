/** Ctrl-C in the middle of a load: by signal, at a terminal and under npm, once and twice. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  errorOf,
  type Installation,
  install,
  parseLines,
  type RunningCommand,
  sluiceScript,
  stackTrace,
} from '../support/cli.ts';
import { type CliAws, type Gate, gate, must, startCliAws } from '../support/cli-aws.ts';
import { hasTerminal, typed } from '../support/terminal.ts';
import { discardedDocument, endLine, jobsDocument, receiptDocument } from './documents.ts';

let cli: Installation;
let aws: CliAws;
const rows = 24_000;

beforeAll(async () => {
  cli = install();
  aws = await startCliAws(cli);
  const database = new DatabaseSync(join(cli.home, 'shop.sqlite'));
  // More than one part of 8 MiB after gzip, so that an upload is under way.
  database.exec(`CREATE TABLE large AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n
    WHERE i < ${rows}) SELECT i, hex(randomblob(400)) AS noise FROM n; CREATE TABLE small AS SELECT 1 AS a, 2 AS b`);
  database.close();
  must(await cli.run(['source', 'add', '--name', 'shop', '--url', 'sqlite:shop.sqlite']));
  const where = ['--source', 'shop', '--destination', 'lake', '--destination-prefix', 'x'];
  must(await cli.run(['pipeline', 'add', '--name', 'daily', ...where, '--object', 'small', 'large']));
});
/** What was there before the running test. */
let before: { readonly keys: readonly string[]; readonly uploads: readonly string[] };
beforeEach(async () => {
  before = { keys: await aws.keys(), uploads: aws.uploads() };
});
afterEach(() => {
  aws.intercept = undefined;
});
afterAll(async () => {
  await aws[Symbol.asyncDispose]();
  cli[Symbol.dispose]();
});

const signedIn = () => ({ env: aws.env, stdin: '' });

/** Starts a command that loads and waits until its upload is held. */
async function inTheMiddle(start: () => RunningCommand): Promise<{ running: RunningCommand; held: Gate }> {
  const held = gate('UploadPart');
  aws.intercept = held.intercept;
  const running = start();
  onTestFinished(() => {
    running.child.kill('SIGKILL');
  });
  const early = running.ended.then(({ code, stdout, stderr }) => {
    throw new Error(`it ended before an upload: ${code} ${stdout} ${stderr}`);
  });
  await Promise.race([held.reached, early]);
  early.catch(() => undefined);
  expect(newUploads()).toHaveLength(1);
  return { running, held };
}

const newUploads = () => aws.uploads().filter((key) => !before.uploads.includes(key));
const newKeys = async () => (await aws.keys()).filter((key) => !before.keys.includes(key));

/** Nothing of the large table is there; the small one was complete before. */
async function expectNothingLeft(): Promise<void> {
  expect(newUploads()).toEqual([]);
  expect((await newKeys()).filter((key) => key.includes('large'))).toEqual([]);
}

const newestJob = async () => (await cli.document(jobsDocument, ['jobs'])).jobs[0];

describe('once', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s cancels: 130, nothing visible, no upload', async (signal) => {
    const { running } = await inTheMiddle(() =>
      cli.start(['load', 'daily', '--force', '--json'], signedIn()),
    );
    running.child.kill(signal);
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    expect(endLine.parse(parseLines(stdout).at(-1))).toMatchObject({
      state: 'cancelled',
      objects: [{ state: 'completed' }, { object: 'large', state: 'cancelled', files: [] }],
      error: { code: 'CANCELLED' },
    });
    await expectNothingLeft();
    expect(await newestJob()).toMatchObject({ state: 'cancelled' });
  });

  test('tells a person, who can then not resume it', async () => {
    const { running } = await inTheMiddle(() => cli.start(['load', 'daily', '--force'], signedIn()));
    running.child.kill('SIGINT');
    const { code, stderr, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/^error: The load was cancelled\.\n/);
    expect(stdout).toMatch(/large +cancelled/);
    const { jobId = '' } = (await newestJob()) ?? {};
    for (const option of ['--resume', '--discard']) {
      const shown = errorOf(await cli.json(['load', option, jobId], signedIn()));
      expect(shown).toMatchObject({ exit: 2, code: 'JOB_NOT_RESUMABLE' });
    }
  });

  test('before the load has begun', async () => {
    const held = gate('AssumeRole');
    aws.intercept = held.intercept;
    const running = cli.start(['load', 'daily', '--force', '--json'], signedIn());
    await held.reached;
    running.child.kill('SIGINT');
    setTimeout(held.open, 300);
    expect(await running.ended).toMatchObject({ code: 130, stderr: '' });
    await expectNothingLeft();
  });

  test('a test of a destination leaves no file', async () => {
    const held = gate('GetObject');
    aws.intercept = held.intercept;
    const running = cli.start(['destination', 'test', 'lake', '--json'], signedIn());
    await held.reached;
    running.child.kill('SIGINT');
    const result = await running.ended;
    expect(errorOf(result)).toMatchObject({ exit: 130, code: 'CANCELLED' });
    expect(await newKeys()).toEqual([]);
  });
});

describe('twice', () => {
  /** The first signal hangs in the cleaning up; the second one ends the process at once. */
  async function interruptedJob(
    args: readonly string[] = ['--json'],
  ): Promise<{ jobId: string; text: string }> {
    const { running, held } = await inTheMiddle(() =>
      cli.start(['load', 'daily', '--force', ...args], signedIn()),
    );
    const cleaning = gate('AbortMultipartUpload');
    aws.intercept = (call) => held.intercept(call) && cleaning.intercept(call);
    running.child.kill('SIGINT');
    await cleaning.reached;
    running.child.kill('SIGINT');
    const { code, signal, stdout, stderr } = await running.ended;
    expect({ code, signal }).toEqual({ code: 130, signal: null });
    expect(stdout + stderr).not.toMatch(stackTrace);
    aws.intercept = undefined;
    cleaning.open();
    held.open();
    const { jobId = '' } = (await newestJob()) ?? {};
    return { jobId, text: stdout + stderr };
  }

  test('interrupts: said in the last line, and resumed every row is there once', async () => {
    const { jobId, text } = await interruptedJob();
    const last = endLine.parse(parseLines(text).at(-1));
    expect(last).toMatchObject({ jobId, state: 'interrupted', error: { code: 'JOB_INTERRUPTED' } });
    expect(last.error?.fix).toContain(`sluice load --resume ${jobId}`);
    expect(await newestJob()).toMatchObject({ jobId, state: 'interrupted', endedAt: null });
    const verified = await cli.json(['load', '--resume', jobId], signedIn());
    expect(verified.code).toBe(0);
    const end = endLine.parse(verified.lines.at(-1));
    expect(end).toMatchObject({ jobId, state: 'completed', objects: [{ rows: 1 }, { rows }] });
    expect(aws.uploads()).toEqual([]);
    const keys = (await aws.keys()).filter((key) => key.includes(jobId));
    expect(keys).toEqual(end.objects.flatMap(({ files }) => files.map(({ key }) => key)).sort());
    const numbers = await Promise.all(keys.filter((key) => key.includes('large')).map((key) => aws.csv(key)));
    const seen = new Set(numbers.flatMap((file) => file.slice(1).map(([number]) => Number(number))));
    expect(numbers.reduce((sum, file) => sum + file.length - 1, 0)).toBe(rows);
    expect([seen.size, Math.min(...seen), Math.max(...seen)]).toEqual([rows, 1, rows]);
    const receipt = await cli.document(receiptDocument, ['jobs', 'show', jobId]);
    expect(receipt.resumedAt).toHaveLength(1);
  });

  test('tells a person how to go on; discarded, nothing is left of what was not complete', async () => {
    const { jobId, text } = await interruptedJob([]);
    expect(text).toContain(
      `sluice load --resume ${jobId}; or remove what it left: sluice load --discard ${jobId}`,
    );
    const discarded = await cli.document(discardedDocument, ['load', '--discard', jobId], signedIn());
    expect(discarded).toEqual({ discarded: jobId });
    expect(aws.uploads()).toEqual([]);
    expect((await aws.keys()).filter((key) => key.includes(jobId) && key.includes('large'))).toEqual([]);
    expect(await newestJob()).toMatchObject({ jobId, state: 'cancelled' });
  });

  test('a running job is neither resumed nor discarded by another process', async () => {
    const { running } = await inTheMiddle(() =>
      cli.start(['load', 'daily', '--force', '--json'], signedIn()),
    );
    const { jobId = '', state } = (await newestJob()) ?? {};
    expect(state).toBe('running');
    for (const option of ['--resume', '--discard']) {
      const shown = errorOf(await cli.json(['load', option, jobId], signedIn()));
      expect(shown).toMatchObject({ exit: 2, code: 'JOB_RUNNING' });
    }
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130 });
  });
});

const npm = [
  'npm',
  'run',
  '-s',
  '--prefix',
  fileURLToPath(new URL('../..', import.meta.url)),
  'sluice',
  '--',
];
/** bash replaces itself by the last command, so that npm signals Sluice itself; dash, Debian's sh, stays between. */
const hasBash = spawnSync('bash', ['-c', 'true']).status === 0;
const byBash = { npm_config_script_shell: 'bash' };

describe.skipIf(!hasBash)('under npm: needs bash', () => {
  test('npm passes a signal on and waits for the end', async () => {
    const [program = '', ...args] = [...npm, 'load', 'daily', '--force', '--json'];
    const { running } = await inTheMiddle(() =>
      cli.spawn(program, args, { stdin: '', env: { ...aws.env, ...byBash } }),
    );
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(endLine.parse(parseLines(stdout).at(-1))).toMatchObject({ state: 'cancelled' });
    await expectNothingLeft();
  });
});

describe.skipIf(!hasTerminal || !hasBash)('at a terminal: needs script (util-linux) and bash', () => {
  const sluice = [process.execPath, fileURLToPath(sluiceScript)];

  test('draws progress, and Ctrl-C cancels', async () => {
    const { running } = await inTheMiddle(() => typed(cli, [...sluice, 'load', 'daily', '--force'], aws.env));
    await running.said(/large {2}[\d,]+ rows {2}[\d.]+ MB read {2}0 B sent/);
    running.child.stdin.write('\u0003');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('\r\u001B[K');
    expect(stdout).toContain('The load was cancelled');
    await expectNothingLeft();
  });

  test.each([
    ['bash, where terminal and npm both signal', byBash],
    ['the shell of the system', {}],
  ])('Ctrl-C under npm counts once: %s', async (_, shell) => {
    const { running } = await inTheMiddle(() =>
      typed(cli, [...npm, 'load', 'daily', '--force'], { ...aws.env, ...shell }),
    );
    running.child.stdin.write('\u0003');
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('The load was cancelled');
    await expectNothingLeft();
    expect(await newestJob()).toMatchObject({ state: 'cancelled' });
  });
});
