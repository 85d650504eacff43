import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import { SluiceError } from '../../../../shared/errors.ts';
import { shellWord } from '../../../../shared/shell-quote.ts';
import {
  type ConflictChoice,
  maxWorkspaceText,
  type WorkspacePlan,
  type WorkspacePlanItem,
} from '../../../../shared/workspace.ts';
import { act, type Session, userPath } from '../command.ts';
import { canPrompt } from '../secret-input.ts';
import { table } from '../terminal.ts';
import { readTextFile, writeNewFile } from '../text-files.ts';

export function addWorkspaceCommands(program: Command): void {
  const workspace = program
    .command('workspace')
    .description('Share destinations, sources and pipelines with your team, without any secret.');

  workspace
    .command('export <file>')
    .summary('write destinations, sources, pipelines and the external ID to a file')
    .description('Writes everything that a colleague needs into one file. No password and no key is in it.')
    .addHelpText('after', '\nExample:\n  sluice workspace export team.json')
    .action(
      act(async ({ terminal, core }, file: string) => {
        const path = userPath(file);
        const { text, fileName: _, ...exported } = await (await core()).client.workspace.export();
        writeNewFile(path, text);
        const { destinations, sources, pipelines, leftOut, needSecrets } = exported;
        terminal.result({ exported: path, ...exported }, [
          `Wrote ${path}: destinations: ${destinations}, sources: ${sources}, pipelines: ${pipelines}.`,
          ...(needSecrets.length === 0
            ? []
            : [`Secrets stay here. To be entered again after an import: ${named(needSecrets)}.`]),
          ...(leftOut.length === 0 ? [] : [`Left out, since it is for practice only: ${named(leftOut)}.`]),
        ]);
        return undefined;
      }),
    );

  workspace
    .command('import <file>')
    .summary('bring in what a colleague has exported')
    .description('Shows what the file would change here, asks, and then does it all or nothing.')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'show what would change, and change nothing')
    .addOption(
      new Option(
        '--conflicts <choice>',
        'where a name is taken by something else: keep mine, take theirs, or rename theirs',
      ).choices(['mine', 'theirs', 'rename']),
    )
    .addHelpText(
      'after',
      `
Imported destinations are drafts until they are tested here.

Examples:
  sluice workspace import team.json --dry-run
  sluice workspace import team.json --conflicts mine --yes`,
    )
    .action(act(importFile));
}

interface ImportOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly conflicts?: ConflictChoice;
}

async function importFile(
  session: Session,
  file: string,
  options: ImportOptions,
): Promise<number | undefined> {
  const { terminal } = session;
  const text = readTextFile(userPath(file), maxWorkspaceText);
  const { client } = await session.core();
  const choices = options.conflicts === undefined ? {} : { choices: { all: options.conflicts } };
  const plan = await client.workspace.plan({ text, ...choices });
  if (options.dryRun === true) {
    terminal.result(plan, [...planLines(plan), ...blockedLines(plan)]);
    return plan.ready ? undefined : 2;
  }
  for (const line of planLines(plan)) terminal.say(line);
  if (!plan.ready) throw blocked(plan);
  if (!changes(plan)) {
    terminal.result({ imported: false, ...plan }, ['Everything is here already: nothing to change.']);
    return undefined;
  }
  if (options.yes !== true) await confirm(session);
  const done = await client.workspace.import({ text, ...choices, fingerprint: plan.fingerprint });
  const later = done.notes.filter((note) => !plan.notes.includes(note));
  terminal.result({ imported: true, ...done }, ['Imported.', ...later, ...secretLines(done)]);
  return undefined;
}

const words: Readonly<Record<WorkspacePlanItem['action'], string>> = {
  add: 'new',
  same: 'here already',
  conflict: 'CONFLICT',
  mine: 'keep mine',
  theirs: 'replace mine',
  rename: 'new, renamed',
};

function planLines({ items, externalId, notes }: WorkspacePlan): string[] {
  const rows = items.map(({ action, kind, name, savedAs, summary }) => [
    words[action],
    kind,
    savedAs === name ? name : `${name} as ${savedAs}`,
    summary,
  ]);
  const differences = items.flatMap(({ kind, name, differences: fields, usedBy }) => [
    ...fields.map(
      ({ field, here, file }) => `${kind} "${name}": ${field} is ${here} here, ${file} in the file`,
    ),
    ...(usedBy.length === 0 ? [] : [`${kind} "${name}": used here by ${usedBy.join(', ')}`]),
  ]);
  return [...table(rows), ...differences, ...idLines(externalId), ...notes];
}

function idLines({ action, here, file, reason }: WorkspacePlan['externalId']): string[] {
  if (action === 'same') return [];
  return action === 'take'
    ? [`The external ID becomes ${file}; it was ${here}, which no role here knows.`]
    : [reason ?? ''];
}

const blockedLines = (plan: WorkspacePlan): string[] => {
  if (plan.ready) return [];
  const { message, fix } = blocked(plan);
  return [`${message}.`, fix];
};

/** What is in the way: open conflicts first, since a choice may solve the rest. */
function blocked({ items, problems }: WorkspacePlan): SluiceError {
  const conflicts = items.filter(({ action }) => action === 'conflict');
  if (conflicts.length > 0) {
    return new SluiceError('NAME_TAKEN', `Taken here by something else: ${named(conflicts)}`, {
      fix: 'Choose for all of them: --conflicts mine, --conflicts theirs or --conflicts rename.',
      details: { conflicts: conflicts.map(({ kind, name }) => `${kind} ${name}`) },
    });
  }
  const [problem] = problems;
  if (problem === undefined) return new SluiceError('INTERNAL', 'The import is blocked by nothing');
  return new SluiceError(problem.code, problem.message, { fix: problem.fix });
}

const changes = ({ items, externalId }: WorkspacePlan): boolean =>
  externalId.action === 'take' || items.some(({ action }) => ['add', 'theirs', 'rename'].includes(action));

function secretLines({ items }: WorkspacePlan): string[] {
  return items
    .filter(({ needsSecret }) => needsSecret)
    .map(({ kind, savedAs }) => {
      const command = kind === 'source' ? 'source password' : 'destination secret';
      return `Enter its secret again: sluice ${command} ${shellWord(savedAs)}`;
    });
}

const named = (items: readonly { readonly kind: string; readonly name: string }[]): string =>
  items.map(({ kind, name }) => `${kind} "${name}"`).join(', ');

/** @throws SluiceError CANCELLED when the answer is no; INPUT_INVALID where nobody can be asked */
async function confirm({ terminal, signal }: Session): Promise<void> {
  if (terminal.json || !canPrompt()) {
    throw new SluiceError('INPUT_INVALID', 'Nothing was changed: an import has to be confirmed', {
      fix: 'Look at it with --dry-run, then add --yes.',
    });
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question('Import this? [y/N] ', { signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    prompt.close();
  }
  throw new SluiceError('CANCELLED', 'Nothing was changed');
}
