import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Destination } from '../../../shared/model.ts';
import { api, client, refresh } from '../../app/api.ts';
import { testIsTaken, useRequestedTest } from '../../app/requested-test.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { Page } from '../../components/page.tsx';
import { DestinationsTable } from './destinations-table.tsx';
import { RemoveDestination } from './remove-destination.tsx';
import { takeTest } from './saved-test.ts';
import { TestPanel } from './test-panel.tsx';
import { useTestRun } from './use-test-run.ts';

export function DestinationsPage() {
  const destinations = useQuery(api.destinations.list.queryOptions());
  const [left] = useState(takeTest);
  const [tested, setTested] = useState(left?.name);
  const [removing, setRemoving] = useState<Destination>();
  const { run, start, reset } = useTestRun();

  const test = async ({ name }: Pick<Destination, 'name'>, from?: string) => {
    setTested(name);
    const where = from === undefined ? {} : { from };
    await start((signal) => client.destinations.test({ name, ...where }, { signal }));
    await refresh();
  };
  const requested = useRequestedTest();
  // biome-ignore lint/correctness/useExhaustiveDependencies: begun once, when it is asked for
  useEffect(() => {
    if (requested === undefined) return;
    testIsTaken();
    // One test at a time: the page shows the one that runs.
    if (run.state !== 'running') void test({ name: requested });
  }, [requested]);
  const close = () => {
    reset();
    setTested(undefined);
  };
  return (
    <Page
      help="destinations"
      title="Destinations"
      description="The S3 buckets that you load into, and how Sluice gets access to them."
      actions={
        <Button variant="primary" href="#/destinations/new">
          New destination
        </Button>
      }
    >
      <FailureAlert error={destinations.error} header="The destinations could not be read" />
      <DestinationsTable
        destinations={destinations.data ?? []}
        loading={destinations.isPending}
        testing={run.state === 'running' ? tested : undefined}
        onTest={(destination) => void test(destination)}
        onRemove={setRemoving}
      />
      {tested !== undefined && (
        <TestPanel
          name={tested}
          access={destinations.data?.find(({ name }) => name === tested)?.access.type ?? 'role'}
          run={run.state === 'idle' && left?.name === tested ? left.run : run}
          onClose={close}
          onRetry={(check) => void test({ name: tested }, check)}
        />
      )}
      {removing !== undefined && (
        <RemoveDestination
          destination={removing}
          onClose={() => {
            if (removing.name === tested) close();
            setRemoving(undefined);
          }}
        />
      )}
    </Page>
  );
}
