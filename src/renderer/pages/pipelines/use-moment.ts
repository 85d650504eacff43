import { useEffect, useState } from 'react';
import type { Moment } from './live-preview.ts';

/** Milliseconds; the path shows hours. */
const tick = 30_000;

/** The moment of a load that would start now. It moves on while the page is open; the example of a job id stays. */
export function useMoment(): Moment {
  const [moment, setMoment] = useState<Moment>(() => ({ at: new Date(), jobId: crypto.randomUUID() }));
  useEffect(() => {
    const timer = setInterval(() => setMoment(({ jobId }) => ({ at: new Date(), jobId })), tick);
    return () => clearInterval(timer);
  }, []);
  return moment;
}
