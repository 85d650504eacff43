/** The words of the CSV dialect for sources whose rows are encoded here. Pure. */

/**
 * A double in PostgreSQL's text form: the shortest digits that read back as the same number, in scientific
 * form below 1e-04 and from 1e+15 on, as its float8 output writes them.
 */
export function floatText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e15) return String(value);
  if (size === 0) return Object.is(value, -0) ? '-0' : '0';
  if (!Number.isFinite(value)) return String(value); // NaN, Infinity and -Infinity are the same words
  // JavaScript writes e-5 where PostgreSQL writes e-05
  return value.toExponential().replace(/e([+-])(\d)$/, (_, sign, digit) => `e${sign}0${digit}`);
}

/** Binary data as PostgreSQL's hex form: `\x` and lower-case digits. */
export const blobText = (bytes: Uint8Array): string =>
  `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;

/** For an object with one nullable column: its NULL rows are empty lines in a CSV file. */
export const singleColumnWarning = (column: string): string =>
  `its only column "${column}" may be NULL: such a row is a blank line, which some readers skip`;
