/** Where the objects of a pipeline go, in the shape in which a screen shows it. */
import type { Preview, Sanitised } from '../../../shared/model.ts';

export type Directory = Preview['objects'][number];

export interface Directories {
  readonly first: Directory;
  /** The one with the longest key. */
  readonly longest: Directory;
  /** Names that could not stay as they are, each once. */
  readonly changes: readonly Sanitised[];
  /** Worked out when it is shown: a pipeline may have thousands of objects, and a page shows twenty. */
  readonly all: readonly (() => Directory)[];
  readonly collisions: Preview['collisions'];
}

/** Undefined for a preview of nothing. */
export function directoriesOf({ objects, collisions }: Preview): Directories | undefined {
  const [first] = objects;
  if (first === undefined) return undefined;
  return {
    first,
    longest: objects.reduce((one, other) => (other.keyBytes > one.keyBytes ? other : one)),
    changes: uniqueChanges(objects),
    all: objects.map((object) => () => object),
    collisions,
  };
}

export const uniqueChanges = (objects: readonly Directory[]): Sanitised[] => [
  ...new Map(
    objects.flatMap(({ sanitised }) => sanitised).map((change) => [JSON.stringify(change), change]),
  ).values(),
];
