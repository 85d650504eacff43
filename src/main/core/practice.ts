/** Practice mode: a destination, a source and a pipeline that need no account, made and removed in one step. */
import { SluiceError } from '../../shared/errors.ts';
import { type DestinationSettings, defaultPartitionKey, type Pipeline } from '../../shared/model.ts';
import type { CoreContext, PracticeHost } from './context.ts';
import { removeDestination, saveDestination } from './destinations.ts';
import { isPractice } from './reach-destination.ts';
import { removePipeline, savePipeline } from './pipelines.ts';
import { removeSource, saveSource } from './sources.ts';

const names = { destination: 'Practice bucket', source: 'Practice shop', pipeline: 'Practice load' } as const;

/**
 * Sets up what is missing of practice mode; what is there stays as it is.
 * @throws SluiceError INPUT_INVALID where the host has no practice mode, and whatever the steps raise
 */
export async function startPractice(core: CoreContext, signal: AbortSignal): Promise<{ pipeline: string }> {
  const settings = core.settings.read();
  const { region, bucket, roleArn, database } = await hostOf(core).ground(settings.externalId);
  if (!settings.destinations.some(isPractice)) {
    const destination: DestinationSettings = {
      name: names.destination,
      access: { type: 'role', roleArn, signer: { kind: 'sandbox' } },
      bucket,
      region,
      pathPrefix: 'landing',
      pathStyle: true,
    };
    await saveTested(core, destination, signal);
  }
  if (!settings.sources.some(isPracticeSource)) {
    await saveSource(core, { name: names.source, location: { kind: 'sqlite', path: database } }, signal);
  }
  if (!settings.pipelines.some(({ name }) => name === names.pipeline)) {
    const pipeline = {
      name: names.pipeline,
      source: names.source,
      destination: names.destination,
      destinationPrefix: 's3_1',
      partitionKey: defaultPartitionKey,
      timeZone: 'UTC',
      objects: 'all' as const,
    };
    await savePipeline(core, pipeline, signal);
  }
  return { pipeline: names.pipeline };
}

/** What practice mode made: it means something on this computer only. */
export const isPracticeSource = ({ name }: { readonly name: string }): boolean => name === names.source;

/** Removes every pipeline that uses practice mode, its source and destination, and its files. */
export async function removePractice(core: CoreContext): Promise<void> {
  const host = hostOf(core);
  const settings = core.settings.read();
  const buckets = new Set(settings.destinations.filter(isPractice).map(({ name }) => name));
  const uses = ({ source, destination }: Pipeline): boolean =>
    isPracticeSource({ name: source }) || buckets.has(destination);
  for (const { name } of settings.pipelines.filter(uses)) removePipeline(core, name);
  if (settings.sources.some(isPracticeSource)) await removeSource(core, names.source);
  for (const name of buckets) await removeDestination(core, name);
  await host.remove();
}

function hostOf({ practice }: CoreContext): PracticeHost {
  if (practice !== undefined) return practice;
  throw new SluiceError('INPUT_INVALID', 'Practice mode is not available here', {
    fix: 'Open the app, or run "sluice demo".',
  });
}

async function saveTested(
  core: CoreContext,
  settings: DestinationSettings,
  signal: AbortSignal,
): Promise<void> {
  for await (const event of saveDestination(core, { settings, draft: false, wait: false }, signal)) {
    if ('check' in event && event.verdict === 'failed') {
      throw new SluiceError('INTERNAL', `The practice bucket does not work: ${event.check}: ${event.cause}`);
    }
  }
}
