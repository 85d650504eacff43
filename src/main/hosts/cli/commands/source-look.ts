/** `source columns` and `source rows`: what an object is made of and holds, before anything is loaded. */
import { type Command, InvalidArgumentError } from 'commander';
import { csvFormWords, mostRows, type ShownValue, usualRows, valueBytes } from '../../../../shared/browse.ts';
import { displayName } from '../../../../shared/model.ts';
import { act } from '../command.ts';
import { count, table } from '../terminal.ts';

export function addLookCommands(source: Command): void {
  source
    .command('columns <name> <object>')
    .summary('list the columns of a table or view')
    .description(
      'Lists the columns that a load writes, and what their values become in the CSV. Reads no row.',
    )
    .addHelpText('after', '\nExample:\n  sluice source columns shop public.orders')
    .action(
      act(async ({ terminal, core, signal }, name: string, object: string) => {
        const { client } = await core();
        const found = await client.sources.columns({ name, object }, { signal });
        const rows = found.columns.map((column) => [
          column.name,
          column.type,
          column.nullable ? '' : 'not null',
          column.key === null ? '' : `${column.key} key`,
          csvFormWords[column.csv],
        ]);
        terminal.result(
          found,
          rows.length === 0
            ? [`${displayName(found.object)} has no columns.`]
            : table([['column', 'type', '', '', 'in the CSV'], ...rows].map((row) => row.map(printable))),
        );
        return undefined;
      }),
    );

  source
    .command('rows <name> <object>')
    .summary('show the first rows of a table or view')
    .description(
      `Shows the first rows as a load would write them, in whatever order the database gives them. Nothing is
kept. NULL is shown as NULL and the empty string as ""; what could be mistaken stands in quotes. Values of more
than ${count(valueBytes)} bytes are cut, with --json as {"start","bytes"}.`,
    )
    .option('--rows <number>', `how many rows, 1 to ${mostRows}`, rowCount, usualRows)
    .addHelpText(
      'after',
      `
Examples:
  sluice source rows shop public.orders
  sluice source rows shop public.orders --rows 3 --json`,
    )
    .action(
      act(async ({ terminal, core, signal }, name: string, object: string, options: RowsOptions) => {
        const { client } = await core();
        const found = await client.sources.rows({ name, object, rows: options.rows }, { signal });
        const lines = [found.columns.map(printable), ...found.rows.map((row) => row.map(cell))];
        const shown = count(found.rows.length);
        terminal.result(found, [
          ...(found.rows.length === 0 ? [] : [...table(lines), '']),
          found.rows.length === 0
            ? `${displayName(found.object)} has no rows.`
            : found.more
              ? `The first ${shown} rows of ${displayName(found.object)}; there are more.`
              : `All ${shown} rows of ${displayName(found.object)}.`,
        ]);
        return undefined;
      }),
    );
}

interface RowsOptions {
  readonly rows: number;
}

function rowCount(text: string): number {
  const rows = Number(text);
  if (/^\d+$/.test(text) && rows >= 1 && rows <= mostRows) return rows;
  throw new InvalidArgumentError(`It is a whole number from 1 to ${mostRows}.`);
}

/** Characters of a cell: a longer one would push the others off the screen. */
const cellWidth = 40;

/** What a terminal could obey or mirror, or nobody would see. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu;

function printable(text: string): string {
  const escaped = text.replaceAll(
    unprintable,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
  const characters = [...escaped];
  return characters.length <= cellWidth ? escaped : `${characters.slice(0, cellWidth - 1).join('')}…`;
}

/** A value on a line of its own width: whatever could be taken for something else stands in quotes. */
function cell(value: ShownValue): string {
  if (value === null) return 'NULL';
  const text = typeof value === 'string' ? value : value.start;
  const doubtful = text === '' || text === 'NULL' || /^\s|\s$|^"/.test(text);
  const shown = doubtful ? `"${printable(text.replaceAll('"', '""'))}"` : printable(text);
  return typeof value === 'string' ? shown : `${shown} (${count(value.bytes)} bytes)`;
}
