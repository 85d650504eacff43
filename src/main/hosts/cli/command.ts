/** What every command shares: the core, the terminal, the signal, and the way errors become exit codes. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Core, CoreOptions } from '../../core/index.ts';
import { exitCodeOf } from './exit-codes.ts';
import { shownError } from './shown-error.ts';
import { catchSignals } from './signals.ts';
import { openTerminal, type Terminal } from './terminal.ts';

export interface GlobalOptions {
  readonly json?: boolean;
  readonly dataDir?: string;
}

/** What a command's action works with. */
export interface Session {
  readonly terminal: Terminal;
  /** Fires at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Fires at the second one, just before the process ends. */
  readonly kill: AbortSignal;
  /** The data folder, made when absent. */
  folder(): Promise<string>;
  /** Opens the core on the data folder, once; options count when it is opened. */
  core(options?: CoreOptions): Promise<Core>;
}

/** An action returns its exit code; nothing means 0. */
export type Action<A extends unknown[]> = (session: Session, ...args: A) => Promise<number | undefined>;

/** How this very program is started again, from wherever. */
export const thisProgram = (): readonly string[] => [process.execPath, resolve(process.argv[1] ?? '')];

/** Relative paths are relative to where the user stands, also under `npm run`. */
export const userPath = (path: string): string => resolve(process.env.INIT_CWD ?? process.cwd(), path);

/**
 * Wraps an action for commander: opens what it needs, closes it, prints errors, sets the exit code. The first
 * SIGINT asks the action to stop; a second one ends the process at once.
 */
export function act<A extends unknown[]>(action: Action<A>): (this: Command, ...args: A) => Promise<void> {
  return async function run(...args) {
    const options = this.optsWithGlobals<GlobalOptions>();
    const terminal = openTerminal(options.json === true);
    using signals = catchSignals();
    let core: Core | undefined;
    // The core pulls in the AWS SDK and the drivers; `path` or `--help` need not wait for them.
    const folder = async (): Promise<string> => {
      const { dataFolder } = await import('../../core/index.ts');
      return dataFolder(options.dataDir === undefined ? undefined : userPath(options.dataDir));
    };
    try {
      const session: Session = {
        terminal,
        signal: signals.stop,
        kill: signals.kill,
        folder,
        core: async (coreOptions) => {
          if (core !== undefined) return core;
          const { openCore } = await import('../../core/index.ts');
          const host = { kind: 'cli', command: thisProgram() } as const;
          core = openCore(await folder(), { host, ...coreOptions });
          for (const notice of core.notices()) terminal.warn(notice);
          return core;
        },
      };
      process.exitCode = (await action(session, ...args)) ?? 0;
    } catch (error) {
      const shown = shownError(error, signals.stop);
      terminal.fail(shown);
      process.exitCode = exitCodeOf(shown.code);
    } finally {
      await core?.[Symbol.asyncDispose]();
    }
  };
}
