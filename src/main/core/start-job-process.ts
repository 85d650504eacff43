/** Starts the process of a load. Electron has a way of its own, which its host hands in. */
import { fork } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import type { FromJob, ToJob } from './job-order.ts';

export interface JobProcess {
  send(message: ToJob): void;
  onMessage(listener: (message: FromJob) => void): void;
  /** Called once, with what is known of the end. */
  onExit(listener: (how: string) => void): void;
  kill(): void;
}

export type StartJobProcess = () => JobProcess;

/** zlib's threads: one for each core, and never fewer than Node has by itself. Read once, when a process starts. */
const threads = String(Math.max(4, availableParallelism()));

/** What the process of a load finds in its environment beside what the app has. Nothing secret. */
export const jobEnvironment = (): Record<string, string> => {
  const cache = getCompileCacheDir();
  return {
    ...(process.env as Record<string, string>),
    UV_THREADPOOL_SIZE: threads,
    ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }),
  };
};

/** A load runs flat out for minutes: its short-lived memory stays small. */
export const jobArguments: readonly string[] = ['--max-semi-space-size=4'];

/** By Node's `fork`. */
export function forkJobProcess(): JobProcess {
  const entry = join(import.meta.dirname, `job-process${extname(import.meta.filename)}`);
  const child = fork(entry, {
    env: jobEnvironment(),
    execArgv: [...jobArguments],
    // What it has to say comes over the channel; a crash of Node itself would print a trace that helps nobody.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return {
    // One that is gone already is heard of by its exit.
    send: (message) => child.send(message, () => undefined),
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => {
      child.once('error', (error) => listener(error.message));
      child.once('exit', (code, signal) =>
        listener(signal === null ? `exit code ${code}` : `signal ${signal}`),
      );
    },
    kill: () => child.kill('SIGKILL'),
  };
}
