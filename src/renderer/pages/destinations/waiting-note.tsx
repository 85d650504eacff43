import Button from '@cloudscape-design/components/button';
import LiveRegion from '@cloudscape-design/components/live-region';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Waiting } from '../../../shared/model.ts';
import { client } from '../../app/api.ts';
import { asSentence } from '../../components/format.ts';

/** AWS may still be spreading a change: how long the check is tried again, and a way to end that. */
export function WaitingNote({ waiting }: { readonly waiting: Waiting }) {
  const { cause, wait } = waiting;
  const seconds = useSecondsUntil(waiting.until);
  const stop = useMutation({ mutationFn: () => client.destinations.stopWaiting({ wait }) });
  return (
    <>
      <StatusIndicator type="in-progress">
        {asSentence(cause)} <span className="countdown">Trying again, {seconds} s at most.</span>
      </StatusIndicator>
      <Button
        variant="inline-link"
        formAction="none"
        ariaLabel="Cancel waiting"
        disabled={stop.isPending || stop.isSuccess}
        onClick={() => stop.mutate()}
      >
        Cancel waiting
      </Button>
      {/* Said once, not with every second. */}
      <LiveRegion hidden>{`${asSentence(cause)} Trying again for up to a minute.`}</LiveRegion>
    </>
  );
}

/** Counts down by the clock of this computer, which is the core's too. */
function useSecondsUntil(until: string): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((Date.parse(until) - now) / 1000));
}
