import Alert from '@cloudscape-design/components/alert';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { Estimate } from '../../../shared/model.ts';
import { formatCount, formatDuration, formatMany, formatSize } from '../../components/format.ts';
import { PathText } from '../../components/path-text.tsx';
import { usePages } from '../../components/use-pages.tsx';

type Guess = Estimate['objects'][number];

/** What a load would write. */
export function EstimateTable({ estimate }: { readonly estimate: Estimate }) {
  const { items, pagination } = usePages(estimate.objects, 20, 'Pages of the dry run');
  return (
    <SpaceBetween size="s">
      <Alert type="success" header="Nothing was written">
        {summaryOf(estimate.objects)} {durationOf(estimate)}{' '}
        {estimate.objects.every(({ exact }) => exact)
          ? 'Every object was read to its end, so only the time is an estimate.'
          : 'The numbers are estimates, from the first rows of each object.'}
      </Alert>
      <Table
        header={
          <Header variant="h2" counter={`(${formatCount(estimate.objects.length)})`}>
            Dry run
          </Header>
        }
        trackBy="path"
        wrapLines
        items={items}
        pagination={pagination}
        ariaLabels={{ tableLabel: 'Dry run' }}
        columnDefinitions={[
          {
            id: 'object',
            header: 'Object',
            isRowHeader: true,
            minWidth: 160,
            cell: ({ object }) => <span className="path-text">{object}</span>,
          },
          { id: 'rows', header: 'Rows', width: 110, cell: ({ rows }) => guess(rows, formatCount) },
          { id: 'files', header: 'Files', width: 90, cell: ({ files }) => guess(files, formatCount) },
          { id: 'size', header: 'Size in S3', width: 120, cell: ({ bytes }) => guess(bytes, formatSize) },
          {
            id: 'requests',
            header: 'Write requests',
            width: 150,
            cell: ({ requests }) => guess(requests, formatCount),
          },
          {
            id: 'seconds',
            header: 'Reading takes',
            width: 140,
            cell: ({ seconds }) => guess(seconds, (value) => formatDuration(value * 1000)),
          },
          { id: 'path', header: 'Directory', minWidth: 300, cell: ({ path }) => <PathText path={path} /> },
        ]}
      />
    </SpaceBetween>
  );
}

const guess = (value: number | null, format: (value: number) => string): string =>
  value === null ? 'unknown' : format(value);

/** How long it would take: reading and sending go on side by side, so the slower of the two decides. */
export function durationOf({ objects, seconds, sentPerSecond }: Estimate): string {
  if (seconds === null) return '';
  const reading = `Reading and compressing would take about ${formatDuration(seconds * 1000)} on this computer`;
  if (sentPerSecond === null) {
    return `${reading}; how fast this bucket takes the files, the first large load will tell.`;
  }
  const bytes = objects.reduce((sum, object) => sum + (object.bytes ?? 0), 0);
  const sending = formatDuration((bytes / sentPerSecond) * 1000);
  return `${reading}, and sending about ${sending} at the ${formatSize(sentPerSecond)}/s of the latest large load; both go on at the same time.`;
}

/** A sum only where every part of it is known. */
function summaryOf(objects: readonly Guess[]): string {
  const sum = (part: (guess: Guess) => number | null) =>
    objects.reduce<number | null>((total, object) => {
      const value = part(object);
      return total === null || value === null ? null : total + value;
    }, 0);
  const bytes = sum((object) => object.bytes);
  const files = sum((object) => object.files);
  const requests = sum((object) => object.requests);
  if (bytes === null || files === null || requests === null) {
    return 'The size of some objects is not known, since their source does not say how many rows they have.';
  }
  return `A load would write about ${formatSize(bytes)} in ${formatMany(files, 'file')}, with ${formatMany(requests, 'write request')}.`;
}
