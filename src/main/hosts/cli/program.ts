/** The command line: one file per group of commands, put together here. */
import { Command, CommanderError } from 'commander';
import { version } from '../../core/version.ts';
import { addAccessCommands } from './commands/access.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDestinationCommands } from './commands/destination.ts';
import { addDocumentCommands } from './commands/documents.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addJobsCommand } from './commands/jobs.ts';
import { addLoadCommand } from './commands/load.ts';
import { addPathCommand } from './commands/path.ts';
import { addPipelineCommands } from './commands/pipeline.ts';
import { addSandboxCommand } from './commands/sandbox.ts';
import { addSetupCommand } from './commands/setup.ts';
import { addSourceCommands } from './commands/source.ts';
import { addUploadsCommands } from './commands/uploads.ts';
import { addWebCommand } from './commands/web.ts';
import { addWorkspaceCommands } from './commands/workspace.ts';
import { exitCodeOf } from './exit-codes.ts';
import { shownError } from './shown-error.ts';
import { openTerminal } from './terminal.ts';

const helpHint = 'Add --help to see how this command is used.';

/** Runs one command line (without `node` and the script) and sets the exit code of the process. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const json = args.includes('--json');
  try {
    await createProgram(json).parseAsync([...args], { from: 'user' });
  } catch (error) {
    process.exitCode = error instanceof CommanderError ? usageExit(error, json) : fault(error, json);
  }
}

/** Help and version also come this way, with exit code 0. */
function usageExit({ code, exitCode }: CommanderError, json: boolean): number {
  if (exitCode === 0) return 0;
  // The help itself went to stderr; a script reads stdout.
  if (json && code === 'commander.help') failUsage('a command is missing');
  return 2;
}

/** What no action caught, such as a core that cannot be closed. */
function fault(error: unknown, json: boolean): number {
  const shown = shownError(error);
  openTerminal(json).fail(shown);
  return exitCodeOf(shown.code);
}

function failUsage(text: string): void {
  const [, message = text, near] = /^(.*?)(?:\n\(Did you mean (.*)\?\))?$/s.exec(text) ?? [];
  const fix = near === undefined ? helpHint : `Did you mean ${near}? ${helpHint}`;
  openTerminal(true).fail({ code: 'INPUT_INVALID', message, fix, details: {} });
}

/** What commander says about wrong usage, without values that nobody asked for: they may be secrets. */
const usageText = (text: string): string =>
  text
    .trim()
    .replace(/^(error: unknown option '--?[^=']+)=.*'/s, "$1'")
    .replace(/^(error: too many arguments .* but got \d+): .*$/s, '$1.');

/** @param json whether errors of usage are printed as JSON */
export function createProgram(json: boolean): Command {
  const program = new Command('sluice')
    .description('Load tables and files from this computer into Amazon S3.')
    .version(version)
    .option('--json', 'print JSON for scripts')
    .option('--data-dir <folder>', 'where Sluice keeps its settings and history (also: SLUICE_DATA_DIR)')
    .configureOutput({
      outputError: (text, write) => {
        if (json) failUsage(usageText(text).replace(/^error: /, ''));
        else write(`${usageText(text)}\n`);
      },
    })
    .showHelpAfterError(helpHint)
    .exitOverride()
    .addHelpText('after', '\nStart here:\n  sluice demo    shows everything once, without an account');
  addDemoCommand(program);
  addPathCommand(program);
  addSetupCommand(program);
  addDocumentCommands(program);
  addAccessCommands(program);
  addDestinationCommands(program);
  addSourceCommands(program);
  addPipelineCommands(program);
  addWorkspaceCommands(program);
  addLoadCommand(program);
  addJobsCommand(program);
  addUploadsCommands(program);
  addExplainCommand(program);
  addSandboxCommand(program);
  addWebCommand(program);
  return program;
}
