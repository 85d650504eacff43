/** What a clock on the wall shows in a time zone; Intl only, so that every host agrees. */
import { SluiceError } from './errors.ts';
import { nearest } from './nearest.ts';

/** Digits as they stand in the directory path. */
export interface WallClock {
  /** 0001 to 9999. */
  readonly year: string;
  /** 01 to 12. */
  readonly month: string;
  /** 01 to 31. */
  readonly day: string;
  /** 00 to 23. The hour that a zone repeats when summer time ends shows twice. */
  readonly hour: string;
}

/** Making a formatter costs more than using it a hundred times; a preview renders thousands of paths. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** True for an IANA name (`Europe/Berlin`, `UTC`), in any case. Offsets such as `+01:00` are not names. */
export const isTimeZone = (name: string): boolean => formatterOf(name) !== undefined;

/**
 * The wall clock of an instant.
 * @throws SluiceError INPUT_INVALID for an unknown zone (details: timeZone, nearest), and for an instant that is
 *   no date or falls outside the years 1 to 9999, which no four digits can name.
 */
export function wallClock(at: Date, timeZone: string): WallClock {
  const formatter = formatterOf(timeZone);
  if (formatter === undefined) throw unknownZone(timeZone);
  if (Number.isNaN(at.getTime())) throw new SluiceError('INPUT_INVALID', 'The time is not a date');
  const parts = new Map(formatter.formatToParts(at).map((part) => [part.type, part.value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const year = part('year');
  if (part('era') !== 'AD' || year.length > 4) {
    throw new SluiceError('INPUT_INVALID', `The time ${at.toISOString()} is outside the years 1 to 9999`);
  }
  return { year: year.padStart(4, '0'), month: part('month'), day: part('day'), hour: part('hour') };
}

function formatterOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const known = formatters.get(timeZone);
  if (known !== undefined || !/^[a-z]/i.test(timeZone)) return known;
  let formatter: Intl.DateTimeFormat;
  try {
    formatter = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone,
      // The locale's own cycle has twelve hours, and in some versions of ICU midnight reads 24 without this.
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
    });
  } catch (error) {
    // RangeError is how Intl says that it does not know the zone; anything else is a fault.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  formatters.set(timeZone, formatter);
  return formatter;
}

function unknownZone(timeZone: string): SluiceError {
  const known = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const city = `/${timeZone.trim().toLowerCase().replaceAll(' ', '_')}`;
  const suggestion = nearest(timeZone, known) ?? known.find((name) => name.toLowerCase().endsWith(city));
  const hint = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
  return new SluiceError('INPUT_INVALID', `There is no time zone ${JSON.stringify(timeZone)}${hint}`, {
    fix: 'Use an IANA name such as UTC, Europe/Berlin or America/New_York.',
    details: { timeZone, nearest: suggestion ?? null },
  });
}
