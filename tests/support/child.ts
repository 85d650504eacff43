/** Real processes for the tests of what processes do to each other. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface ChildResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  /** Laid over the environment of the tests; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Another user, where the tests run as root. */
  readonly uid?: number;
  /** For Node itself. */
  readonly nodeArguments?: readonly string[];
}

/** Starts a program; it is killed when the running test is over. */
export function startProgram(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): ChildProcessWithoutNullStreams {
  const user = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
  const child = spawn(command, args, { env: { ...process.env, ...options.env }, ...user });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** Starts a TypeScript file in a Node of its own. */
export const startScript = (script: URL, args: readonly string[], options?: ChildOptions) =>
  startProgram(
    process.execPath,
    [...(options?.nodeArguments ?? []), fileURLToPath(script), ...args],
    options,
  );

/** Waits for the end of a child and gives what it wrote. */
export async function finished(child: ChildProcessWithoutNullStreams): Promise<ChildResult> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Waits until a child writes `line` on its standard output. */
export async function wrote(child: ChildProcessWithoutNullStreams, line: string): Promise<void> {
  for await (const text of createInterface(child.stdout)) {
    if (text === line) return;
  }
  throw new Error(`the child ended without "${line}"`);
}

/** Kills a child as `kill -9` does, and waits until it is gone. */
export async function killed(child: ChildProcessWithoutNullStreams): Promise<void> {
  const gone = once(child, 'close');
  child.kill('SIGKILL');
  await gone;
}
