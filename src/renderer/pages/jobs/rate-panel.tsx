import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { formatCount, formatSize } from '../../components/format.ts';
import { meanRate, presentRate, type Rate, ratesOf, type Sample } from './pace.ts';
import { RatePlot } from './rate-plot.tsx';

/** Lines of the table that says what the plot shows. */
const lines = 12;

/** How fast the load goes: a plot, and the same in words. */
export function RatePanel({ samples }: { readonly samples: readonly Sample[] }) {
  const [now, mean] = [presentRate(samples), meanRate(samples)];
  return (
    <SpaceBetween size="s">
      <KeyValuePairs
        columns={3}
        items={[
          { label: <Legend kind="read">Read</Legend>, value: words(now?.bytesRead, mean?.bytesRead, size) },
          {
            label: <Legend kind="sent">Sent, gzip</Legend>,
            value: words(now?.bytesSent, mean?.bytesSent, size),
          },
          {
            label: 'Rows',
            value: words(now?.rows, mean?.rows, (rows) => `${formatCount(Math.round(rows))}/s`),
          },
        ]}
      />
      <RatePlot samples={samples} />
      <ExpandableSection headerText="The plot as a table">
        <RateTable rates={ratesOf(samples)} />
      </ExpandableSection>
    </SpaceBetween>
  );
}

function Legend({ kind, children }: { readonly kind: 'read' | 'sent'; readonly children: React.ReactNode }) {
  return (
    <>
      <span className={`rate-legend rate-legend-${kind}`} aria-hidden="true" /> {children}
    </>
  );
}

/** Evenly chosen from the beginning to now. */
function RateTable({ rates }: { readonly rates: readonly Rate[] }) {
  const step = Math.max(1, Math.ceil(rates.length / lines));
  const chosen = rates.filter((_, index) => (rates.length - 1 - index) % step === 0);
  return (
    <Table
      variant="embedded"
      items={chosen}
      trackBy={({ at }) => String(at)}
      ariaLabels={{ tableLabel: 'The speed over time' }}
      empty={<Box color="text-body-secondary">Nothing was measured yet.</Box>}
      columnDefinitions={[
        {
          id: 'at',
          header: 'After',
          isRowHeader: true,
          cell: ({ at }) => `${Math.round(at)} s`,
        },
        { id: 'read', header: 'Read', cell: ({ bytesRead }) => size(bytesRead) },
        { id: 'sent', header: 'Sent, gzip', cell: ({ bytesSent }) => size(bytesSent) },
        { id: 'rows', header: 'Rows', cell: ({ rows }) => `${formatCount(Math.round(rows))}/s` },
      ]}
    />
  );
}

const size = (bytes: number): string => `${formatSize(bytes)}/s`;

function words(now: number | undefined, mean: number | undefined, format: (value: number) => string): string {
  if (now === undefined || mean === undefined) return '-';
  return `${format(now)} now, ${format(mean)} on average`;
}
