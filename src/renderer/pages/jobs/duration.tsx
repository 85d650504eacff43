import { useEffect, useState } from 'react';
import type { JobState } from '../../../shared/model.ts';
import { formatDuration } from '../../components/format.ts';

interface DurationProps {
  /** ISO 8601, as is `to`. */
  readonly from: string;
  readonly to: string | null;
  readonly state: JobState;
}

/** How long a job took, or takes so far: then it counts on, second by second. */
export function Duration({ from, to, state }: DurationProps) {
  const [now, setNow] = useState(Date.now);
  const counting = to === null && state === 'running';
  useEffect(() => {
    if (!counting) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [counting]);
  // Nobody knows when an interrupted job stopped.
  if (to === null && !counting) return '-';
  return formatDuration((to === null ? now : Date.parse(to)) - Date.parse(from));
}
