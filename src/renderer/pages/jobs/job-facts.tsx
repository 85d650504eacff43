import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Receipt } from '../../../shared/model.ts';
import { formatCount, formatInstant, formatMany, formatSize } from '../../components/format.ts';
import { State } from '../../components/states.tsx';
import { Duration } from './duration.tsx';
import type { JobView } from './job-view.ts';

interface JobFactsProps {
  readonly receipt: Receipt;
  readonly view: JobView;
  readonly elsewhere: boolean;
}

/** The job in numbers. */
export function JobFacts({ receipt, view, elsewhere }: JobFactsProps) {
  const running = receipt.state === 'running';
  return (
    <Container header={<Header variant="h2">{running ? 'How it goes' : 'How it went'}</Header>}>
      <SpaceBetween size="l">
        {running && (
          <ProgressBar
            label="Objects"
            value={view.objects.length === 0 ? 0 : (100 * view.done) / view.objects.length}
            additionalInfo={
              elsewhere
                ? 'This load runs in another process, for example in a terminal. The numbers follow its record; it can only be cancelled where it runs.'
                : 'You may leave this page: the load goes on.'
            }
            description={`${formatCount(view.done)} of ${formatMany(view.objects.length, 'object')} done`}
            ariaLabel="Objects done"
          />
        )}
        <KeyValuePairs columns={4} items={factsOf(receipt, view)} />
      </SpaceBetween>
    </Container>
  );
}

function factsOf(receipt: Receipt, view: JobView) {
  const resumedAt = receipt.resumedAt.at(-1);
  return [
    { label: 'State', value: <State state={receipt.state} /> },
    { label: 'Started', value: formatInstant(receipt.startedAt) },
    ...(resumedAt === undefined ? [] : [{ label: 'Resumed', value: formatInstant(resumedAt) }]),
    {
      label: resumedAt === undefined ? 'Duration' : 'Duration since resumed',
      value: <Duration from={resumedAt ?? receipt.startedAt} to={receipt.endedAt} state={receipt.state} />,
    },
    { label: 'Rows', value: formatCount(view.rows) },
    { label: 'Files in S3', value: formatCount(view.files.length) },
    { label: 'Compressed', value: formatSize(view.bytes) },
    { label: 'Bucket', value: receipt.bucket },
    {
      label: 'Database as of',
      value: receipt.snapshotAt === null ? '-' : formatInstant(receipt.snapshotAt),
    },
  ];
}
