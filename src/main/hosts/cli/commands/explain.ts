import type { Command } from 'commander';
import { explanations } from '../../../../shared/error-explanations.ts';
import { type ErrorCode, errorCodes, familyOf, fixOf, SluiceError } from '../../../../shared/errors.ts';
import { nearest } from '../../../../shared/nearest.ts';
import { act } from '../command.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { table } from '../terminal.ts';

export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .summary('say more about an error')
    .description(
      'Says when an error comes, what to do, and what was and was not done to your data. Without a code, lists them all. Needs no network.',
    )
    .argument('[code]', 'the code of the error, as --json and the errors page have it')
    .addHelpText('after', '\nExample:\n  sluice explain ACCESS_DENIED')
    .action(
      act(async ({ terminal }, typed?: string) => {
        if (typed === undefined) {
          const rows = errorCodes.map((code) => [code, explanations[code].title]);
          terminal.result({ errors: errorCodes.map(entryOf) }, table(rows));
          return undefined;
        }
        const { code, title, when, fix, data } = entryOf(codeOf(typed));
        terminal.result(entryOf(code), [
          `${code}: ${title}`,
          ...['', `When it comes: ${when}`],
          ...['', `What to do: ${fix}`],
          ...['', `Your data: ${data}`],
        ]);
        return undefined;
      }),
    );
}

function entryOf(code: ErrorCode) {
  const { title, when, more, data } = explanations[code];
  const fix = more === undefined ? fixOf(code) : `${fixOf(code)} ${more}`;
  return { code, family: familyOf(code), exitCode: exitCodeOf(code), title, when, fix, data };
}

function codeOf(typed: string): ErrorCode {
  const code = errorCodes.find((one) => one === typed.trim().toUpperCase());
  if (code !== undefined) return code;
  const near = nearest(typed.trim().toUpperCase(), errorCodes);
  throw new SluiceError('NOT_FOUND', `There is no error with the code ${JSON.stringify(typed)}`, {
    fix: `${near === undefined ? '' : `Did you mean ${near}? `}"sluice explain" lists them all.`,
  });
}
