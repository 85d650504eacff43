/** What a running job has told so far, put together from its events. */
import type { ErrorInfo, JobEvent } from '../../../shared/model.ts';

export interface Counts {
  readonly rows: number;
  /** Uncompressed CSV bytes. */
  readonly bytesRead: number;
  /** Compressed bytes that S3 has acknowledged. */
  readonly bytesSent: number;
}

export interface Warning {
  readonly object: string;
  readonly message: string;
}

export interface Watched {
  /** By object. */
  readonly progress: ReadonlyMap<string, Counts>;
  /** The object that reported last. */
  readonly current: string | undefined;
  readonly warnings: readonly Warning[];
  /** Why the job ended without being able to write it down. */
  readonly error: ErrorInfo | undefined;
}

export const nothingYet: Watched = {
  progress: new Map(),
  current: undefined,
  warnings: [],
  error: undefined,
};

/** `before` with what happened since. */
export function follow(before: Watched, events: readonly JobEvent[]): Watched {
  const progress = new Map(before.progress);
  const warnings = [...before.warnings];
  let { current, error } = before;
  for (const event of events) {
    if (event.event === 'progress') {
      const { rows, bytesRead, bytesSent } = event;
      progress.set(event.object, { rows, bytesRead, bytesSent });
      current = event.object;
    } else if (event.event === 'warning') {
      warnings.push({ object: event.object, message: event.message });
    } else {
      current = undefined;
      error = event.error;
    }
  }
  return { progress, current, warnings, error };
}
