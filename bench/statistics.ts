/** The middle one, or the mean of the two in the middle. @throws Error for no numbers */
export function median(numbers: readonly number[]): number {
  if (numbers.length === 0) throw new Error('the median of nothing');
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

/** The median of those that are known; null where none is. */
export function medianKnown(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? null : median(known);
}
