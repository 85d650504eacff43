import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQueries } from '@tanstack/react-query';
import { api } from '../../app/api.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { Page } from '../../components/page.tsx';
import type { Saved } from './live-preview.ts';
import { PipelineForm } from './pipeline-form.tsx';

export function NewPipelinePage() {
  const [pipelines, sources, destinations] = useQueries({
    queries: [
      api.pipelines.list.queryOptions(),
      api.sources.list.queryOptions(),
      api.destinations.list.queryOptions(),
    ],
  });
  const known = pipelines.data && sources.data && destinations.data;
  const saved = known && {
    pipelines: pipelines.data,
    sources: sources.data,
    destinations: destinations.data,
  };
  const complete = saved !== undefined && saved.sources.length > 0 && saved.destinations.length > 0;
  return (
    <Page
      help="pipeline"
      title="New pipeline"
      description="Says which tables go where. Nothing is loaded before you start it."
      focusTitle={!complete}
    >
      <FailureAlert error={pipelines.error ?? sources.error ?? destinations.error} />
      {saved === undefined && pipelines.isPending && (
        <StatusIndicator type="loading">Loading</StatusIndicator>
      )}
      {saved !== undefined && (complete ? <PipelineForm saved={saved} /> : <Missing saved={saved} />)}
    </Page>
  );
}

/** A pipeline joins two things; without them there is nothing to fill in. */
function Missing({ saved }: { readonly saved: Saved }) {
  const noSource = saved.sources.length === 0;
  return (
    <Container>
      <EmptyState
        title={noSource ? 'Add a source first' : 'Add a destination first'}
        action={
          <Button variant="primary" href={noSource ? '#/sources/new' : '#/destinations/new'}>
            {noSource ? 'Add a source' : 'Add a destination'}
          </Button>
        }
      >
        {noSource
          ? 'A pipeline reads tables from a source: a database that Sluice can connect to.'
          : 'A pipeline writes to a destination: an S3 bucket that Sluice may write to.'}
      </EmptyState>
    </Container>
  );
}
