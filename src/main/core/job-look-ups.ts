/** What can be said about jobs without running one: what a load would do, and what a load did. */
import { SluiceError } from '../../shared/errors.ts';
import { displayName, type Estimate, type Receipt } from '../../shared/model.ts';
import { estimateObject } from '../load/estimate.ts';
import type { LoadOptions } from '../load/options.ts';
import type { JobStart } from '../stores/history.ts';
import { type CoreContext, nextJob } from './context.ts';
import { assemble, placeObject } from './pipelines.ts';
import { openSaved } from './sources.ts';

/** @throws SluiceError NOT_FOUND */
export function shown(core: CoreContext, jobId: string): Receipt {
  const receipt = core.history.receipt(jobId);
  if (receipt === undefined) throw unknownJob(jobId);
  return receipt;
}

/** @throws SluiceError NOT_FOUND */
export function defined(core: CoreContext, jobId: string): JobStart {
  const start = core.history.definition(jobId);
  if (start === undefined) throw unknownJob(jobId);
  return start;
}

/**
 * The lock of a job, which says that this process works on it.
 * @throws SluiceError JOB_RUNNING when another does
 */
export function lockJob(core: CoreContext, jobId: string): Disposable & { release(): void } {
  const lock = core.history.lockJob(jobId);
  if (lock === undefined) throw new SluiceError('JOB_RUNNING', 'This job is running', { details: { jobId } });
  return lock;
}

const unknownJob = (jobId: string): SluiceError =>
  new SluiceError('NOT_FOUND', `There is no job ${jobId}`, {
    fix: 'List the jobs: sluice jobs',
    details: { jobId },
  });

/** Works out what a load would write, from a sample of each object. Writes nothing. */
export async function estimateJob(
  core: CoreContext,
  name: string,
  options: LoadOptions,
  signal: AbortSignal,
): Promise<Estimate> {
  const assembly = assemble(core.settings.read(), name);
  const job = nextJob(core);
  await using source = await openSaved(core, assembly.source, signal);
  const known = await source.objects(signal);
  await using snapshot = await source.snapshot(signal);
  const objects: Estimate['objects'] = [];
  for (const object of assembly.pipeline.objects) {
    const listed = known.find(({ schema, name: same }) => schema === object.schema && same === object.name);
    const reader = await snapshot.object(object);
    const estimate = await estimateObject(reader, listed?.estimatedRows ?? null, options, signal);
    objects.push({
      object: displayName(object),
      path: placeObject(assembly, object, job).path,
      ...estimate,
    });
  }
  const seconds = objects.map((object) => object.seconds);
  return {
    objects,
    seconds: seconds.includes(null) ? null : seconds.reduce<number>((sum, one) => sum + (one ?? 0), 0),
    sentPerSecond: core.history.sentPerSecond(assembly.destination) ?? null,
  };
}
