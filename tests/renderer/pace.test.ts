/** How fast a load goes and when it will be done: no forecast without grounds, and nothing that goes back. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  meanRate,
  presentRate,
  ratesOf,
  type Sample,
  sampled,
  secondsLeft,
  shareDone,
  type Totals,
  totalsOf,
} from '../../src/renderer/pages/jobs/pace.ts';
import { follow, nothingYet } from '../../src/renderer/pages/jobs/watched.ts';
import type { JobEvent, Receipt } from '../../src/shared/model.ts';

const objects = (
  ...states: readonly (readonly [object: string, state: 'pending' | 'running' | 'completed'])[]
) => ({ objects: states.map(([object, state]) => ({ object, state })) }) as unknown as Receipt;

const heard = (object: string, rows: number, estimatedRows: number | null): JobEvent => ({
  ...{ event: 'progress', object, phase: 'reading', rows, estimatedRows },
  ...{ bytesRead: rows * 4, bytesSent: rows * 2 },
});

describe('the totals', () => {
  test('are of all objects that this run reads', () => {
    // "old" was completed before the job was interrupted: it is not read again.
    const receipt = objects(['old', 'completed'], ['a', 'running'], ['b', 'pending']);
    const watched = follow(nothingYet, [heard('a', 10, 30), heard('b', 0, 50)]);
    expect(totalsOf(receipt, watched)).toEqual({ rows: 10, bytesRead: 40, bytesSent: 20, expectedRows: 80 });
  });

  test('have no end where one object cannot tell, or was not heard of yet', () => {
    const receipt = objects(['a', 'running'], ['b', 'pending']);
    expect(totalsOf(receipt, follow(nothingYet, [heard('a', 10, 30)])).expectedRows).toBeNull();
    const unknown = follow(nothingYet, [heard('a', 10, 30), heard('b', 5, null)]);
    expect(totalsOf(receipt, unknown)).toMatchObject({ rows: 15, expectedRows: null });
    expect(totalsOf(receipt, nothingYet).expectedRows).toBeNull();
  });
});

const totals = (rows: number, expectedRows: number | null = null): Totals => ({
  rows,
  expectedRows,
  bytesRead: rows * 100,
  bytesSent: rows * 30,
});

/** A sample a second, with so many rows in each. */
const steady = (seconds: number, rowsPerSecond: number): Sample[] =>
  Array.from({ length: seconds + 1 }, (_, at) => {
    const { rows, bytesRead, bytesSent } = totals(at * rowsPerSecond);
    return { at, rows, bytesRead, bytesSent };
  });

describe('the speed', () => {
  test('is that between two looks, of the last ten seconds, and of all the time', () => {
    const samples = [...steady(20, 100), { at: 21, rows: 4000, bytesRead: 400_000, bytesSent: 120_000 }];
    expect(ratesOf(samples).at(0)).toEqual({ at: 1, rows: 100, bytesRead: 10_000, bytesSent: 3000 });
    expect(ratesOf(samples).at(-1)).toMatchObject({ at: 21, rows: 2000 });
    expect(presentRate(samples)?.rows).toBe((4000 - 1100) / 10);
    expect(meanRate(samples)?.rows).toBeCloseTo(4000 / 21);
  });

  test('is unknown before there are two looks', () => {
    expect(presentRate([])).toBeUndefined();
    expect(presentRate(steady(0, 1))).toBeUndefined();
    expect(meanRate(steady(0, 1))).toBeUndefined();
  });

  test('of a load of hours needs no more memory than that of minutes, from its beginning to now', () => {
    let samples: readonly Sample[] = [];
    for (const sample of steady(20_000, 10)) samples = sampled(samples, sample);
    expect(samples.length).toBeLessThanOrEqual(601);
    expect(samples[0]?.at).toBe(0);
    expect(samples.at(-1)?.at).toBe(20_000);
    for (const { rows } of ratesOf(samples)) expect(rows).toBeCloseTo(10);
  });
});

describe('the time that is left', () => {
  test('is told after five seconds, from the present speed', () => {
    expect(secondsLeft(steady(4, 100), totals(400, 10_000))).toBeUndefined();
    expect(secondsLeft(steady(5, 100), totals(500, 10_000))).toBe(95);
  });

  test.each([
    ['nobody knows how many rows there are', steady(9, 100), totals(900, null)],
    ['nothing moves', steady(9, 0), totals(0, 1000)],
    ['all is read', steady(9, 100), totals(900, 900)],
    ['nothing was heard', [], totals(0, 1000)],
  ])('is not told where %s', (_why, samples, now) => expect(secondsLeft(samples, now)).toBeUndefined());
});

describe('how much is done', () => {
  const aQuarter = { done: 1, all: 4 };

  test('goes by rows where they are known, else by objects', () => {
    expect(shareDone(totals(50, 200), aQuarter, 0)).toBe(0.25);
    expect(shareDone(totals(50), { done: 2, all: 4 }, 0)).toBe(0.5);
    expect(shareDone(totals(0, 0), { done: 0, all: 0 }, 0)).toBe(0);
  });

  test('is all only when the load has ended', () => {
    expect(shareDone(totals(200, 200), aQuarter, 0)).toBe(0.99);
    expect(shareDone(totals(200), { done: 4, all: 4 }, 0)).toBe(0.99);
  });

  test('never goes back, however the estimates change', () => {
    const step = fc.record({ rows: fc.nat(1000), expected: fc.option(fc.nat(1000)), done: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let before = 0;
        for (const { rows, expected, done } of steps) {
          const share = shareDone(totals(rows, expected), { done, all: 5 }, before);
          expect(share).toBeGreaterThanOrEqual(before);
          expect(share).toBeLessThan(1);
          before = share;
        }
      }),
    );
  });
});
