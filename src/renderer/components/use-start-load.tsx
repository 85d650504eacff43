import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { client, refresh } from '../app/api.ts';
import { Confirm } from './confirm.tsx';
import { FailureModal } from './failure-modal.tsx';
import { formatInstant } from './format.ts';

/** An earlier load whose files a new load would join, object by object in the same directories. */
interface Earlier {
  readonly startedAt: string;
  readonly path: string;
}

export interface StartLoad {
  readonly start: (pipeline: string) => void;
  readonly busy: boolean;
  /** What is asked before, and why it did not start. */
  readonly dialogs: ReactNode;
}

/**
 * Starts a load and opens its page. Asks first when the files would come to lie beside those of an earlier load
 * of the same objects: whoever reads the directory would then read every row twice.
 */
export function useStartLoad(): StartLoad {
  const [, navigate] = useLocation();
  const [earlier, setEarlier] = useState<Earlier>();
  const load = useMutation({
    mutationFn: async ({ pipeline, sure }: { readonly pipeline: string; readonly sure: boolean }) => {
      const found = sure ? undefined : await findEarlier(pipeline);
      setEarlier(found);
      if (found !== undefined) return;
      const { jobId } = await client.jobs.start({ pipeline, force: sure });
      await refresh();
      navigate(`/jobs/${jobId}`);
    },
  });
  const close = () => {
    setEarlier(undefined);
    load.reset();
  };
  const dialogs = (
    <>
      {earlier !== undefined && (
        <Confirm
          title="Load a second copy?"
          action="Load anyway"
          busy={load.isPending}
          error={load.error}
          onConfirm={() => load.mutate({ pipeline: load.variables?.pipeline ?? '', sure: true })}
          onClose={close}
        >
          The load of {formatInstant(earlier.startedAt)} wrote to the same directories, for example{' '}
          {earlier.path}. Nothing is overwritten, so whoever reads them will find the rows of both loads. To
          keep loads apart, use the parameter {'${JOB_ID}'} in the partition key.
        </Confirm>
      )}
      {earlier === undefined && load.isError && (
        <FailureModal title="The load did not start" error={load.error} onClose={close} />
      )}
    </>
  );
  return { start: (pipeline) => load.mutate({ pipeline, sure: false }), busy: load.isPending, dialogs };
}

/** The latest completed load of the pipeline, if a load now would write to one of its directories. */
async function findEarlier(pipeline: string): Promise<Earlier | undefined> {
  const [{ objects }, jobs] = await Promise.all([
    client.pipelines.preview({ name: pipeline }),
    client.jobs.list(),
  ]);
  const last = jobs.find((job) => job.pipeline === pipeline && job.files > 0);
  if (last === undefined) return undefined;
  const receipt = await client.jobs.show({ jobId: last.jobId });
  const written = new Set(receipt.objects.filter(({ files }) => files.length > 0).map(({ path }) => path));
  const path = objects.find((object) => written.has(object.path))?.path;
  return path === undefined ? undefined : { startedAt: last.startedAt, path };
}
