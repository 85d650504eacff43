/** Keeps the setup while it is filled in, so that a closed window loses nothing. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Setup } from '../../../../shared/model.ts';
import { api, client, queryClient } from '../../../app/api.ts';

/** Milliseconds without a change after which the setup is written. */
const pause = 400;

export interface KeptSetup {
  /** Why the setup could not be kept. */
  readonly error: unknown;
  /** Writes what is not written yet. */
  readonly keep: () => Promise<void>;
  /** It is finished or given up. */
  readonly forget: () => Promise<void>;
}

/** `untouched` is what was there at first: opening the page alone keeps nothing. */
export function useKeepSetup(setup: Setup, untouched: Setup): KeptSetup {
  const [error, setError] = useState<unknown>(null);
  const text = JSON.stringify(setup);
  const written = useRef(JSON.stringify(untouched));
  const latest = useRef(text);
  const over = useRef(false);
  // One after the other: an older text must never come last.
  const queue = useRef(Promise.resolve());
  latest.current = text;
  const enqueue = useCallback((work: () => Promise<unknown>) => {
    queue.current = queue.current
      .then(work)
      .then(() => setError(null))
      .catch(setError);
    return queue.current;
  }, []);
  const keep = useCallback(
    () =>
      enqueue(async () => {
        const now = latest.current;
        if (over.current || now === written.current) return;
        await client.setup.save(JSON.parse(now) as Setup);
        written.current = now;
        await queryClient.invalidateQueries({ queryKey: api.setup.read.queryKey() });
      }),
    [enqueue],
  );
  const forget = useCallback(() => {
    over.current = true;
    return enqueue(async () => {
      await client.setup.forget();
      await queryClient.invalidateQueries({ queryKey: api.setup.read.queryKey() });
    });
  }, [enqueue]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of the text begins the pause anew
  useEffect(() => {
    const timer = setTimeout(() => void keep(), pause);
    return () => clearTimeout(timer);
  }, [text, keep]);
  // The page goes: what was typed last has had no pause yet.
  useEffect(() => () => void keep(), [keep]);
  return { error, keep, forget };
}
