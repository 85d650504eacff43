import LiveRegion from '@cloudscape-design/components/live-region';
import { useEffect, useRef, useState } from 'react';
import type { Receipt } from '../../../shared/model.ts';
import { formatCount, formatMany } from '../../components/format.ts';
import { stateWord } from '../../components/states.tsx';
import type { JobView } from './job-view.ts';

/** Milliseconds between two announcements while a job runs. */
const announceEvery = 15_000;

/** Tells a screen reader how the job goes: now and then while it runs, and at once when it has ended. */
export function JobAnnouncer({ receipt, view }: { readonly receipt: Receipt; readonly view: JobView }) {
  const words = `${stateWord(receipt.state)}: ${formatCount(view.done)} of ${formatMany(view.objects.length, 'object')}, ${formatMany(view.rows, 'row')}`;
  const latest = useRef(words);
  useEffect(() => {
    latest.current = words;
  }, [words]);
  const [announced, setAnnounced] = useState(words);
  const running = receipt.state === 'running';
  useEffect(() => {
    setAnnounced(latest.current);
    if (!running) return;
    const timer = setInterval(() => setAnnounced(latest.current), announceEvery);
    return () => clearInterval(timer);
  }, [running]);
  return <LiveRegion hidden>{announced}</LiveRegion>;
}
