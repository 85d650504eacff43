import { useEffect, useRef, useState } from 'react';
import { type Sample, sampled, shareDone, type Totals } from './pace.ts';

/** Milliseconds between two samples. */
const sampleEvery = 1000;

export interface Pace {
  readonly samples: readonly Sample[];
  /** From 0 to 1; never less than it was. */
  readonly share: number;
}

/**
 * Looks at the totals once a second while a job runs.
 * @param heard false while nothing is heard of the job, so that there is nothing to measure
 */
export function usePace(
  totals: Totals,
  objects: { readonly done: number; readonly all: number },
  heard: boolean,
): Pace {
  const latest = useRef(totals);
  latest.current = totals;
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    if (!heard) return;
    const began = performance.now();
    const look = () => {
      const { rows, bytesRead, bytesSent } = latest.current;
      const at = (performance.now() - began) / 1000;
      setSamples((before) => sampled(before, { at, rows, bytesRead, bytesSent }));
    };
    setSamples([]);
    look();
    const timer = setInterval(look, sampleEvery);
    return () => clearInterval(timer);
  }, [heard]);
  const best = useRef(0);
  best.current = shareDone(totals, objects, best.current);
  return { samples, share: best.current };
}
