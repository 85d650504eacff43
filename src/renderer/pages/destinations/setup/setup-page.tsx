import Spinner from '@cloudscape-design/components/spinner';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Setup } from '../../../../shared/model.ts';
import { api } from '../../../app/api.ts';
import { FailureAlert } from '../../../components/failure-alert.tsx';
import { Page } from '../../../components/page.tsx';
import { GuidedSetup } from './guided-setup.tsx';

/** The guided setup, from its beginning or from where it was left. */
export function SetupPage() {
  // Read once: what is kept from now on is this page's own.
  const kept = useQuery(api.setup.read.queryOptions({ staleTime: Number.POSITIVE_INFINITY, gcTime: 0 }));
  const [begun, setBegun] = useState<{ readonly setup: Setup | null; readonly count: number }>();
  if (begun === undefined) {
    if (kept.data !== undefined && kept.fetchStatus === 'idle') setBegun({ setup: kept.data, count: 0 });
    return (
      <Page help="setup" title="New destination">
        {kept.error === null ? (
          <Spinner size="large" />
        ) : (
          <FailureAlert error={kept.error} header="The setup could not be read" />
        )}
      </Page>
    );
  }
  return (
    <GuidedSetup
      key={begun.count}
      begun={begun.setup}
      onStartOver={() => setBegun({ setup: null, count: begun.count + 1 })}
    />
  );
}
