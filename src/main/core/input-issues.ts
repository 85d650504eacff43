/** What zod finds wrong with an input, in plain words. */

/** The parts of a zod issue that are used; see https://zod.dev/packages/core#issue-types */
export interface InputIssue {
  readonly message: string;
  readonly code?: string;
  readonly path?: readonly PropertyKey[];
  /** Of a wrong type. */
  readonly expected?: string;
  /** Of a union: what is wrong with each way. */
  readonly errors?: readonly (readonly InputIssue[])[];
  readonly values?: readonly unknown[];
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
}

/** Messages of the model's own begin otherwise, and are better than anything that is made here. */
const zodsOwn = /^(Invalid (input|option|discriminator value)|Too (small|big)|Unrecognized)/;

/** One sentence without a full stop, beginning with the field. */
export function wordsOfIssue(issue: InputIssue): string {
  const nearest = issue.code === 'invalid_union' ? closest(issue) : issue;
  const path = nearest === issue ? issue.path : [...(issue.path ?? []), ...(nearest.path ?? [])];
  const field = (path ?? []).filter((part) => typeof part === 'string').at(-1);
  const words = zodsOwn.test(nearest.message) ? plain(nearest) : nearest.message;
  return field === undefined ? words : `${field}: ${words}`;
}

/** Of the ways that a value may be, the one that it comes nearest to: it has the right type, at least. */
function closest(union: InputIssue): InputIssue {
  const firsts = (union.errors ?? []).flatMap((issues) => issues.slice(0, 1));
  const kinds = new Set(['invalid_type', 'invalid_value']);
  return firsts.find(({ code }) => code !== undefined && !kinds.has(code)) ?? union;
}

function plain({ code, expected, values, minimum, maximum, message }: InputIssue): string {
  switch (code) {
    case 'invalid_type':
      return / received undefined$/.test(message) ? 'is missing' : `is not of the type ${expected}`;
    case 'invalid_value':
      return `must be ${(values ?? []).map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_small':
      return Number(minimum) === 1 ? 'must not be empty' : `is too short: at least ${minimum} are needed`;
    case 'too_big':
      return `is too long: at most ${maximum} are allowed`;
    default: {
      const choices = / Expected ('.+')$/.exec(message)?.[1];
      return choices === undefined
        ? 'is not of a form that is known here'
        : `must be ${choices.replaceAll(' | ', ' or ')}`;
    }
  }
}
