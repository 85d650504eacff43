/** How far an object is, told as often as a person can see it. No number ever goes back. */
import type { JobEvent, ObjectPhase } from '../../shared/model.ts';

export type ProgressEvent = Extract<JobEvent, { event: 'progress' }>;

export interface ObjectProgress {
  /** Rows read so far. */
  readonly rows: number;
  expect(rows: number | null): void;
  /** @param bytes of CSV, without headers */
  read(rows: number, bytes: number): void;
  /** Compressed bytes that S3 has acknowledged. */
  sent(bytes: number): void;
  /** Told at once. */
  enter(phase: ObjectPhase): void;
}

/** Milliseconds between two events of an object. */
const every = 100;

export function progressOf(object: string, emit: (event: ProgressEvent) => void): ObjectProgress {
  let phase: ObjectPhase = 'waiting';
  let expected: number | null = null;
  const counts = { rows: 0, bytesRead: 0, bytesSent: 0 };
  let last = Number.NEGATIVE_INFINITY;

  function tell(): void {
    last = performance.now();
    emit({ event: 'progress', object, phase, ...counts, estimatedRows: estimate() });
  }
  /** An engine's estimate may be too low, and once all is read the truth is known. */
  function estimate(): number | null {
    if (phase !== 'waiting' && phase !== 'reading') return counts.rows;
    return expected === null ? null : Math.max(expected, counts.rows);
  }
  function changed(): void {
    if (performance.now() - last >= every) tell();
  }

  return {
    get rows() {
      return counts.rows;
    },
    expect(rows) {
      expected = rows;
      tell();
    },
    read(rows, bytes) {
      counts.rows += rows;
      counts.bytesRead += bytes;
      changed();
    },
    sent(bytes) {
      counts.bytesSent += bytes;
      changed();
    },
    enter(next) {
      phase = next;
      tell();
    },
  };
}
