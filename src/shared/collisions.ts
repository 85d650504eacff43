/** Which objects would write into one another's directory. */

export interface PlacedObject {
  /** From `objectDirectory`: the part before the partition key, ending with a slash. */
  readonly path: string;
  /** How the object is named to the user. */
  readonly label: string;
  /**
   * What the object is, e.g. its source and its name. Entries with the same id are one object and do not
   * collide; an entry without an id counts as an object of its own.
   */
  readonly id?: string;
}

export interface Collision {
  readonly path: string;
  /** Labels, in the order given. */
  readonly objects: string[];
}

/**
 * Finds the directories that belong to more than one object. Give it every object of every pipeline that
 * writes to one bucket.
 *
 * Two rules err on the safe side. The partition key is not looked at: two jobs that start at different times
 * have different paths today and the same tomorrow, and whoever reads the object's directory reads everything
 * below it, so different keys do not keep two objects apart. For the same reason a directory inside another
 * object's directory collides with it; this takes two destinations on one bucket, one with a path prefix that
 * leads into the other's directory.
 */
export function findCollisions(entries: readonly PlacedObject[]): Collision[] {
  const place = new Map(entries.map((entry, index) => [entry, index]));
  const inOrder = entries.toSorted((one, other) => compare(one.path, other.path));
  const found: Collision[] = [];
  let group: PlacedObject[] = [];
  const close = (): void => {
    const path = group[0]?.path;
    if (path === undefined || countObjects(group) < 2) return;
    const asGiven = group.toSorted((one, other) => (place.get(one) ?? 0) - (place.get(other) ?? 0));
    found.push({ path, objects: asGiven.map((entry) => entry.label) });
  };
  for (const entry of inOrder) {
    const outer = group[0]?.path;
    if (outer !== undefined && entry.path.startsWith(outer)) {
      group.push(entry);
    } else {
      close();
      group = [entry];
    }
  }
  close();
  return found;
}

function countObjects(group: readonly PlacedObject[]): number {
  const named = group.flatMap((entry) => entry.id ?? []);
  return new Set(named).size + (group.length - named.length);
}

/** By code unit, so that what begins with a path follows it at once. */
function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
