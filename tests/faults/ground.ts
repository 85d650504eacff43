/** What the tests of interruptions share: the real program, a table that needs several parts, and exact answers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished } from 'vitest';
import { discardedDocument, endLine, jobsDocument } from '../cli/documents.ts';
import {
  type CliResult,
  type Installation,
  parseLines,
  type RunningCommand,
  stackTrace,
} from '../support/cli.ts';
import { type CliAws, type Gate, gate, must } from '../support/cli-aws.ts';

/** More than one part of 8 MiB after gzip: 800 random hex digits a row, half of it zipped. */
export const largeRows = 24_000;

type End = ReturnType<typeof endLine.parse>;

/** A SQLite source `shop` with the tables large, small and later, in a pipeline of that order. */
export async function makeShop(
  cli: Installation,
  options: {
    readonly pipeline?: string;
    readonly destination?: string;
    readonly args?: readonly string[];
  } = {},
): Promise<void> {
  const path = join(cli.home, 'shop.sqlite');
  const database = new DatabaseSync(path);
  database.exec(`CREATE TABLE large AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n
    WHERE i < ${largeRows}) SELECT i, hex(randomblob(400)) AS noise FROM n;
    CREATE TABLE small AS SELECT 1 AS i, 2 AS b; CREATE TABLE later AS SELECT 1 AS i, 3 AS b`);
  database.close();
  must(await cli.run(['source', 'add', '--name', 'shop', '--url', `sqlite:${path}`]));
  await addPipeline(cli, { source: 'shop', objects: ['small', 'large', 'later'], ...options });
}

export async function addPipeline(
  cli: Installation,
  options: {
    readonly pipeline?: string;
    readonly source: string;
    readonly objects: readonly string[];
    readonly destination?: string;
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string | undefined>>;
  },
): Promise<void> {
  const { pipeline = 'daily', source, objects, destination = 'lake', args = [], env = {} } = options;
  const where = ['--source', source, '--destination', destination, '--destination-prefix', pipeline];
  const command = ['pipeline', 'add', '--name', pipeline, ...where, ...args, '--object', ...objects];
  must(await cli.run(command, { env }));
}

/** Starts a load; it is killed when the test is over, if it still runs. */
export function startLoad(
  cli: Installation,
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[] = ['daily'],
): RunningCommand {
  const running = cli.start(['load', ...args, '--json'], { env, stdin: '' });
  onTestFinished(() => {
    running.child.kill('SIGCONT');
    running.child.kill('SIGKILL');
  });
  return running;
}

/** Starts a load and waits until a request of it is held. */
export async function heldAt(
  aws: CliAws,
  operation: string,
  start: () => RunningCommand,
): Promise<{ readonly running: RunningCommand; readonly held: Gate }> {
  const held = gate(operation);
  aws.intercept = held.intercept;
  onTestFinished(() => {
    aws.intercept = undefined;
    held.open();
  });
  const running = start();
  const early = running.ended.then(({ code, stdout, stderr }) => {
    throw new Error(`it ended before ${operation}: ${code} ${stdout} ${stderr}`);
  });
  early.catch(() => undefined);
  await Promise.race([held.reached, early]);
  return { running, held };
}

/** The process of the load, a child of the command. Linux only, as are the tests that send it signals. */
export function childOf({ child }: RunningCommand): number {
  const text = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  const [pid, ...others] = text.trim().split(/\s+/).map(Number);
  if (pid === undefined || !(pid > 0) || others.length > 0) throw new Error(`not one child: "${text}"`);
  return pid;
}

/** False once the process has ended; one that nobody has waited for yet has ended, too. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The last line of a load, which must be clear whatever happened. */
export function endOf({ stdout, stderr }: CliResult): End {
  expect(stdout + stderr).not.toMatch(stackTrace);
  const end = endLine.parse(parseLines(stdout).at(-1));
  if (end.state !== 'completed') {
    expect(end.error?.code).not.toBe('INTERNAL');
    expect(end.error?.message).not.toMatch(/unknown ?error/i);
    expect(end.error?.fix).toBeTruthy();
  }
  return end;
}

export const newestJob = async (cli: Installation) => (await cli.document(jobsDocument, ['jobs'])).jobs[0];

/** Of the job's objects nothing is visible but what is named, and no upload is there. */
export async function expectOnly(aws: CliAws, jobId: string, objects: readonly string[]): Promise<void> {
  const keys = (await aws.keys()).filter((key) => key.includes(jobId));
  expect(keys.map((key) => /_([a-z]+)\//.exec(key)?.[1])).toEqual([...objects].sort());
  expect(aws.uploads().filter((key) => key.includes(jobId))).toEqual([]);
}

/** Every row of every object of the job, once. */
export async function expectExact(aws: CliAws, jobId: string): Promise<void> {
  const keys = (await aws.keys()).filter((key) => key.includes(jobId));
  for (const [object, rows] of [
    ['small', 1],
    ['large', largeRows],
    ['later', 1],
  ] as const) {
    const files = await Promise.all(keys.filter((key) => key.includes(`_${object}/`)).map(aws.csv));
    const seen = files.flatMap((file) => file.slice(1).map(([i]) => Number(i)));
    expect(seen).toEqual(Array.from({ length: rows }, (_, at) => at + 1));
  }
  expect(aws.uploads().filter((key) => key.includes(jobId))).toEqual([]);
}

/** Resumes the job, which must then be complete and exact. */
export async function resumes(
  cli: Installation,
  aws: CliAws,
  jobId: string,
  env: Readonly<Record<string, string | undefined>> = aws.env,
): Promise<void> {
  const result = await cli.json(['load', '--resume', jobId], { env });
  expect({ code: result.code, state: endOf(result).state }).toEqual({ code: 0, state: 'completed' });
  await expectExact(aws, jobId);
}

/** Discards the job: only what was complete stays. */
export async function discards(
  cli: Installation,
  aws: CliAws,
  jobId: string,
  kept: readonly string[],
  env: Readonly<Record<string, string | undefined>> = aws.env,
): Promise<void> {
  expect(await cli.document(discardedDocument, ['load', '--discard', jobId], { env })).toEqual({
    discarded: jobId,
  });
  await expectOnly(aws, jobId, kept);
}
