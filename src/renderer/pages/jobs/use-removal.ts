import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Removal, RemovalEvent } from '../../../shared/model.ts';
import { client, refresh } from '../../app/api.ts';

type Progress = Extract<RemovalEvent, { event: 'progress' }>;

export interface Removing {
  readonly busy: boolean;
  readonly progress: Progress | undefined;
  readonly result: Removal | undefined;
  readonly error: unknown;
  readonly start: () => void;
}

/** Takes back what a job added. Left in the middle it stops, and goes on when it is asked for again. */
export function useRemoval(jobId: string, onDone: () => void): Removing {
  const [progress, setProgress] = useState<Progress>();
  const removal = useMutation({
    mutationFn: async () => {
      setProgress(undefined);
      for await (const event of await client.jobs.removeData({ jobId })) {
        if (event.event === 'end') return event.removal;
        setProgress(event);
      }
      throw new Error('The removal ended without a result');
    },
    onSuccess: onDone,
    onSettled: refresh,
  });
  const { isPending: busy, data: result, error } = removal;
  return { busy, progress, result, error, start: () => removal.mutate() };
}
