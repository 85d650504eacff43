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
  return twoDigits(text);
}

/** JavaScript writes e-5 where PostgreSQL writes e-05. */
const twoDigits = (text: string): string =>
  text.replace(/e([+-])(\d)$/, (_, sign, digit) => `e${sign}0${digit}`);

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

/**
 * A single-precision number, held in a double, in PostgreSQL's float4 form: the shortest digits that no other
 * single-precision number is as near to, in scientific form below 1e-04 and from 1e+06 on.
 */
export function floatText4(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || !Number.isFinite(value)) return floatText(value);
  const [lower, upper] = boundsOf(size);
  const isOwn = (decimal: string): boolean => Number(decimal) > lower && Number(decimal) < upper;
  let text = '';
  for (let digits = 0; digits <= maxDigits4 && !isOwn(text); digits += 1) {
    text = roundedToEven(size, digits);
    // above a power of two there is twice the room, so the second nearest decimal may do where the nearest does not
    if (!isOwn(text)) text = nextDecimal(text, digits);
  }
  const shortest = Number(text);
  const shown = shortest >= 1e-4 && shortest < 1e6 ? String(shortest) : twoDigits(text);
  return value < 0 ? `-${shown}` : shown;
}

/** `toExponential`, but where the number lies exactly between two decimals, the even one; JavaScript rounds up. */
function roundedToEven(size: number, digits: number): string {
  const text = size.toExponential(digits);
  const last = text[digits === 0 ? 0 : digits + 1] ?? '0';
  if (!'13579'.includes(last)) return text;
  const exact = size.toExponential(digits + maxDigits4 + 1);
  const isTie = /^50*$/.test(exact.slice(digits + 2, exact.indexOf('e'))) && Number(exact) === size;
  return isTie ? text.replace(`${last}e`, `${Number(last) - 1}e`) : text;
}

/** The decimal of as many digits that follows. */
function nextDecimal(text: string, digits: number): string {
  const unit = Number(`1e${Number(text.slice(text.indexOf('e') + 1)) - digits}`);
  return (Number(text) + unit).toExponential(digits);
}

/** Digits after the first that tell every single-precision number from every other. */
const maxDigits4 = 8;

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** The points halfway to the neighbours of a positive single-precision number; exact, since a double holds them. */
function boundsOf(value: number): readonly [number, number] {
  single[0] = value;
  const bits = singleBits[0] ?? 0;
  singleBits[0] = bits - 1;
  const below = single[0] ?? 0;
  singleBits[0] = bits + 1;
  const above = Number.isFinite(single[0]) ? (single[0] ?? 0) : value + (value - below);
  return [(below + value) / 2, (value + above) / 2];
}

/** Binary data as PostgreSQL's hex form: `\x` and lower-case digits. */
export const blobText = (bytes: Uint8Array): string =>
  `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;

/** For an object with one nullable column: its NULL rows are empty lines in a CSV file. */
export const singleColumnWarning = (column: string): string =>
  `its only column "${column}" may be NULL: such a row is a blank line, which some readers skip`;
