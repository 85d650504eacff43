/** Finds what a model does not know, which zod drops without a word. */

/** True for what `{…}` makes in JSON. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The path of the first property of `given` that the model dropped, e.g. `sources.0.password`. */
export function unknownProperty(
  given: unknown,
  known: unknown,
  path: readonly string[] = [],
): string | undefined {
  if (Array.isArray(given) && Array.isArray(known)) {
    for (const [index, item] of given.entries()) {
      const found = unknownProperty(item, known[index], [...path, String(index)]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isObject(given) || !isObject(known)) return undefined;
  for (const [key, value] of Object.entries(given)) {
    const here = [...path, key];
    if (!Object.hasOwn(known, key)) {
      if (value === undefined) continue;
      return here.join('.');
    }
    const found = unknownProperty(value, known[key], here);
    if (found !== undefined) return found;
  }
  return undefined;
}
