import { describe, expect, it } from 'vitest';
import { isTimeZone, wallClock } from '../../src/shared/clock.ts';
import { SluiceError } from '../../src/shared/errors.ts';

const show = (instant: string, zone: string): string => {
  const { year, month, day, hour } = wallClock(new Date(instant), zone);
  return `${year}-${month}-${day} ${hour}`;
};

function errorOf(act: () => unknown): SluiceError {
  try {
    act();
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('the wall clock', () => {
  it.each([
    ['2024-11-27T00:00:00Z', 'UTC', '2024-11-27 00'],
    ['2024-11-27T23:59:59.999Z', 'UTC', '2024-11-27 23'],
    // summer time ends: the hour from one to two comes twice
    ['2024-11-03T05:30:00Z', 'America/New_York', '2024-11-03 01'],
    ['2024-11-03T06:30:00Z', 'America/New_York', '2024-11-03 01'],
    ['2024-11-03T07:30:00Z', 'America/New_York', '2024-11-03 02'],
    // summer time begins: the hour from two to three does not come
    ['2024-03-10T06:59:59Z', 'America/New_York', '2024-03-10 01'],
    ['2024-03-10T07:00:00Z', 'America/New_York', '2024-03-10 03'],
    // midnight reads 00, not 24
    ['2024-06-01T04:00:00Z', 'America/New_York', '2024-06-01 00'],
    // year ends
    ['2024-12-31T23:30:00Z', 'UTC', '2024-12-31 23'],
    ['2024-12-31T23:30:00Z', 'Europe/Berlin', '2025-01-01 00'],
    ['2025-01-01T04:30:00Z', 'America/New_York', '2024-12-31 23'],
    ['2024-12-31T10:00:00Z', 'Pacific/Kiritimati', '2025-01-01 00'],
    // half hours
    ['2024-11-27T18:29:59Z', 'Asia/Kolkata', '2024-11-27 23'],
    ['2024-11-27T18:30:00Z', 'Asia/Kolkata', '2024-11-28 00'],
    // Samoa left out 30 December 2011
    ['2011-12-30T09:59:59Z', 'Pacific/Apia', '2011-12-29 23'],
    ['2011-12-30T10:00:00Z', 'Pacific/Apia', '2011-12-31 00'],
    // leap days
    ['2024-02-29T12:00:00Z', 'UTC', '2024-02-29 12'],
    ['2024-02-29T23:00:00Z', 'Asia/Tokyo', '2024-03-01 08'],
    ['2100-02-28T23:30:00Z', 'Europe/Berlin', '2100-03-01 00'],
    // four digits
    ['0987-06-05T04:00:00Z', 'UTC', '0987-06-05 04'],
    ['9999-12-31T23:59:59Z', 'UTC', '9999-12-31 23'],
  ])('%s in %s is %s', (instant, zone, expected) => {
    expect(show(instant, zone)).toBe(expected);
  });

  it.each([
    ['+010000-01-01T00:00:00Z', 'UTC'],
    ['9999-12-31T23:30:00Z', 'Asia/Tokyo'],
    ['0000-12-31T23:59:59Z', 'UTC'],
    ['-000500-01-01T00:00:00Z', 'UTC'],
    ['not a date', 'UTC'],
  ])('refuses %s in %s', (instant, zone) => {
    expect(errorOf(() => show(instant, zone)).code).toBe('INPUT_INVALID');
  });
});

describe('time zones', () => {
  it.each(['UTC', 'Europe/Berlin', 'europe/berlin', 'Asia/Calcutta', 'US/Eastern', 'Etc/GMT+1'])(
    '%s',
    (zone) => {
      expect(isTimeZone(zone)).toBe(true);
    },
  );

  it.each(['', ' ', '+01:00', '-05', 'Mars/Olympus', 'Europe/Berlin ', 'UTC\n', 'Z'])('not %j', (zone) => {
    expect(isTimeZone(zone)).toBe(false);
    expect(() => show('2024-11-27T00:00:00Z', zone)).toThrow(SluiceError);
  });

  it.each([
    ['Europe/Berlln', 'Europe/Berlin'],
    ['Berlin', 'Europe/Berlin'],
    ['new york', 'America/New_York'],
    ['Mars/Olympus', null],
  ])('for %s suggests %s', (typed, nearest) => {
    const error = errorOf(() => show('2024-11-27T00:00:00Z', typed));
    expect(error.code).toBe('INPUT_INVALID');
    expect(error.details).toEqual({ timeZone: typed, nearest });
  });
});
