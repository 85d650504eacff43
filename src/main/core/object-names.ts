/** From what the user typed to the objects of a source. */
import { SluiceError } from '../../shared/errors.ts';
import { displayName, type ObjectName, type SourceObject } from '../../shared/model.ts';
import { nearest } from '../../shared/nearest.ts';

/**
 * Finds each object by `SCHEMA.NAME` or `NAME`. Names may hold dots, so the text is compared with what there
 * is instead of being cut apart; double quotes around a part, as in SQL, are taken off.
 * @throws SluiceError OBJECT_NOT_FOUND, OBJECT_AMBIGUOUS (details: candidates), INPUT_INVALID for a repetition
 */
export function resolveObjects(
  wanted: readonly (string | ObjectName)[],
  available: readonly SourceObject[],
): ObjectName[] {
  const found = wanted.map((item) =>
    typeof item === 'string' ? byText(item, available) : byName(item, available),
  );
  const seen = new Set<string>();
  for (const object of found) {
    const key = JSON.stringify([object.schema, object.name]);
    if (seen.has(key)) {
      throw new SluiceError('INPUT_INVALID', `The object ${displayName(object)} is named twice`);
    }
    seen.add(key);
  }
  return found;
}

function byText(text: string, available: readonly SourceObject[]): ObjectName {
  const exact = available.filter((object) => displayName(object) === text || quotedName(object) === text);
  const matches = exact.length > 0 ? exact : available.filter((object) => object.name === text);
  const [match] = matches;
  if (match === undefined) throw notFound(text, available);
  if (matches.length > 1) {
    const candidates = matches.map(quotedName);
    throw new SluiceError('OBJECT_AMBIGUOUS', `"${text}" could be ${candidates.join(' or ')}`, {
      details: { candidates },
    });
  }
  return { schema: match.schema, name: match.name };
}

function byName(object: ObjectName, available: readonly SourceObject[]): ObjectName {
  const match = available.find(({ schema, name }) => schema === object.schema && name === object.name);
  if (match === undefined) throw notFound(displayName(object), available);
  return { schema: match.schema, name: match.name };
}

const quotedName = ({ schema, name }: ObjectName): string =>
  schema === null ? `"${name}"` : `"${schema}"."${name}"`;

function notFound(text: string, available: readonly SourceObject[]): SluiceError {
  const near = nearest(
    text,
    available.flatMap((object) => [displayName(object), object.name]),
  );
  return new SluiceError(
    'OBJECT_NOT_FOUND',
    `The source has no object named "${text}" that this user can see`,
    {
      ...(near === undefined ? {} : { fix: `Did you mean "${near}"?` }),
      details: { object: text },
    },
  );
}
