/** The command line: one file per group of commands, put together here. */
import { Command, CommanderError } from 'commander';
import { version } from '../../core/version.ts';
import { addAccessCommands } from './commands/access.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDestinationCommands } from './commands/destination.ts';
import { addJobsCommand } from './commands/jobs.ts';
import { addLoadCommand } from './commands/load.ts';
import { addPathCommand } from './commands/path.ts';
import { addPipelineCommands } from './commands/pipeline.ts';
import { addSandboxCommand } from './commands/sandbox.ts';
import { addSourceCommands } from './commands/source.ts';
import { openTerminal } from './terminal.ts';

/** Runs one command line (without `node` and the script) and sets the exit code of the process. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  const program = createProgram(args.includes('--json'));
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version also come this way, with exit code 0.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  }
}

function createProgram(json: boolean): Command {
  const program = new Command('sluice')
    .description('Load tables and files from this computer into Amazon S3.')
    .version(version)
    .option('--json', 'print JSON for scripts')
    .option('--data-dir <folder>', 'where Sluice keeps its settings and history (also: SLUICE_DATA_DIR)')
    .showHelpAfterError('Add --help to see how this command is used.')
    .exitOverride()
    .addHelpText('after', '\nStart here:\n  sluice demo    shows everything once, without an account');
  if (json) {
    program.configureOutput({
      outputError: (text) => {
        const message = text.trim().replace(/^error: /, '');
        const fix = 'Add --help to see how this command is used.';
        openTerminal(true).fail({ code: 'INPUT_INVALID', message, fix, details: {} });
      },
    });
  }
  addDemoCommand(program);
  addPathCommand(program);
  addAccessCommands(program);
  addDestinationCommands(program);
  addSourceCommands(program);
  addPipelineCommands(program);
  addLoadCommand(program);
  addJobsCommand(program);
  addSandboxCommand(program);
  return program;
}
