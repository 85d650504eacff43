import type { Command } from 'commander';
import { SluiceError } from '../../../../shared/errors.ts';
import { defaultPartitionKey, displayName, type Pipeline } from '../../../../shared/model.ts';
import { act } from '../command.ts';
import { addScheduleCommand } from './pipeline-schedule.ts';
import { table } from '../terminal.ts';

export function addPipelineCommands(program: Command): void {
  const pipeline = program
    .command('pipeline')
    .description('What to load: objects of a source, a destination, and the shape of the path.');

  pipeline
    .command('add')
    .summary('save a pipeline')
    .requiredOption('--name <name>', 'how to call it')
    .requiredOption('--source <name>', 'the source to read')
    .requiredOption('--destination <name>', 'the destination to load into')
    .requiredOption('--destination-prefix <text>', 'the start of the directory names')
    .option('--object <name...>', 'an object to load, as NAME or SCHEMA.NAME; may be repeated')
    .option('--all', 'load every object that the source has now')
    .option('--partition-key <template>', 'the template at the end of the path', defaultPartitionKey)
    .option('--time-zone <name>', 'IANA time zone that the path is rendered in', 'UTC')
    .option('--manifest', 'write a manifest after each load: one file that says all the others are there')
    .addHelpText(
      'after',
      `
Example:
  sluice pipeline add --name daily --source shop --destination lake --destination-prefix s3_1 \\
    --object public.orders --object public.customers`,
    )
    .action(
      act(async ({ terminal, core, signal }, options: AddOptions) => {
        const { client } = await core();
        const saved = await client.pipelines.save(
          {
            name: options.name,
            source: options.source,
            destination: options.destination,
            destinationPrefix: options.destinationPrefix,
            partitionKey: options.partitionKey,
            timeZone: options.timeZone,
            objects: objectsOf(options),
            ...(options.manifest === true ? { manifest: true } : {}),
          },
          { signal },
        );
        const objects = saved.objects.length === 1 ? '1 object' : `${saved.objects.length} objects`;
        terminal.result({ saved: true, pipeline: shownPipeline(saved) }, [
          `Saved the pipeline "${saved.name}" with ${objects}. See where they go: sluice preview ${saved.name}`,
        ]);
        return undefined;
      }),
    );

  pipeline
    .command('list')
    .summary('list the pipelines')
    .addHelpText('after', '\nExample:\n  sluice pipeline list')
    .action(
      act(async ({ terminal, core }) => {
        const pipelines = (await (await core()).client.pipelines.list()).map(shownPipeline);
        const rows = pipelines.map((item) => [
          item.name,
          `${item.source} -> ${item.destination}`,
          item.objects.length === 1 ? (item.objects[0] ?? '') : `${item.objects.length} objects`,
          item.partitionKey,
        ]);
        terminal.result({ pipelines }, rows.length === 0 ? ['No pipelines yet.'] : table(rows));
        return undefined;
      }),
    );

  pipeline
    .command('remove <name>')
    .summary('forget a pipeline; what it loaded stays')
    .addHelpText('after', '\nExample:\n  sluice pipeline remove daily')
    .action(
      act(async ({ terminal, core }, name: string) => {
        await (await core()).client.pipelines.remove({ name });
        terminal.result({ removed: name }, [`Removed the pipeline "${name}".`]);
        return undefined;
      }),
    );

  addScheduleCommand(pipeline);

  program
    .command('preview <pipeline>')
    .summary('show where a load would write')
    .description('Prints the directory path of every object, as a load started now would use it.')
    .addHelpText('after', '\nExample:\n  sluice preview daily')
    .action(
      act(async ({ terminal, core }, name: string) => {
        const preview = await (await core()).client.pipelines.preview({ name });
        for (const { object, path, pathUtc, firstKey, keyBytes, sanitised } of preview.objects) {
          terminal.say(`${object}  (${keyBytes} of 1,024 bytes)`);
          terminal.say(`  ${path}`);
          terminal.say(`  ${firstKey.slice(path.length)}  is the first file`);
          if (pathUtc !== undefined) terminal.say(`  ${pathUtc}  in UTC`);
          for (const { part, from, to } of sanitised) {
            terminal.warn(
              `${object}: the ${part} ${JSON.stringify(from)} is written as ${JSON.stringify(to)}`,
            );
          }
        }
        if (preview.manifestKey !== undefined) terminal.say(`manifest: ${preview.manifestKey}`);
        for (const { path, objects } of preview.collisions) {
          terminal.warn(`${objects.join(' and ')} would write to one directory, ${path}`);
        }
        terminal.emit(preview);
        return undefined;
      }),
    );
}

interface AddOptions {
  readonly name: string;
  readonly source: string;
  readonly destination: string;
  readonly destinationPrefix: string;
  readonly object?: string[];
  readonly all?: boolean;
  readonly partitionKey: string;
  readonly timeZone: string;
  readonly manifest?: boolean;
}

function objectsOf({ object = [], all = false }: AddOptions): string[] | 'all' {
  if (all && object.length > 0) {
    throw new SluiceError('INPUT_INVALID', '--all and --object exclude each other', {
      fix: 'Give one of them.',
    });
  }
  if (all) return 'all';
  if (object.length > 0) return object;
  throw new SluiceError('INPUT_INVALID', 'A pipeline needs at least one object', {
    fix: 'Name objects with --object, or take them all with --all.',
  });
}

const shownPipeline = ({
  name,
  source,
  destination,
  destinationPrefix,
  partitionKey,
  timeZone,
  objects,
  manifest,
}: Pipeline) => ({
  name,
  source,
  destination,
  destinationPrefix,
  partitionKey,
  timeZone,
  objects: objects.map(displayName),
  ...(manifest === true ? { manifest } : {}),
});
