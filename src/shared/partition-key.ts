/**
 * The partition key: the template that ends a directory path, e.g. `${YEAR}/${MONTH}/${DAY}/${JOB_ID}`. It is
 * parsed once and rendered once; what a parameter renders to is never looked at again.
 *
 * What may stand around the parameters:
 * - Text stays as it is. A `$` that no `{` follows is text.
 * - Slashes make folders. Those at the ends are kept by parse and print, and dropped when the key is rendered.
 *   A doubled slash further in, and a folder named `.` or `..`, are errors.
 * - Braces outside a parameter, control characters and the other characters that S3 advises against (see
 *   key-characters.ts) are errors, not replaced: somebody typed them here and should know.
 * - At least one parameter is needed; one may stand more than once.
 */
import type { WallClock } from './clock.ts';
import { SluiceError } from './errors.ts';
import { findRefused } from './key-characters.ts';
import { nearest } from './nearest.ts';

export const parameterNames = ['YEAR', 'MONTH', 'DAY', 'DATE', 'HOUR', 'JOB_ID'] as const;
export type ParameterName = (typeof parameterNames)[number];

export type PartitionKeyPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: ParameterName };
/** Never two texts side by side, and at least one parameter. */
export type PartitionKey = readonly PartitionKeyPart[];

/**
 * @throws SluiceError PARTITION_KEY_INVALID; details: `position` (0-based, UTF-16 code units) and `length` of
 *   what is wrong, and `nearest`, the known name that was probably meant, or null.
 */
export function parsePartitionKey(text: string): PartitionKey {
  const parts: PartitionKeyPart[] = [];
  let at = 0;
  while (at < text.length) {
    const opening = text.indexOf('${', at);
    const end = opening === -1 ? text.length : opening;
    if (end > at) parts.push({ kind: 'text', text: checkText(text, at, end) });
    if (opening === -1) break;
    const name = readParameter(text, opening);
    parts.push({ kind: 'parameter', name });
    at = opening + name.length + '${}'.length;
  }
  checkFolders(text);
  if (!parts.some((part) => part.kind === 'parameter')) throw noParameter(text);
  return parts;
}

/** The text that {@link parsePartitionKey} read. */
export const printPartitionKey = (key: PartitionKey): string =>
  key.map((part) => (part.kind === 'text' ? part.text : `\${${part.name}}`)).join('');

/**
 * The end of a directory path, without slashes at its ends, e.g. `year=2024/month=11/day=27/job_id=d12d…`.
 * @throws SluiceError INPUT_INVALID when the job id is not a UUID
 */
export function renderPartitionKey(key: PartitionKey, clock: WallClock, jobId: string): string {
  const values: Readonly<Record<ParameterName, string>> = {
    YEAR: clock.year,
    MONTH: clock.month,
    DAY: clock.day,
    DATE: `${clock.year}-${clock.month}-${clock.day}`,
    HOUR: clock.hour,
    JOB_ID: canonicalJobId(jobId),
  };
  return key
    .map((part) => (part.kind === 'text' ? part.text : `${part.name.toLowerCase()}=${values[part.name]}`))
    .join('')
    .replace(/^\/+|\/+$/g, '');
}

/**
 * A job id in the one spelling that keys use, lower case. Any UUID will do, whatever its version.
 * @throws SluiceError INPUT_INVALID
 */
export function canonicalJobId(jobId: string): string {
  const lower = jobId.toLowerCase();
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(lower)) return lower;
  throw new SluiceError('INPUT_INVALID', `The job id ${JSON.stringify(jobId)} is not a UUID`, {
    fix: 'Use a UUID such as d12d74f4-d647-4929-a5a6-d329afd916f4.',
  });
}

function readParameter(text: string, opening: number): ParameterName {
  const rest = text.slice(opening + '${'.length);
  const typed = /^[^${}/]*/.exec(rest)?.[0] ?? '';
  const suggestion = nearestParameter(typed);
  const closed = rest[typed.length] === '}';
  const length = typed.length + (closed ? '${}' : '${').length;
  const fail = (problem: string): SluiceError => invalid(problem, opening, length, suggestion);
  if (!closed) throw fail(`The parameter that begins with \${ ${whereIs(opening)} is not closed with }`);
  if (typed === '') throw fail(`The parameter \${} ${whereIs(opening)} has no name`);
  const known = parameterNames.find((name) => name === typed);
  if (known !== undefined) return known;
  const spelling =
    suggestion === typed.trim().toUpperCase() ? ', parameters are in capitals without spaces' : '';
  const shown = typed.replace(/\p{Cc}/gu, '\uFFFD');
  throw fail(`There is no parameter \${${shown}} (${whereIs(opening)})${spelling}`);
}

function checkText(text: string, from: number, to: number): string {
  const piece = text.slice(from, to);
  const found = findRefused(piece);
  if (found === undefined) return piece;
  const position = from + found.position;
  const braced = /^\{([A-Za-z_ ]+)\}?/.exec(text.slice(position))?.[1];
  const problem = `The character ${found.shown} ${whereIs(position)} must not stand in a path`;
  throw invalid(problem, position, 1, braced === undefined ? undefined : nearestParameter(braced));
}

/** Looks at the template, not at what it renders to: a parameter holds no slash and is never a mere dot. */
function checkFolders(text: string): void {
  const start = /^\/*/.exec(text)?.[0].length ?? 0;
  const inner = text.slice(start).replace(/\/+$/, '');
  const doubled = /\/{2,}/.exec(inner);
  if (doubled !== null) {
    const position = start + doubled.index;
    throw invalid(
      `The slashes ${whereIs(position)} make a folder without a name`,
      position,
      doubled[0].length,
    );
  }
  const dots = /(?<=^|\/)\.{1,2}(?=\/|$)/.exec(inner);
  if (dots !== null) {
    const position = start + dots.index;
    throw invalid(`A folder must not be named "${dots[0]}" (${whereIs(position)})`, position, dots[0].length);
  }
}

function noParameter(text: string): SluiceError {
  const bare = /\$([A-Za-z_]+)/.exec(text)?.[1];
  const suggestion = bare === undefined ? undefined : nearestParameter(bare);
  return invalid('The partition key holds no parameter', 0, text.length, suggestion);
}

/** Also finds the word that somebody cut short or drew out: JOB, MONTH_OF_YEAR. */
function nearestParameter(typed: string): ParameterName | undefined {
  const word = typed.trim().toUpperCase();
  const close = nearest(word, parameterNames);
  return parameterNames.find(
    (name) =>
      name === close ||
      (close === undefined && word.length > 2 && (name.startsWith(word) || word.startsWith(`${name}_`))),
  );
}

/** People count from one. */
const whereIs = (position: number): string => `at character ${position + 1}`;

function invalid(problem: string, position: number, length: number, suggestion?: string): SluiceError {
  const hint = suggestion === undefined ? '' : `; did you mean \${${suggestion}}?`;
  return new SluiceError('PARTITION_KEY_INVALID', `${problem}${hint}`, {
    details: { position, length, nearest: suggestion ?? null },
  });
}
