import type { Command } from 'commander';
import { renderPath } from '../../../../shared/directory-path.ts';
import { SluiceError } from '../../../../shared/errors.ts';
import { defaultPartitionKey } from '../../../../shared/model.ts';
import { act } from '../command.ts';

interface PathOptions {
  readonly database: string;
  readonly object: string;
  readonly schema?: string;
  readonly pathPrefix?: string;
  readonly destinationPrefix?: string;
  readonly partitionKey: string;
  readonly at?: string;
  readonly jobId?: string;
  readonly timeZone: string;
}

export function addPathCommand(program: Command): void {
  program
    .command('path')
    .summary('print the directory path of an object')
    .description(
      'Prints the directory that a load would write an object to. Needs no account and no database.',
    )
    .requiredOption('--database <name>', 'the database')
    .requiredOption('--object <name>', 'the table, view or file')
    .option('--schema <name>', 'the schema, where the database has schemas')
    .option('--path-prefix <path>', 'folders at the start of the path')
    .option('--destination-prefix <text>', 'the start of the directory name')
    .option('--partition-key <template>', 'the template at the end of the path', defaultPartitionKey)
    .option('--at <time>', 'when the job starts, ISO 8601; without a zone it is UTC (default: now)')
    .option('--job-id <uuid>', 'the job (default: a new one)')
    .option('--time-zone <name>', 'IANA time zone that the path is rendered in', 'UTC')
    .addHelpText(
      'after',
      `
Example:
  sluice path --path-prefix s3-dest --destination-prefix s3_1 --database db1 --schema public --object table_1 \\
    --at 2024-11-27 --job-id d12d74f4-d647-4929-a5a6-d329afd916f4
  s3-dest/s3_1_db1_public_table_1/year=2024/month=11/day=27/job_id=d12d74f4-d647-4929-a5a6-d329afd916f4/`,
    )
    .action(
      act(async ({ terminal }, options: PathOptions) => {
        const { path, keyBytes, sanitised } = renderPath({
          pathPrefix: options.pathPrefix ?? '',
          destinationPrefix: options.destinationPrefix ?? '',
          database: options.database,
          schema: options.schema ?? null,
          object: options.object,
          partitionKey: options.partitionKey,
          at: options.at === undefined ? new Date() : instant(options.at),
          jobId: options.jobId ?? crypto.randomUUID(),
          timeZone: options.timeZone,
        });
        for (const { part, from, to } of sanitised) {
          terminal.warn(`the ${part} ${JSON.stringify(from)} is written as ${JSON.stringify(to)}`);
        }
        terminal.result({ path, keyBytes, sanitised }, [path]);
        return undefined;
      }),
    );
}

/** ISO 8601, with or without a time; without a zone it is UTC, as the path is. */
function instant(text: string): Date {
  const iso = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(text);
  const zoned = iso !== null && iso[1] === undefined && text.includes('T') ? `${text}Z` : text;
  const at = new Date(iso === null ? Number.NaN : zoned);
  if (Number.isNaN(at.getTime())) {
    throw new SluiceError('INPUT_INVALID', `"${text}" is not a time in ISO 8601`, {
      fix: 'Write it like 2024-11-27 or 2024-11-27T09:15:00Z.',
    });
  }
  return at;
}
