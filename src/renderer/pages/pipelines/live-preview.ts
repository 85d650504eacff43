/** What a pipeline that is being typed would write, worked out by the rule that the load itself follows. */
import { findCollisions, type PlacedObject } from '../../../shared/collisions.ts';
import { objectDirectory, renderPath } from '../../../shared/directory-path.ts';
import { SluiceError } from '../../../shared/errors.ts';
import type { Destination, ObjectName, Pipeline, Preview, Source } from '../../../shared/model.ts';
import { displayName } from '../../../shared/model.ts';

/** What is saved already: the new pipeline must not write into the directories of these. */
export interface Saved {
  readonly pipelines: readonly Pipeline[];
  readonly sources: readonly Source[];
  readonly destinations: readonly Destination[];
}

/** What of a pipeline its directories depend on. */
export type Placed = Pick<Pipeline, 'destinationPrefix' | 'partitionKey' | 'timeZone' | 'objects'>;

export interface Moment {
  readonly at: Date;
  /** An example: every load gets its own. */
  readonly jobId: string;
}

export type LivePreview = { readonly preview: Preview } | { readonly problem: SluiceError };

/** The preview, or why there is none: the first thing that the rule refuses. */
export function livePreview(
  pipeline: Placed,
  source: Source,
  destination: Destination,
  saved: Saved,
  moment: Moment,
): LivePreview {
  const render = (object: ObjectName, timeZone: string) =>
    renderPath({ ...pipeline, ...placeOf(pipeline, source, destination, object), ...moment, timeZone });
  try {
    const objects = pipeline.objects.map((object) => ({
      object: displayName(object),
      ...render(object, pipeline.timeZone),
      ...(pipeline.timeZone === 'UTC' ? {} : { pathUtc: render(object, 'UTC').path }),
    }));
    return { preview: { objects, collisions: collisionsOf(pipeline, source, destination, saved) } };
  } catch (error) {
    if (error instanceof SluiceError) return { problem: error };
    throw error;
  }
}

const placeOf = (
  { destinationPrefix }: Pick<Pipeline, 'destinationPrefix'>,
  { database }: Source,
  { pathPrefix }: Destination,
  { schema, name }: ObjectName,
) => ({ pathPrefix, destinationPrefix, database, schema, object: name });

/** Directories that the new pipeline would share, within itself or with another that writes to its bucket. */
function collisionsOf(
  pipeline: Placed,
  source: Source,
  destination: Destination,
  saved: Saved,
): Preview['collisions'] {
  const ours = placesOf(pipeline, source, destination, '');
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
