/** What a pipeline that is being typed would write, worked out by the rule that the load itself follows. */
import { findCollisions, type PlacedObject } from '../../../shared/collisions.ts';
import { objectDirectory, renderPath } from '../../../shared/directory-path.ts';
import { replaceRefused, utf8Length } from '../../../shared/key-characters.ts';
import type { Destination, ObjectName, Pipeline, Preview, Source } from '../../../shared/model.ts';
import { displayName } from '../../../shared/model.ts';
import { type Directories, type Directory, uniqueChanges } from './directories.ts';

/** What is saved already: the new pipeline must not write into the directories of these. */
export interface Saved {
  readonly pipelines: readonly Pipeline[];
  readonly sources: readonly Source[];
  readonly destinations: readonly Destination[];
}

export interface Moment {
  readonly at: Date;
  /** An example: every load gets its own. */
  readonly jobId: string;
}

/** What does not depend on the partition key, which is what changes with every key that is pressed. */
export interface Placement {
  readonly pipeline: Pick<Pipeline, 'destinationPrefix' | 'objects'>;
  readonly source: Source;
  readonly destination: Destination;
  /** The one with the longest directory, and so with the longest key: what follows is the same for all. */
  readonly longest: ObjectName | undefined;
  /** Those whose names cannot stay as they are. */
  readonly changed: readonly ObjectName[];
  readonly collisions: Preview['collisions'];
}

/** @throws SluiceError PATH_INVALID */
export function place(
  pipeline: Placement['pipeline'],
  source: Source,
  destination: Destination,
  saved: Saved,
): Placement {
  const ours = placesOf(pipeline, source, destination, '');
  const lengths = ours.map(({ path }) => utf8Length(path));
  const longest = lengths.indexOf(lengths.reduce((one, other) => Math.max(one, other), 0));
  return {
    pipeline,
    source,
    destination,
    longest: pipeline.objects[longest],
    changed: pipeline.objects.filter(({ schema, name }) => isChanged(schema ?? '') || isChanged(name)),
    collisions: collisionsOf(ours, destination, saved),
  };
}

/**
 * The directories of a load that would start at `moment`.
 * @returns undefined where no object is chosen
 * @throws SluiceError PARTITION_KEY_INVALID, PATH_TOO_LONG
 */
export function render(
  { pipeline, source, destination, longest, changed, collisions }: Placement,
  { partitionKey, timeZone }: Pick<Pipeline, 'partitionKey' | 'timeZone'>,
  moment: Moment,
): Directories | undefined {
  const [first] = pipeline.objects;
  if (first === undefined || longest === undefined) return undefined;
  const pathIn = (object: ObjectName, zone: string) =>
    renderPath({
      ...placeOf(pipeline, source, destination, object),
      ...moment,
      partitionKey,
      timeZone: zone,
    });
  const directoryOf = (object: ObjectName): Directory => ({
    object: displayName(object),
    ...pathIn(object, timeZone),
    ...(timeZone === 'UTC' ? {} : { pathUtc: pathIn(object, 'UTC').path }),
  });
  return {
    first: directoryOf(first),
    longest: directoryOf(longest),
    changes: uniqueChanges([first, ...changed].map(directoryOf)),
    all: pipeline.objects.map((object) => () => directoryOf(object)),
    collisions,
  };
}

const isChanged = (name: string): boolean => replaceRefused(name) !== name;

const placeOf = (
  { destinationPrefix }: Pick<Pipeline, 'destinationPrefix'>,
  { database }: Source,
  { pathPrefix }: Destination,
  { schema, name }: ObjectName,
) => ({ pathPrefix, destinationPrefix, database, schema, object: name });

/** Directories that the new pipeline would share, within itself or with another that writes to its bucket. */
function collisionsOf(
  ours: readonly PlacedObject[],
  destination: Destination,
  saved: Saved,
): Preview['collisions'] {
  const others = saved.pipelines.flatMap((other) => {
    const from = saved.sources.find(({ name }) => name === other.source);
    const to = saved.destinations.find(({ name }) => name === other.destination);
    const apart = to?.bucket !== destination.bucket || to.endpoint !== destination.endpoint;
    return from === undefined || apart ? [] : placesOf(other, from, to, `${other.name}: `);
  });
  const labels = new Set(ours.map(({ label }) => label));
  return findCollisions([...ours, ...others]).filter(({ objects }) =>
    objects.some((label) => labels.has(label)),
  );
}

const placesOf = (
  pipeline: Pick<Pipeline, 'destinationPrefix' | 'objects'>,
  source: Source,
  destination: Destination,
  label: string,
): PlacedObject[] =>
  pipeline.objects.map((object) => ({
    path: objectDirectory(placeOf(pipeline, source, destination, object)),
    label: label + displayName(object),
    id: JSON.stringify([source.name, object.schema, object.name]),
  }));
