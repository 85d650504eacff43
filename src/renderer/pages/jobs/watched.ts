/** What a running job has told so far, put together from its events. */
import type { ErrorInfo, JobEvent, ObjectPhase } from '../../../shared/model.ts';

export interface Counts {
  readonly phase: ObjectPhase;
  readonly rows: number;
  /** Uncompressed CSV bytes. */
  readonly bytesRead: number;
  /** Compressed bytes that S3 has acknowledged. */
  readonly bytesSent: number;
  /** What the source thinks it has, never less than `rows`; null where it cannot tell. */
  readonly estimatedRows: number | null;
}

export interface Warning {
  readonly object: string;
  readonly message: string;
}

export interface Watched {
  /** By object. */
  readonly progress: ReadonlyMap<string, Counts>;
  readonly warnings: readonly Warning[];
  /** Why the job ended without being able to write it down. */
  readonly error: ErrorInfo | undefined;
}

export const nothingYet: Watched = {
  progress: new Map(),
  warnings: [],
  error: undefined,
};

/** `before` with what happened since. */
export function follow(before: Watched, events: readonly JobEvent[]): Watched {
  const progress = new Map(before.progress);
  const warnings = [...before.warnings];
  let { error } = before;
  for (const event of events) {
    if (event.event === 'progress') {
      const { event: _event, object, ...counts } = event;
      progress.set(object, counts);
    } else if (event.event === 'warning') {
      warnings.push({ object: event.object, message: event.message });
    } else {
      error = event.error;
    }
  }
  return { progress, warnings, error };
}
