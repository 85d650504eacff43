/** The command line as a script runs it: the real program in a process of its own, on a data folder of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export const sluiceScript = new URL('../../scripts/sluice.mjs', import.meta.url);

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Laid over an environment that knows no AWS, no npm and no home of the user; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly cwd?: string | undefined;
  /** Standard input; empty when absent. */
  readonly stdin?: string | undefined;
  /** Another user, where the tests run as root. */
  readonly uid?: number | undefined;
}

/** An installation with its own data folder and home. */
export interface Installation extends Disposable {
  readonly home: string;
  readonly dataDir: string;
  /** Runs a command to its end. */
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** Runs it with --json; the lines that it printed, parsed. */
  json(
    args: readonly string[],
    options?: CliOptions,
  ): Promise<CliResult & { readonly lines: readonly unknown[] }>;
  /** Runs it with --json and checks that it ends well with one document of that shape. */
  document<T extends z.ZodType>(
    schema: T,
    args: readonly string[],
    options?: CliOptions,
  ): Promise<z.infer<T>>;
  /** Starts a command; the caller ends it. What still runs is killed with the installation. */
  start(args: readonly string[], options?: CliOptions): RunningCommand;
  /** Starts another program in the same environment. */
  spawn(command: string, args: readonly string[], options?: CliOptions): RunningCommand;
}

export interface RunningCommand {
  readonly child: ChildProcessWithoutNullStreams;
  /** What it has written so far. */
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<CliResult>;
  /** Resolves once what it wrote matches. @throws Error when it ends before, or after 20 s */
  said(pattern: RegExp): Promise<RegExpExecArray>;
}

const cleanEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined &&
        !/^(AWS_|SLUICE_|npm_|INIT_CWD$|XDG_|PG|NODE_|VITEST|FORCE_COLOR$|NO_COLOR$|DBUS_|DISPLAY$)/i.test(
          entry[0],
        ),
    ),
  );

/**
 * A fresh installation; dispose of it when the test or the suite is over.
 * @param options dataDir: another data folder than the one in its home
 */
export function install(options: { readonly dataDir?: string } = {}): Installation {
  // Short: sockets below a home have at most 108 bytes of path.
  const home = mkdtempSync(join(tmpdir(), 'slc-'));
  const dataDir = options.dataDir ?? join(home, 'data');
  const running = new Set<RunningCommand>();

  const spawnIn: Installation['spawn'] = (command, args, options = {}) => {
    const env = {
      ...cleanEnvironment(),
      HOME: home,
      SLUICE_DATA_DIR: dataDir,
      // The address of the instance metadata does not answer on a workstation; nobody needs to wait for that.
      AWS_EC2_METADATA_DISABLED: 'true',
      ...options.env,
    };
    const user = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
    const started = follow(spawn(command, args, { env, cwd: options.cwd ?? home, ...user }));
    started.child.stdin.on('error', () => undefined); // the command may not read it
    if (options.stdin !== undefined) started.child.stdin.end(options.stdin);
    running.add(started);
    void started.ended.finally(() => running.delete(started));
    return started;
  };
  const start: Installation['start'] = (args, options) =>
    spawnIn(process.execPath, [fileURLToPath(sluiceScript), ...args], options);
  const run: Installation['run'] = (args, options) => start(args, { stdin: '', ...options }).ended;
  const json: Installation['json'] = async (args, options) => {
    const result = await run([...args, '--json'], options);
    return { ...result, lines: parseLines(result.stdout) };
  };
  return {
    home,
    dataDir,
    run,
    json,
    start,
    spawn: spawnIn,
    async document(schema, args, options) {
      const { code, stdout, stderr } = await run([...args, '--json'], options);
      if (code !== 0) throw new Error(`sluice ${args.join(' ')}: ${code} ${stdout} ${stderr}`);
      return schema.parse(JSON.parse(stdout));
    },
    [Symbol.dispose]() {
      for (const { child } of running) child.kill('SIGKILL');
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function follow(child: ChildProcessWithoutNullStreams): RunningCommand {
  const output = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const look of waiting) look();
    });
  }
  const ended = once(child, 'close').then(([code, signal]): CliResult => ({ code, signal, ...output }));
  return {
    child,
    output,
    ended,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const done = (act: () => void) => {
          waiting.delete(look);
          clearTimeout(timer);
          act();
        };
        const missed = (why: string) =>
          done(() => reject(new Error(`${why} without ${pattern}: ${output.stdout}${output.stderr}`)));
        const look = () => {
          const found = pattern.exec(output.stdout) ?? pattern.exec(output.stderr);
          if (found !== null) done(() => resolve(found));
        };
        const timer = setTimeout(() => missed('20 s passed'), 20_000);
        waiting.add(look);
        void ended.then(() => missed('it ended'));
        look();
      }),
  };
}

/** Each line of standard output as JSON. @throws SyntaxError when one is not */
export const parseLines = (stdout: string): unknown[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** How `--json` shows an error. */
export const errorDocument = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string().min(1),
    fix: z.string().min(1),
    details: z.record(z.string(), z.unknown()),
  }),
});

/** The error that a command ended with; the exit code beside it. @throws when it printed anything else last */
export function errorOf(result: CliResult): z.infer<typeof errorDocument>['error'] & { exit: number | null } {
  const last = parseLines(result.stdout).at(-1);
  return { ...errorDocument.parse(last).error, exit: result.code };
}

/** What no output may hold: a stack trace, in whatever words. */
export const stackTrace = /\n\s+at |node:internal|\.ts:\d+/;

export interface RunningSandbox {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
  readonly roleArn: string;
  readonly store: string;
  readonly command: RunningCommand;
  /** For commands that sign with the default chain. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts `sluice sandbox` as an AWS for the other commands of the installation. */
export async function startSandboxCommand(
  installation: Installation,
  args: readonly string[] = [],
): Promise<RunningSandbox> {
  const command = installation.start(['sandbox', '--json', ...args]);
  const [line] = await command.said(/^\{.*\}$/m);
  const printed = sandboxDocument.parse(JSON.parse(line));
  const { accessKeyId, secretAccessKey, region, endpoint } = printed;
  const env = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
  };
  return { ...printed, command, env };
}

const sandboxDocument = z.strictObject({
  endpoint: z.url(),
  region: z.string().min(1),
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  bucket: z.string().min(1),
  roleArn: z.string().startsWith('arn:aws:iam::'),
  store: z.string().min(1),
});

/** The arguments of a destination in the sandbox. */
export const destinationArgs = (sandbox: RunningSandbox, name = 'lake'): string[] => [
  ...['destination', 'add', '--name', name, '--access', 'role', '--role-arn', sandbox.roleArn],
  ...['--bucket', sandbox.bucket, '--region', sandbox.region, '--path-prefix', 'landing'],
  ...['--endpoint', sandbox.endpoint, '--sts-endpoint', sandbox.endpoint, '--path-style'],
];
