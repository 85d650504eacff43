/**
 * Writes docs/command-line.md from the commands themselves, so that the page cannot say anything else than --help.
 * Usage: node scripts/command-line-page.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { createProgram } from '../src/main/hosts/cli/program.ts';

export const pagePath = join(import.meta.dirname, '../docs/command-line.md');

const before = `# The command line

From a checkout: \`npm run -s sluice -- COMMAND\`. Installed from npm: \`sluice COMMAND\`.

Every command takes \`--json\`, which prints one JSON document on standard output (\`load\` and the tests print one object a line), and \`--data-dir FOLDER\`, which \`SLUICE_DATA_DIR\` sets too. Words for people go to standard output, progress and warnings to standard error. Relative paths count from where you stand. Secrets are never arguments: they come from standard input (\`--…-stdin\`), from a prompt without echo, or from a profile of AWS.

| exit code | means |
| --: | --- |
| 0 | done |
| 1 | the job or the test failed |
| 2 | wrong usage or bad input |
| 3 | access denied, or not signed in |
| 4 | the source cannot be reached or read |
| 5 | the keychain |
| 130 | cancelled |

An error says what happened, why, and what to do; with \`--json\` it is \`{"error":{"code","message","fix","details"}}\`. Ctrl-C cancels a load and removes what it wrote; a second one stops at once, and the job can then be resumed or discarded.
`;

/** The page as Markdown. */
export function commandLinePage(): string {
  return [before, ...sectionsOf(createProgram(false), '')].join('\n');
}

function sectionsOf(parent: Command, path: string): string[] {
  return parent.commands
    .filter((command) => command.name() !== 'help')
    .flatMap((command) => {
      const name = `${path}${command.name()}`;
      return command.commands.length > 0 && command.registeredArguments.length === 0
        ? [...ownSection(command, name), ...sectionsOf(command, `${name} `)]
        : ownSection(command, name);
    });
}

function ownSection(command: Command, name: string): string[] {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (text) => parts.push(text), getOutHelpWidth: () => 100 });
  command.outputHelp();
  return [`## sluice ${name}\n`, '```', parts.join('').trim(), '```\n'];
}

if (process.argv[1] === import.meta.filename) writeFileSync(pagePath, commandLinePage());
