/** How fast a running load goes, and when it will be done: worked out from what is heard of it. */
import type { Receipt } from '../../../shared/model.ts';
import type { Watched } from './watched.ts';

export interface Totals {
  readonly rows: number;
  /** What the sources think they have; null where one of them cannot tell. */
  readonly expectedRows: number | null;
  /** Uncompressed CSV bytes. */
  readonly bytesRead: number;
  /** Compressed bytes that S3 has acknowledged. */
  readonly bytesSent: number;
}

export interface Sample extends Omit<Totals, 'expectedRows'> {
  /** Seconds since the watching began. */
  readonly at: number;
}

/** From one sample to the next. */
export interface Rate {
  /** Seconds since the watching began, at the end. */
  readonly at: number;
  /** A second each. */
  readonly rows: number;
  readonly bytesRead: number;
  readonly bytesSent: number;
}

/** So many samples are kept; then every other one goes, and the plot stays as long as the load. */
const mostSamples = 600;
/** Seconds before anybody says how long a load will take. */
const noForecastBefore = 5;
/** Seconds that the present speed is the mean of. */
const recent = 10;
/** A load is done when its record says so, and not a moment before. */
const nearlyDone = 0.99;

/** Everything that this run of the job reads; what an earlier run completed is not read again. */
export function totalsOf(receipt: Receipt, { progress }: Watched): Totals {
  const totals = { rows: 0, bytesRead: 0, bytesSent: 0 };
  let expectedRows: number | null = 0;
  for (const counts of progress.values()) {
    totals.rows += counts.rows;
    totals.bytesRead += counts.bytesRead;
    totals.bytesSent += counts.bytesSent;
    if (counts.estimatedRows === null) expectedRows = null;
    else if (expectedRows !== null) expectedRows += counts.estimatedRows;
  }
  const unheard = receipt.objects.some(({ object, state }) => state === 'pending' && !progress.has(object));
  return { ...totals, expectedRows: unheard || progress.size === 0 ? null : expectedRows };
}

/** `samples` with one more. */
export function sampled(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const kept = samples.length < mostSamples ? samples : samples.filter((_, index) => index % 2 === 0);
  return [...kept, sample];
}

export const ratesOf = (samples: readonly Sample[]): Rate[] =>
  samples.slice(1).map((sample, index) => rateBetween(samples[index] ?? sample, sample));

/** The speed of the last ten seconds; undefined before there are two samples. */
export function presentRate(samples: readonly Sample[]): Rate | undefined {
  const last = samples.at(-1);
  const from = samples.find(({ at }) => last !== undefined && at >= last.at - recent);
  return last === undefined || from === undefined || from === last ? undefined : rateBetween(from, last);
}

/** The speed since the watching began. */
export function meanRate(samples: readonly Sample[]): Rate | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  return first === undefined || last === undefined || first === last ? undefined : rateBetween(first, last);
}

function rateBetween(from: Sample, to: Sample): Rate {
  const seconds = to.at - from.at;
  const rate = (part: 'rows' | 'bytesRead' | 'bytesSent') =>
    seconds <= 0 ? 0 : (to[part] - from[part]) / seconds;
  return { at: to.at, rows: rate('rows'), bytesRead: rate('bytesRead'), bytesSent: rate('bytesSent') };
}

/** Seconds that are left at the present speed; undefined where nobody can know. */
export function secondsLeft(samples: readonly Sample[], { rows, expectedRows }: Totals): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < noForecastBefore) return undefined;
  const speed = presentRate(samples)?.rows ?? 0;
  if (expectedRows === null || speed <= 0 || rows >= expectedRows) return undefined;
  return (expectedRows - rows) / speed;
}

/**
 * How much is done, from 0 to 1: by rows where the sources know theirs, else by objects.
 * @param before what was said last: an estimate that grows must not take back what was shown
 */
export function shareDone(
  { rows, expectedRows }: Totals,
  objects: { readonly done: number; readonly all: number },
  before: number,
): number {
  const byObjects = objects.all === 0 ? 0 : objects.done / objects.all;
  const share = expectedRows === null || expectedRows === 0 ? byObjects : rows / expectedRows;
  return Math.max(before, Math.min(nearlyDone, share));
}
