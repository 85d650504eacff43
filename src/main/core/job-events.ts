/** What happens in one running job, for any number of watchers who come and go. */
import type { JobEvent } from '../../shared/model.ts';

export interface JobEvents {
  emit(event: JobEvent): void;
  /** From what is known now to the `end`; ends early when `signal` fires. A slow watcher misses only progress. */
  watch(signal: AbortSignal | undefined): AsyncGenerator<JobEvent>;
}

interface Watcher {
  /** Progress by object, so that at most one event per object waits, and warnings in order. */
  readonly waiting: Map<string, JobEvent>;
  wake: () => void;
}

export function jobEvents(): JobEvents {
  const known = new Map<string, JobEvent>();
  const watchers = new Set<Watcher>();
  let warnings = 0;

  /** Later progress of an object takes the place of the earlier; a warning keeps its own. */
  const slotOf = (event: JobEvent): string =>
    event.event === 'progress' ? `progress ${event.object}` : `${event.event} ${warnings++}`;

  return {
    emit(event) {
      const slot = slotOf(event);
      known.set(slot, event);
      for (const watcher of watchers) {
        watcher.waiting.set(slot, event);
        watcher.wake();
      }
    },
    async *watch(signal) {
      const watcher: Watcher = { waiting: new Map(known), wake: () => undefined };
      watchers.add(watcher);
      const wakeUp = () => watcher.wake();
      signal?.addEventListener('abort', wakeUp);
      try {
        for (;;) {
          const events = [...watcher.waiting.values()];
          watcher.waiting.clear();
          for (const event of events) {
            yield event;
            if (event.event === 'end') return;
          }
          if (signal?.aborted === true) return;
          if (watcher.waiting.size > 0) continue;
          await new Promise<void>((resolve) => {
            watcher.wake = resolve;
            if (signal?.aborted === true) resolve();
          });
        }
      } finally {
        signal?.removeEventListener('abort', wakeUp);
        watchers.delete(watcher);
      }
    },
  };
}
