/** `*` and `?` in actions, ARNs and values. */

/** A text that matches itself; any number of characters; exactly one. */
export type Token = { readonly text: string } | 'any' | 'one';

/** Text in which `*` and `?` are wildcards. */
export function tokensOf(pattern: string): Token[] {
  return (pattern.match(/\*|\?|[^*?]+/g) ?? []).map((piece) =>
    piece === '*' ? 'any' : piece === '?' ? 'one' : { text: piece },
  );
}

/** True when the pattern covers the whole text. Linear in pattern x text: no pattern can hang the server. */
export function matches(pattern: readonly Token[], text: string): boolean {
  const units = pattern.flatMap((token): (string | 'any' | 'one')[] =>
    typeof token === 'string' ? [token] : [...token.text].map((character) => `=${character}`),
  );
  const characters = [...text];
  let at = 0;
  let unit = 0;
  // Where to go back to: after the latest `*`, and the character that it then swallows too.
  let star = -1;
  let swallowed = 0;
  while (at < characters.length) {
    if (units[unit] === 'any') {
      star = unit++;
      swallowed = at;
    } else if (units[unit] === 'one' || units[unit] === `=${characters[at]}`) {
      unit++;
      at++;
    } else if (star !== -1) {
      unit = star + 1;
      at = ++swallowed;
    } else return false;
  }
  while (units[unit] === 'any') unit++;
  return unit === units.length;
}

/** Actions know no upper and lower case. */
export const matchesAction = (pattern: string, action: string): boolean =>
  matches(tokensOf(pattern.toLowerCase()), action.toLowerCase());
