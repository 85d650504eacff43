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
  const text = size >= 2 ** 53 && size < 1e40 ? unambiguous(value) : value.toExponential();
  // JavaScript writes e-5 where PostgreSQL writes e-05
  return text.replace(/e([+-])(\d)$/, (_, sign, digit) => `e${sign}0${digit}`);
}

/**
 * JavaScript's shortest digits may lie exactly halfway between two doubles and rely on rounding to even
 * (1e+23); PostgreSQL takes only digits that are nearer to this double than to any other
 * (9.999999999999999e+22). Halfway points have at most 17 digits only between 2^53 and 1e40.
 */
function unambiguous(value: number): string {
  let text = value.toExponential();
  const digits = text.replace(/e.*$/, '').replace(/\D/g, '').length;
  for (let more = digits; more < maxDigits && !isNearest(text, value); more += 1) {
    text = value.toExponential(more);
  }
  return text;
}

/** Every double is told from every other by this many digits. */
const maxDigits = 17;

/** True where the decimal lies strictly inside the interval that belongs to `value`, a whole number. */
function isNearest(text: string, value: number): boolean {
  const exact = BigInt(value);
  const [mantissa = '', exponent = ''] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const decimal = BigInt(whole + fraction) * 10n ** BigInt(Number(exponent) - fraction.length);
  const magnitude = exact < 0n ? -exact : exact;
  const bits = magnitude.toString(2).length;
  const step = 1n << BigInt(bits - 53);
  // below a power of two the doubles lie twice as dense
  const isPowerOfTwo = magnitude === 1n << BigInt(bits - 1);
  const quarters = 4n * (exact < 0n ? exact - decimal : decimal - exact);
  return quarters < 2n * step && quarters > (isPowerOfTwo ? -step : -2n * step);
}

/** Binary data as PostgreSQL's hex form: `\x` and lower-case digits. */
export const blobText = (bytes: Uint8Array): string =>
  `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;

/** For an object with one nullable column: its NULL rows are empty lines in a CSV file. */
export const singleColumnWarning = (column: string): string =>
  `its only column "${column}" may be NULL: such a row is a blank line, which some readers skip`;
