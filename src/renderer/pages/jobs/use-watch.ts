import { useEffect, useState } from 'react';
import type { JobEvent } from '../../../shared/model.ts';
import { client, refresh } from '../../app/api.ts';
import { failureOf } from '../../app/failure.ts';
import { follow, nothingYet, type Watched } from './watched.ts';

/** Milliseconds between two changes of the screen. */
const redrawEvery = 100;
/** Milliseconds until a lost connection is tried again. */
const retryAfter = 2000;

export interface Watching {
  readonly watched: Watched;
  /** True where the job runs in another process, which alone knows how it goes. */
  readonly elsewhere: boolean;
  /** Why nothing is heard of the job at present. */
  readonly problem: unknown;
}

const fresh: Watching = { watched: nothingYet, elsewhere: false, problem: undefined };

/**
 * Listens to a job while it runs. The core tells a newcomer what it knows, so leaving the page loses nothing.
 * @param running false once the record says that it has ended
 */
export function useWatch(jobId: string, running: boolean): Watching {
  const [watching, setWatching] = useState(fresh);
  useEffect(() => {
    if (!running) return;
    const stop = new AbortController();
    setWatching(fresh);
    void listen(jobId, stop.signal, (change) => {
      if (!stop.signal.aborted) setWatching(change);
    });
    return () => stop.abort();
  }, [jobId, running]);
  return watching;
}

type Change = (change: (before: Watching) => Watching) => void;

async function listen(jobId: string, signal: AbortSignal, change: Change): Promise<void> {
  while (!signal.aborted) {
    try {
      await listenOnce(jobId, signal, change);
      return await refresh();
    } catch (error) {
      if (signal.aborted) return;
      const { code } = failureOf(error);
      // It has ended between two looks: the record says how.
      if (code === 'NOT_FOUND') return await refresh();
      change((before) => ({
        ...before,
        elsewhere: code === 'JOB_RUNNING',
        problem: code === 'JOB_RUNNING' ? undefined : error,
      }));
      if (code === 'JOB_RUNNING') return;
      await new Promise((resolve) => setTimeout(resolve, retryAfter));
    }
  }
}

/**
 * Events come faster than a screen is worth redrawing: they are gathered in between. The core tells everything
 * again to whoever asks again, so what was shown stays until there is something newer.
 */
async function listenOnce(jobId: string, signal: AbortSignal, change: Change): Promise<void> {
  let watched = nothingYet;
  let waiting: JobEvent[] = [];
  const draw = () => {
    if (waiting.length === 0) return;
    watched = follow(watched, waiting);
    waiting = [];
    change(() => ({ ...fresh, watched }));
  };
  const timer = setInterval(draw, redrawEvery);
  try {
    for await (const event of await client.jobs.watch({ jobId }, { signal })) waiting.push(event);
  } finally {
    clearInterval(timer);
    draw();
  }
}
