/** Policy variables: `${aws:username}` and the like. IAM user guide, "Policy variables". */
import type { RequestContext } from './request.ts';
import { type Token, tokensOf } from './wildcard.ts';

const variable = /\$\{([^}]*)\}/;

/**
 * A value of a policy with its variables filled in; undefined when one of them has no value in this request, and
 * the value then matches nothing. What a variable brings along is never a wildcard.
 * @param wildcards whether `*` and `?` in the policy's own text are wildcards
 */
export function expand(
  value: string,
  { enabled, wildcards }: { readonly enabled: boolean; readonly wildcards: boolean },
  context: RequestContext,
): readonly Token[] | undefined {
  const plain = (text: string): Token[] => (text === '' ? [] : wildcards ? tokensOf(text) : [{ text }]);
  if (!enabled) return plain(value);
  const tokens: Token[] = [];
  let rest = value;
  for (let found = variable.exec(rest); found !== null; found = variable.exec(rest)) {
    tokens.push(...plain(rest.slice(0, found.index)));
    const text = variableOf(found[1] ?? '', context);
    if (text === undefined) return undefined;
    tokens.push({ text });
    rest = rest.slice(found.index + found[0].length);
  }
  return [...tokens, ...plain(rest)];
}

/** `${*}`, `${?}` and `${$}` are these characters themselves; `${key, 'text'}` has a default. */
function variableOf(name: string, context: RequestContext): string | undefined {
  if (name === '*' || name === '?' || name === '$') return name;
  const [, key = '', fallback] = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)')?\s*$/.exec(name) ?? [];
  const values = context.get(key.toLowerCase());
  return values?.length === 1 ? values[0] : fallback;
}

/** The text that tokens without wildcards stand for. */
export const textOf = (tokens: readonly Token[]): string =>
  tokens.map((token) => (typeof token === 'string' ? '' : token.text)).join('');
