/** How the command line speaks: results to stdout, progress and warnings to stderr, JSON for scripts. */
import { styleText } from 'node:util';
import type { ShownError } from './shown-error.ts';

export interface Terminal {
  readonly json: boolean;
  /** True when stderr is a terminal, so that a progress line can be drawn over. */
  readonly interactive: boolean;
  /** A line for people; silent with --json. */
  say(line?: string): void;
  /** A line of JSON for scripts; silent without --json. */
  emit(value: unknown): void;
  /** The one result: `value` with --json, else the lines. */
  result(value: unknown, lines: readonly string[]): void;
  /** A document that is JSON either way. */
  document(text: string): void;
  warn(line: string): void;
  fail(error: ShownError): void;
  /** Draws the progress line anew; '' takes it away. Nothing where stderr is no terminal. */
  progress(line: string): void;
}

export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export function openTerminal(json: boolean, { stdout, stderr }: Streams = process): Terminal {
  let drawn = false;
  const interactive = stderr.isTTY === true;
  const out = (line: string): void => {
    clear();
    stdout.write(`${line}\n`);
  };
  const clear = (): void => {
    if (drawn) stderr.write('\r\u001B[K');
    drawn = false;
  };
  return {
    json,
    interactive,
    say: (line = '') => {
      if (!json) out(line);
    },
    emit: (value) => {
      if (json) out(JSON.stringify(value));
    },
    result: (value, lines) => {
      if (json) out(JSON.stringify(value));
      else for (const line of lines) out(line);
    },
    document: out,
    warn: (line) => {
      clear();
      stderr.write(`${styleText('yellow', 'warning:', { stream: stderr })} ${line}\n`);
    },
    fail: ({ code, message, fix, details }) => {
      clear();
      if (json) out(JSON.stringify({ error: { code, message, fix, details } }));
      else {
        const more = code === 'CANCELLED' ? '' : `More: sluice explain ${code}\n`;
        stderr.write(`${styleText('red', 'error:', { stream: stderr })} ${message}.\n${fix}\n${more}`);
      }
    },
    progress: (line) => {
      if (!interactive || json) return;
      clear();
      if (line === '') return;
      // A terminal that does not know its width says 0.
      stderr.write(line.slice(0, Math.max(20, (stderr.columns || 80) - 1)));
      drawn = true;
    },
  };
}

/** Columns side by side, each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** 1234567 -> 1,234,567 */
export const count = (value: number): string => value.toLocaleString('en-US');

/** Decimal units, as S3's console has them. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
