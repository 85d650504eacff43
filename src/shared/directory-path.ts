/**
 * The rule for where an object's files go, used by the preview and by the load alike:
 *
 *   <path prefix>/<destination prefix>_<database>_<schema>_<object>/<partition key>/
 *
 * A part that is absent is left out with its separator. Names (the four parts between the slashes) are cleaned
 * with `_` and the change is reported; the path prefix and the partition key are refused instead, since
 * somebody typed them here.
 */
import { wallClock } from './clock.ts';
import { SluiceError } from './errors.ts';
import { findRefused, replaceRefused, utf8Length } from './key-characters.ts';
import type { Sanitised } from './model.ts';
import { canonicalJobId, parsePartitionKey, renderPartitionKey } from './partition-key.ts';

/** The longest key that S3 takes, in bytes of UTF-8. */
export const maxKeyBytes = 1024;

/** Five digits, so that every part file of a job has a key of the same length. */
const maxPartFiles = 99_999;

export interface ObjectPlace {
  /** May hold slashes; '' for none. White space and slashes at its ends are dropped. */
  readonly pathPrefix: string;
  /** '' for none. */
  readonly destinationPrefix: string;
  /** '' for none. */
  readonly database: string;
  /** null (or '') where the engine has none. */
  readonly schema: string | null;
  readonly object: string;
}

export interface PathInput extends ObjectPlace {
  /** The template, see partition-key.ts. */
  readonly partitionKey: string;
  /** When the job was first started. */
  readonly at: Date;
  /** IANA name. */
  readonly timeZone: string;
  /** A UUID. */
  readonly jobId: string;
}

export interface RenderedPath {
  /** Ends with a slash, never begins with one. */
  readonly path: string;
  /** The key of part file 1; every other part file's key has the same length. */
  readonly firstKey: string;
  /** Bytes of UTF-8 of `firstKey`; at most {@link maxKeyBytes}. */
  readonly keyBytes: number;
  /** `part` is pathPrefix, destinationPrefix, database, schema or object. */
  readonly sanitised: Sanitised[];
}

/**
 * @throws SluiceError PATH_INVALID (path prefix, or an object without a name), PARTITION_KEY_INVALID,
 *   PATH_TOO_LONG (details: keyBytes, limit, path), INPUT_INVALID (time zone, time, job id)
 */
export function renderPath(input: PathInput): RenderedPath {
  const { directory, sanitised } = placeOf(input);
  const key = parsePartitionKey(input.partitionKey);
  const ending = renderPartitionKey(key, wallClock(input.at, input.timeZone), input.jobId);
  const path = `${directory}${ending}/`;
  const firstKey = path + partFileName(1, input.jobId);
  const keyBytes = utf8Length(firstKey);
  if (keyBytes > maxKeyBytes) {
    const lengths = `${keyBytes} bytes long with its file name, and S3 allows ${maxKeyBytes}`;
    throw new SluiceError('PATH_TOO_LONG', `The key for ${JSON.stringify(input.object)} is ${lengths}`, {
      details: { keyBytes, limit: maxKeyBytes, path },
    });
  }
  return { path, firstKey, keyBytes, sanitised };
}

/**
 * The directory that belongs to an object whatever the partition key and the time; ends with a slash.
 * @throws SluiceError PATH_INVALID
 */
export const objectDirectory = (place: ObjectPlace): string => placeOf(place).directory;

/**
 * `part-00001-d12d74f4.csv.gz`: a second job never meets the file names of an earlier one.
 * @param index from 1 to 99,999
 * @throws SluiceError PATH_INVALID beyond that, INPUT_INVALID when the job id is not a UUID
 */
export function partFileName(index: number, jobId: string): string {
  if (!Number.isInteger(index) || index < 1 || index > maxPartFiles) {
    throw new SluiceError('PATH_INVALID', `An object cannot have a part file number ${index}`, {
      fix: `Make the files larger: an object has at most ${maxPartFiles} of them.`,
      details: { index, limit: maxPartFiles },
    });
  }
  return `part-${String(index).padStart(5, '0')}-${canonicalJobId(jobId).slice(0, 8)}.csv.gz`;
}

/**
 * A path prefix as it is stored and used: without white space and slashes at its ends.
 * @throws SluiceError PATH_INVALID; details: `part`, `position` (0-based, in what was typed) and `length`
 */
export function normalisePathPrefix(typed: string): string {
  const start = /^[\s/]*/.exec(typed)?.[0].length ?? 0;
  const prefix = typed.slice(start).replace(/[\s/]+$/, '');
  const fail = (problem: string, index: number, length: number): SluiceError => {
    const position = start + index;
    return new SluiceError('PATH_INVALID', `The path prefix ${problem} (at character ${position + 1})`, {
      details: { part: 'pathPrefix', position, length },
    });
  };
  const found = findRefused(prefix);
  if (found !== undefined) throw fail(`must not hold the character ${found.shown}`, found.position, 1);
  const doubled = /\/{2,}/.exec(prefix);
  if (doubled !== null) throw fail('has a folder without a name', doubled.index, doubled[0].length);
  const dots = /(?<=^|\/)\.{1,2}(?=\/|$)/.exec(prefix);
  if (dots !== null) throw fail(`must not have a folder named "${dots[0]}"`, dots.index, dots[0].length);
  return prefix;
}

function placeOf(place: ObjectPlace): { readonly directory: string; readonly sanitised: Sanitised[] } {
  const sanitised: Sanitised[] = [];
  const note = (part: string, from: string, to: string): string => {
    if (from !== to) sanitised.push({ part, from, to });
    return to;
  };
  if (place.object === '') throw new SluiceError('PATH_INVALID', 'An object without a name has no directory');
  const prefix = note('pathPrefix', place.pathPrefix, normalisePathPrefix(place.pathPrefix));
  const names = (['destinationPrefix', 'database', 'schema'] as const)
    .map((part) => note(part, place[part] ?? '', replaceRefused(place[part] ?? '')))
    .filter((name) => name !== '');
  const alone = names.length === 0;
  names.push(note('object', place.object, cleanObject(place.object, alone)));
  const directory = names.join('_');
  return { directory: prefix === '' ? `${directory}/` : `${prefix}/${directory}/`, sanitised };
}

/** Joined to other parts a dot is harmless; a whole folder named `.` or `..` would climb in many tools. */
function cleanObject(object: string, alone: boolean): string {
  const clean = replaceRefused(object);
  return alone && /^\.{1,2}$/.test(clean) ? clean.replaceAll('.', '_') : clean;
}
