import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, client } from '../../app/api.ts';
import { usePractice } from '../../app/practice.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { LoadButton } from '../../components/load-button.tsx';
import { Page } from '../../components/page.tsx';
import { PracticeBadge } from '../../components/practice-badge.tsx';
import { JobsTable } from '../jobs/jobs-table.tsx';
import { DraftWarning } from './end-fields.tsx';
import { EstimateTable } from './estimate-table.tsx';
import { PipelineFacts } from './pipeline-facts.tsx';
import { RemovePipeline } from './remove-pipeline.tsx';
import { SavedPreview } from './saved-preview.tsx';
import { SchedulePanel } from './schedule-panel.tsx';

export function PipelinePage({ name }: { readonly name: string }) {
  const pipelines = useQuery(api.pipelines.list.queryOptions());
  const destinations = useQuery(api.destinations.list.queryOptions());
  const jobs = useQuery(api.jobs.list.queryOptions());
  const practice = usePractice();
  const [removing, setRemoving] = useState(false);
  const estimate = useMutation({ mutationFn: () => client.jobs.estimate({ pipeline: name }) });
  const pipeline = pipelines.data?.find((item) => item.name === name);
  const destination = destinations.data?.find((item) => item.name === pipeline?.destination);
  if (pipeline === undefined)
    return <Absent name={name} error={pipelines.error} busy={pipelines.isPending} />;
  return (
    <Page
      help="pipeline"
      title={name}
      description={
        practice.pipelines.includes(name) ? (
          <>
            <PracticeBadge /> Nothing of this leaves your computer.
          </>
        ) : undefined
      }
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={() => setRemoving(true)}>Remove</Button>
          <Button loading={estimate.isPending} onClick={() => estimate.mutate()}>
            Dry run
          </Button>
          <LoadButton pipeline={name} variant="primary" />
        </SpaceBetween>
      }
    >
      {destination?.state === 'draft' && <DraftWarning name={destination.name} />}
      <FailureAlert error={estimate.error} header="The dry run did not work" />
      {estimate.data !== undefined && <EstimateTable estimate={estimate.data} />}
      <PipelineFacts pipeline={pipeline} destination={destination} />
      <SavedPreview pipeline={pipeline} destination={destination} />
      <SchedulePanel name={name} practice={practice.pipelines.includes(name)} />
      <FailureAlert error={jobs.error} header="The history cannot be read" />
      <JobsTable
        title="Loads of this pipeline"
        jobs={(jobs.data ?? []).filter((job) => job.pipeline === name)}
        loading={jobs.isPending}
        showPipeline={false}
        empty="This pipeline was not loaded yet. A dry run shows what a load would write."
      />
      {removing && <RemovePipeline name={name} onClose={() => setRemoving(false)} />}
    </Page>
  );
}

interface AbsentProps {
  readonly name: string;
  readonly error: unknown;
  readonly busy: boolean;
}

function Absent({ name, error, busy }: AbsentProps) {
  return (
    <Page help="pipeline" title={name}>
      <FailureAlert error={error} />
      {busy && <StatusIndicator type="loading">Loading</StatusIndicator>}
      {!busy && error === null && (
        <SpaceBetween size="s">
          <div>There is no pipeline of this name. It may have been removed.</div>
          <Button href="#/pipelines">See all pipelines</Button>
        </SpaceBetween>
      )}
    </Page>
  );
}
