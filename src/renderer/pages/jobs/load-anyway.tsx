import Button from '@cloudscape-design/components/button';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Receipt } from '../../../shared/model.ts';
import { client, refresh } from '../../app/api.ts';
import { Confirm } from '../../components/confirm.tsx';
import { formatMany } from '../../components/format.ts';

/** Objects that were not loaded because their very content was appended before. */
export const appendedBefore = ({ objects }: Receipt): readonly string[] =>
  objects.filter(({ error }) => error?.code === 'ALREADY_APPENDED').map(({ object }) => object);

/** Loads the pipeline again without the look at what was appended before. */
export function LoadAnyway({ receipt }: { readonly receipt: Receipt }) {
  const [, navigate] = useLocation();
  const [asking, setAsking] = useState(false);
  const load = useMutation({
    mutationFn: () => client.jobs.start({ pipeline: receipt.pipeline, force: true }),
    onSuccess: async ({ jobId }) => {
      await refresh();
      navigate(`/jobs/${jobId}`);
    },
  });
  const loadedNow = receipt.objects.filter(({ state }) => state === 'completed').length;
  return (
    <>
      <Button onClick={() => setAsking(true)}>Load anyway</Button>
      {asking && (
        <Confirm
          title="Load the same content again?"
          action="Load anyway"
          busy={load.isPending}
          error={load.error}
          onConfirm={() => load.mutate()}
          onClose={() => setAsking(false)}
        >
          All objects of the pipeline are loaded again, and whoever reads the bucket will find the rows of{' '}
          {formatMany(appendedBefore(receipt).length, 'object')} twice.
          {loadedNow > 0 &&
            ` That goes for the ${formatMany(loadedNow, 'object')} that this load has just added, too.`}
        </Confirm>
      )}
    </>
  );
}
