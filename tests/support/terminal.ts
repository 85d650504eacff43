/** A real terminal for a command: `script` of util-linux makes one, and what is written to its input is typed. */
import { spawnSync } from 'node:child_process';
import type { Installation, RunningCommand } from './cli.ts';

/** True where `script` understands the options below; that of macOS and the BSDs does not. */
export const hasTerminal =
  spawnSync('script', ['-qefc', 'true', '/dev/null'], { stdio: 'ignore', timeout: 5000 }).status === 0;

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Runs a command at a terminal; both of its outputs come on stdout. */
export function typed(
  cli: Installation,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): RunningCommand {
  const line = command.map(quoted).join(' ');
  return cli.spawn('script', ['-qefc', line, '/dev/null'], {
    env: { TERM: 'xterm', SHELL: '/bin/sh', ...env },
  });
}
