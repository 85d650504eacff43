/** Pipelines and their preview. The preview and the load place objects with the same function. */

import { isTimeZone } from '../../shared/clock.ts';
import { findCollisions, type PlacedObject } from '../../shared/collisions.ts';
import type { Inputs } from '../../shared/contract.ts';
import { objectDirectory, type RenderedPath, renderPath } from '../../shared/directory-path.ts';
import { SluiceError } from '../../shared/errors.ts';
import { manifestKey } from '../../shared/manifest.ts';
import {
  type Destination,
  displayName,
  type ObjectName,
  type Pipeline,
  type Preview,
  type Settings,
  type Source,
} from '../../shared/model.ts';
import { parsePartitionKey } from '../../shared/partition-key.ts';
import { type CoreContext, type JobMoment, nextJob } from './context.ts';
import { find, nameTaken } from './names.ts';
import { resolveObjects } from './object-names.ts';
import { listObjects } from './sources.ts';

export const listPipelines = (core: CoreContext): Pipeline[] => core.settings.read().pipelines;

/** A pipeline with what it refers to. */
export interface Assembly {
  readonly pipeline: Pipeline;
  readonly source: Source;
  readonly destination: Destination;
}

/** @throws SluiceError NOT_FOUND */
export function assemble(settings: Settings, name: string): Assembly {
  return assembled(settings, find(settings.pipelines, name, 'pipeline'));
}

const assembled = (settings: Settings, pipeline: Pipeline): Assembly => ({
  pipeline,
  source: find(settings.sources, pipeline.source, 'source'),
  destination: find(settings.destinations, pipeline.destination, 'destination'),
});

/** @throws SluiceError, naming what is wrong; nothing is saved then */
export async function savePipeline(
  core: CoreContext,
  input: Inputs['pipelines']['save'],
  signal: AbortSignal,
): Promise<Pipeline> {
  const before = core.settings.read();
  if (before.pipelines.some(({ name }) => name === input.name)) throw nameTaken('pipeline', input.name);
  find(before.destinations, input.destination, 'destination');
  parsePartitionKey(input.partitionKey);
  if (!isTimeZone(input.timeZone)) {
    throw new SluiceError('INPUT_INVALID', `There is no time zone named "${input.timeZone}"`, {
      fix: 'Use an IANA name such as Europe/Berlin, or UTC.',
    });
  }
  const available = await listObjects(core, input.source, signal);
  const objects = resolveObjects(input.objects === 'all' ? available : input.objects, available);
  if (objects.length === 0) {
    throw new SluiceError(
      'OBJECT_NOT_FOUND',
      `The source "${input.source}" has no object that this user can see`,
    );
  }
  const pipeline: Pipeline = { ...input, objects };
  core.settings.update((settings) => {
    if (settings.pipelines.some(({ name }) => name === input.name)) throw nameTaken('pipeline', input.name);
    const next = { ...settings, pipelines: [...settings.pipelines, pipeline] };
    const assembly = assembled(next, pipeline);
    for (const object of objects) placeObject(assembly, object, nextJob(core));
    placeManifest(assembly, nextJob(core));
    refuseCollisions(next, assembly);
    return next;
  });
  return pipeline;
}

export function removePipeline(core: CoreContext, name: string): void {
  find(listPipelines(core), name, 'pipeline');
  core.settings.update((settings) => ({
    ...settings,
    pipelines: settings.pipelines.filter((pipeline) => pipeline.name !== name),
  }));
}

/** Where a load that starts at `at` with this job id writes an object. */
export function placeObject(
  { pipeline, source, destination }: Assembly,
  object: ObjectName,
  job: JobMoment,
  timeZone = pipeline.timeZone,
): RenderedPath {
  return renderPath({
    pathPrefix: destination.pathPrefix,
    destinationPrefix: pipeline.destinationPrefix,
    database: source.database,
    schema: object.schema,
    object: object.name,
    partitionKey: pipeline.partitionKey,
    ...job,
    timeZone,
  });
}

/** Where a load that starts at `at` with this job id writes its manifest; undefined where it writes none. */
export function placeManifest({ pipeline, destination }: Assembly, job: JobMoment): string | undefined {
  if (pipeline.manifest !== true) return undefined;
  return manifestKey(destination.pathPrefix, { ...job, timeZone: pipeline.timeZone });
}

/** The directories of a load that would start now; its job id is an example. */
export function previewPipeline(core: CoreContext, name: string): Preview {
  const settings = core.settings.read();
  const assembly = assemble(settings, name);
  const job = nextJob(core);
  const objects = assembly.pipeline.objects.map((object) => {
    const placed = placeObject(assembly, object, job);
    const utc =
      assembly.pipeline.timeZone === 'UTC' ? {} : { pathUtc: placeObject(assembly, object, job, 'UTC').path };
    return { object: displayName(object), ...placed, ...utc };
  });
  const manifestKey = placeManifest(assembly, job);
  const manifest = manifestKey === undefined ? {} : { manifestKey };
  return { objects, collisions: collisionsWith(settings, assembly), ...manifest };
}

/** @throws SluiceError PATH_COLLISION with the names of both */
export function refuseCollisions(settings: Settings, assembly: Assembly): void {
  const [collision] = collisionsWith(settings, assembly);
  if (collision === undefined) return;
  const names = collision.objects.join(' and ');
  throw new SluiceError('PATH_COLLISION', `${names} would write to one directory, ${collision.path}`, {
    details: { path: collision.path, objects: collision.objects },
  });
}

/** Collisions that this pipeline takes part in, among all pipelines that write to its bucket. */
function collisionsWith(settings: Settings, assembly: Assembly): Preview['collisions'] {
  const { destination, pipeline } = assembly;
  const others = settings.pipelines
    .filter((other) => other.name !== pipeline.name)
    .map((other) => assembled(settings, other))
    .filter((other) => sameBucket(other.destination, destination));
  const ours = placesOf(assembly);
  const all = [...ours, ...others.flatMap(placesOf)];
  const labels = new Set(ours.map((place) => place.label));
  return findCollisions(all).filter(({ objects }) => objects.some((label) => labels.has(label)));
}

/** All collisions among these settings, looked for once per bucket. */
export function allCollisions(settings: Settings): Preview['collisions'] {
  const assemblies = settings.pipelines.map((pipeline) => assembled(settings, pipeline));
  const buckets = Map.groupBy(assemblies, ({ destination: { bucket, endpoint } }) =>
    JSON.stringify([bucket, endpoint]),
  );
  return [...buckets.values()].flatMap((group) => findCollisions(group.flatMap(placesOf)));
}

const sameBucket = (one: Destination, other: Destination): boolean =>
  one.bucket === other.bucket && one.endpoint === other.endpoint;

/** How an object is named where pipelines are compared. */
export const labelOf = ({ name }: Pipeline, object: ObjectName): string => `${name}: ${displayName(object)}`;

/** The directory that is the object's at any time. */
export const directoryOf = ({ pipeline, source, destination }: Assembly, object: ObjectName): string =>
  objectDirectory({
    pathPrefix: destination.pathPrefix,
    destinationPrefix: pipeline.destinationPrefix,
    database: source.database,
    schema: object.schema,
    object: object.name,
  });

const placesOf = (assembly: Assembly): PlacedObject[] => {
  const { pipeline, source } = assembly;
  return pipeline.objects.map((object) => ({
    path: directoryOf(assembly, object),
    label: labelOf(pipeline, object),
    id: JSON.stringify([source.name, object.schema, object.name]),
  }));
};
