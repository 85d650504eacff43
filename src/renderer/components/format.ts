/** Numbers, sizes and times as the user's locale writes them. */

const numbers = new Intl.NumberFormat();
const tenths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const instants = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

/** With groups of digits: 5,000. */
export const formatCount = (value: number): string => numbers.format(value);

/** `1 file`, `5,000 files`. */
export const formatMany = (value: number, one: string, many = `${one}s`): string =>
  `${formatCount(value)} ${value === 1 ? one : many}`;

/** A message as a sentence: with its full stop, unless it ends with a mark already. */
export const asSentence = (message: string): string => (/[.?!]$/.test(message) ? message : `${message}.`);

/** Bytes with three or four digits at most: `812 B`, `1.2 MB`; powers of 1,000, as AWS bills them. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  // 999.95 would be rounded to 1,000.0 of its unit.
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? formatCount(value) : tenths.format(value)} ${units[unit]}`;
}

/**
 * A moment in the user's own time zone, which is named.
 * @param instant ISO 8601
 */
export const formatInstant = (instant: string): string => instants.format(new Date(instant));

/**
 * How long something took: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`.
 * @param milliseconds a clock that was set back meanwhile makes it negative; that shows as no time
 */
export function formatDuration(milliseconds: number): string {
  const exact = Math.max(0, milliseconds) / 1000;
  if (exact < 9.95) return `${tenths.format(exact)} s`;
  const seconds = Math.round(exact);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
