/**
 * Condition operators. IAM user guide, "Condition operators" and "Multivalued context keys": a missing key fails a
 * positive operator and satisfies a negated one; several values of the policy are alternatives, for a negated
 * operator all of them must differ.
 */
import { BlockList, isIP } from 'node:net';
import type { Condition } from './document.ts';
import type { RequestContext } from './request.ts';
import { expand, textOf } from './variables.ts';
import { matches, type Token } from './wildcard.ts';

/** Compares one value of the request with one of the policy. */
type Compare = (actual: string, wanted: readonly Token[]) => boolean;

interface Operator {
  readonly compare: Compare;
  readonly negated: boolean;
  /** `*` and `?` of the policy's value are wildcards. */
  readonly wildcards: boolean;
  /** Values may hold policy variables. */
  readonly variables: boolean;
}

const text = (compare: (actual: string, wanted: string) => boolean): Compare => {
  return (actual, wanted) => compare(actual, textOf(wanted));
};
const lower = (value: string): string => value.toLowerCase();

function pair(name: [string, string], compare: Compare, more: Partial<Operator>): [string, Operator][] {
  const operator = { compare, negated: false, wildcards: false, variables: false, ...more };
  return [
    [name[0], operator],
    [name[1], { ...operator, negated: true }],
  ];
}

const ofText = { variables: true };
const ofPattern = { variables: true, wildcards: true };

const operators: ReadonlyMap<string, Operator> = new Map([
  ...pair(
    ['stringequals', 'stringnotequals'],
    text((a, b) => a === b),
    ofText,
  ),
  ...pair(
    ['stringequalsignorecase', 'stringnotequalsignorecase'],
    text((a, b) => lower(a) === lower(b)),
    ofText,
  ),
  ...pair(['stringlike', 'stringnotlike'], (actual, wanted) => matches(wanted, actual), ofPattern),
  ...pair(['arnequals', 'arnnotequals'], matchesArn, ofPattern),
  ...pair(['arnlike', 'arnnotlike'], matchesArn, ofPattern),
  ...pair(
    ['numericequals', 'numericnotequals'],
    numbers((a, b) => a === b),
    {},
  ),
  ...single(
    'numericlessthan',
    numbers((a, b) => a < b),
  ),
  ...single(
    'numericlessthanequals',
    numbers((a, b) => a <= b),
  ),
  ...single(
    'numericgreaterthan',
    numbers((a, b) => a > b),
  ),
  ...single(
    'numericgreaterthanequals',
    numbers((a, b) => a >= b),
  ),
  ...pair(
    ['dateequals', 'datenotequals'],
    dates((a, b) => a === b),
    {},
  ),
  ...single(
    'datelessthan',
    dates((a, b) => a < b),
  ),
  ...single(
    'datelessthanequals',
    dates((a, b) => a <= b),
  ),
  ...single(
    'dategreaterthan',
    dates((a, b) => a > b),
  ),
  ...single(
    'dategreaterthanequals',
    dates((a, b) => a >= b),
  ),
  ...single(
    'bool',
    text((a, b) => lower(a) === lower(b) && /^(true|false)$/i.test(b)),
  ),
  ...single(
    'binaryequals',
    text((a, b) => Buffer.from(a, 'base64').equals(Buffer.from(b, 'base64'))),
  ),
  ...pair(['ipaddress', 'notipaddress'], text(isInRange), {}),
]);

/** Whether every condition of a statement holds. */
export const hold = (
  conditions: readonly Condition[],
  context: RequestContext,
  variables: boolean,
): boolean => conditions.every((condition) => holds(condition, context, variables));

function holds(condition: Condition, context: RequestContext, variables: boolean): boolean {
  const actual = context.get(condition.key) ?? [];
  if (condition.operator === 'null') return isNull(condition, actual);
  const operator = operators.get(condition.operator);
  if (operator === undefined) return false;
  if (actual.length === 0) {
    return (
      condition.ifExists || (condition.quantifier === undefined ? operator.negated : isForAll(condition))
    );
  }
  const enabled = variables && operator.variables;
  const wanted = condition.values.map((value) =>
    expand(value, { enabled, wildcards: operator.wildcards }, context),
  );
  // A variable without a value matches nothing, and says nothing about a difference either.
  const compare = (value: string, tokens: (typeof wanted)[number]): boolean =>
    tokens !== undefined && operator.compare(value, tokens) !== operator.negated;
  const fits = (value: string): boolean =>
    operator.negated
      ? wanted.every((tokens) => compare(value, tokens))
      : wanted.some((tokens) => compare(value, tokens));
  if (condition.quantifier === undefined) return actual.length === 1 && fits(actual[0] ?? '');
  return isForAll(condition) ? actual.every(fits) : actual.some(fits);
}

const isForAll = ({ quantifier }: Condition): boolean => quantifier === 'ForAllValues';

/** `"Null": {key: "true"}`: the key is absent. */
const isNull = ({ values }: Condition, actual: readonly string[]): boolean =>
  values.some((value) => lower(value) === String(actual.length === 0));

/** Each of the six parts of an ARN on its own: a wildcard does not reach over a colon, except in the last. */
function matchesArn(actual: string, wanted: readonly Token[]): boolean {
  const patterns = arnPartsOf(wanted);
  const parts = actual.split(':');
  if (patterns.length !== 6 || parts.length < 6) return false;
  const whole = [...parts.slice(0, 5), parts.slice(5).join(':')];
  return patterns.every((pattern, at) => matches(pattern, whole[at] ?? ''));
}

function arnPartsOf(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    const pieces = typeof token === 'string' ? [token] : token.text.split(':');
    for (const [at, piece] of pieces.entries()) {
      const isNext = at > 0 && parts.length < 6;
      if (isNext) parts.push([]);
      const rest = at > 0 && !isNext ? `:${piece}` : piece;
      if (typeof token === 'string') parts.at(-1)?.push(token);
      else if (rest !== '') parts.at(-1)?.push({ text: rest });
    }
  }
  return parts;
}

function single(name: string, compare: Compare): [string, Operator][] {
  return [[name, { compare, negated: false, wildcards: false, variables: false }]];
}

function numbers(compare: (actual: number, wanted: number) => boolean): Compare {
  return text((a, b) => {
    const [actual, wanted] = [a, b].map((value) => (value.trim() === '' ? Number.NaN : Number(value)));
    if (actual === undefined || wanted === undefined) return false;
    return !Number.isNaN(actual) && !Number.isNaN(wanted) && compare(actual, wanted);
  });
}

/** ISO 8601, or seconds since 1970. */
function dates(compare: (actual: number, wanted: number) => boolean): Compare {
  const time = (value: string): number => (/^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value));
  return text((a, b) => {
    const [actual, wanted] = [time(a), time(b)];
    return !Number.isNaN(actual) && !Number.isNaN(wanted) && compare(actual, wanted);
  });
}

function isInRange(address: string, range: string): boolean {
  const [network = '', length] = range.split('/');
  const version = isIP(network);
  if (version === 0 || isIP(address) === 0) return false;
  const type = version === 4 ? 'ipv4' : 'ipv6';
  const bits = length === undefined ? (version === 4 ? 32 : 128) : Number(length);
  if (!Number.isInteger(bits) || bits < 0 || bits > (version === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, type);
  return isIP(address) === version && list.check(address, type);
}
