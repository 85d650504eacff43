import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { Receipt } from '../../../shared/model.ts';
import { Copyable } from '../../components/copyable.tsx';
import { formatCount, formatInstant, formatSize } from '../../components/format.ts';
import { State } from '../../components/states.tsx';
import { Duration } from './duration.tsx';
import type { JobView } from './job-view.ts';

interface JobFactsProps {
  readonly receipt: Receipt;
  readonly view: JobView;
}

/** The job in numbers. */
export function JobFacts({ receipt, view }: JobFactsProps) {
  return (
    <Container
      header={<Header variant="h2">{receipt.state === 'running' ? 'So far' : 'How it went'}</Header>}
    >
      <KeyValuePairs columns={4} items={factsOf(receipt, view)} />
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
    { label: 'Files written', value: formatCount(view.files.length) },
    { label: 'Compressed', value: formatSize(view.bytes) },
    { label: 'Bucket', value: receipt.bucket },
    {
      label: 'Database as of',
      value: receipt.snapshotAt === null ? '-' : formatInstant(receipt.snapshotAt),
    },
    ...(receipt.forced
      ? [{ label: 'Same content', value: 'Was loaded without a look at what had been appended before' }]
      : []),
    ...(receipt.manifest === null
      ? []
      : [{ label: 'Manifest', value: <Copyable text={receipt.manifest.key} label="key of the manifest" /> }]),
  ];
}
