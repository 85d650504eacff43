import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import type { Destination, Pipeline } from '../../../shared/model.ts';
import { api } from '../../app/api.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { directoriesOf } from './directories.ts';
import { PathPreview } from './path-preview.tsx';
import { HelpLink } from '../../help/help-link.tsx';

interface SavedPreviewProps {
  readonly pipeline: Pipeline;
  readonly destination: Destination | undefined;
}

/** The directories of a load that starts now, asked from the core, which loads by the same function. */
export function SavedPreview({ pipeline, destination }: SavedPreviewProps) {
  const preview = useQuery(
    // The path holds the time: it must not be older than the minute.
    api.pipelines.preview.queryOptions({ input: { name: pipeline.name }, refetchInterval: 60_000 }),
  );
  const directories = preview.data && directoriesOf(preview.data);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="If the load started now."
          info={<HelpLink topic="path" of="Directories" />}
        >
          Where the files go
        </Header>
      }
    >
      <FailureAlert error={preview.error} header="There is no preview" />
      {preview.isPending && <StatusIndicator type="loading">Working it out</StatusIndicator>}
      {directories !== undefined && (
        <PathPreview
          directories={directories}
          bucket={destination?.bucket ?? pipeline.destination}
          timeZone={pipeline.timeZone}
        />
      )}
    </Container>
  );
}
