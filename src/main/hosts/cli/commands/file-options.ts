/** The options of `source add` that say how files are read, and what reading them would look like. */
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import type { Inputs } from '../../../../shared/contract.ts';
import { SluiceError } from '../../../../shared/errors.ts';
import { type FileOptions, type FilePreview, fileOptionsSchema } from '../../../../shared/model.ts';
import { userPath } from '../command.ts';
import { table } from '../terminal.ts';

export interface TypedFileOptions {
  readonly database?: string;
  readonly format?: string;
  readonly delimiter?: string;
  readonly quote?: string;
  readonly escape?: string;
  /** false with --no-header. */
  readonly header?: boolean;
  readonly encoding?: string;
  readonly null?: string;
  readonly badRows?: string;
}

export function addFileOptions(command: Command): void {
  command
    .option('--database <name>', 'files: the name in the directory path (default: the folder of the files)')
    .addOption(
      new Option('--format <format>', 'files: what they are (default: as their names say)').choices([
        ...['csv', 'json', 'parquet'],
      ]),
    )
    .option('--delimiter <character>', 'CSV: what is between fields; "tab" for a tab (default: found out)')
    .option('--quote <character>', 'CSV: what fields may stand in, or "none" (default: ")')
    .option('--escape <character>', 'CSV: what makes a quote in quotes a character (default: the quote)')
    .option('--no-header', 'CSV: the first row is data')
    .option('--encoding <name>', 'CSV: e.g. utf-16, latin-1, windows-1252 (default: utf-8, or by the mark)')
    .option('--null <text>', 'CSV: the field that means NULL (default: the empty field)')
    .addOption(
      new Option('--bad-rows <what>', 'files: what happens to rows that do not fit (default: stop)').choices([
        ...['stop', 'set-aside'],
      ]),
    );
}

const words: Readonly<Record<string, string>> = { tab: '\t', '\\t': '\t', none: '', space: ' ' };

const character = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : (words[text] ?? text);

/** @throws SluiceError INPUT_INVALID */
function fileOptionsOf(typed: TypedFileOptions): FileOptions {
  const given = {
    format: typed.format,
    delimiter: character(typed.delimiter),
    quote: character(typed.quote),
    escape: character(typed.escape),
    // commander sets it to true where nothing was said
    header: typed.header === false ? false : undefined,
    encoding: typed.encoding,
    nullText: typed.null,
    badRows: typed.badRows,
  };
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const parsed = fileOptionsSchema.safeParse(said);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SluiceError('INPUT_INVALID', `--${String(issue?.path[0] ?? 'option')}: ${issue?.message ?? ''}`);
}

/**
 * Where the files of `file:PATH` are, and how they are read; undefined for another URL.
 * @throws SluiceError INPUT_INVALID, also for options that would do nothing with another URL
 */
export function filesLocation(
  url: string,
  options: TypedFileOptions,
): Extract<Inputs['sources']['save']['location'], { kind: 'files' }> | undefined {
  if (!url.startsWith('file:') || url.length === 'file:'.length) {
    refuseFileOptions(options);
    return undefined;
  }
  const { database } = options;
  return {
    kind: 'files',
    path: filePath(url),
    ...(database === undefined ? {} : { database }),
    options: fileOptionsOf(options),
  };
}

/** A path as it is typed; in a URL with slashes, `%20` and its like are what they stand for. */
function filePath(url: string): string {
  if (!url.startsWith('file://')) return userPath(url.slice('file:'.length));
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new SluiceError('INPUT_INVALID', `${url} is not the URL of a file on this computer`, {
      fix: 'Write file:PATH, as in file:./exports.',
      cause: error,
    });
  }
}

function refuseFileOptions({ database, ...typed }: TypedFileOptions): void {
  if (database === undefined && Object.keys(fileOptionsOf(typed)).length === 0) return;
  throw new SluiceError('INPUT_INVALID', 'Options for files were given for another kind of source', {
    fix: 'Leave them out, or name files with --url file:PATH.',
  });
}

/** What was found out about files, for people. */
export function previewLines(previews: readonly FilePreview[]): string[] {
  return previews.flatMap((preview) => [
    '',
    `${preview.object}: ${formatWords(preview)}`,
    ...table(preview.columns.map(({ name, type }) => [`  ${name}`, type])),
    ...preview.rows.slice(0, 3).map((row) => `  ${row.map((field) => field ?? 'NULL').join(' | ')}`),
    ...preview.notes.map((note) => `  look: ${note}`),
  ]);
}

function formatWords({ files, format, compression, csv }: FilePreview): string {
  const many = files.length === 1 ? '' : `${files.length} files, `;
  const packed = compression === 'none' ? '' : `, ${compression}`;
  if (csv === undefined) return `${many}${format}${packed}`;
  const { delimiter, quote, header, encoding, nullText } = csv;
  const facts = [
    `delimiter ${characterName(delimiter)}`,
    quote === '' ? 'no quotes' : `quote ${characterName(quote)}`,
    ...(csv.escape === quote ? [] : [`escape ${characterName(csv.escape)}`]),
    header ? 'header' : 'no header',
    encoding,
    nullText === '' ? 'empty is NULL' : `"${nullText}" is NULL`,
  ];
  return `${many}CSV${packed}, ${facts.join(', ')}`;
}

const characterName = (text: string): string =>
  ({ '\t': 'tab', ' ': 'space', ',': 'comma', ';': 'semicolon', '|': 'bar' })[text] ??
  (/[\x21-\x7e]/.test(text) ? text : JSON.stringify(text));
