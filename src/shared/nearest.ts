/**
 * The known word that somebody probably meant, or undefined when nothing is close. Near is: at most one slip in
 * a short word and two in one of four or more letters, where swapping two neighbours is one slip. Case and white
 * space around do not count.
 */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const word = typed.trim().toUpperCase();
  const limit = word.length < 4 ? 1 : 2;
  let best: { readonly word: string; readonly slips: number } | undefined;
  for (const candidate of known) {
    const slips = editDistance(word, candidate.toUpperCase());
    if (slips <= limit && (best === undefined || slips < best.slips)) best = { word: candidate, slips };
  }
  return best?.word;
}

/** Optimal string alignment distance; both words are short, so the plain table will do. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
