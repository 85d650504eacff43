import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Tabs from '@cloudscape-design/components/tabs';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { csvFormWords, type FirstRows, mostRows, usualRows } from '../../../shared/browse.ts';
import { displayName, type SourceObject } from '../../../shared/model.ts';
import { api } from '../../app/api.ts';
import { FailureAlert } from '../failure-alert.tsx';
import { formatMany } from '../format.ts';
import { PlainTable, Value } from './plain-table.tsx';

interface LookProps {
  readonly source: string;
  readonly object: SourceObject;
}

/** The database is asked once, and again only on request; what it showed is forgotten soon after nobody sees it. */
const once = { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false, gcTime: 60_000 } as const;

/** One object: its first rows as they would stand in the file, and its columns. */
export function Look({ source, object }: LookProps) {
  return (
    <SpaceBetween size="xs">
      <Header variant="h3">
        <bdi className="path-text">{displayName(object)}</bdi>
      </Header>
      <Tabs
        ariaLabel={`A look at ${displayName(object)}`}
        tabs={[
          { id: 'rows', label: 'First rows', content: <Rows source={source} object={object} /> },
          { id: 'columns', label: 'Columns', content: <Columns source={source} object={object} /> },
        ]}
      />
    </SpaceBetween>
  );
}

function Rows({ source, object }: LookProps) {
  const { schema, name } = object;
  const [rows, setRows] = useState(usualRows);
  const found = useQuery(
    api.sources.rows.queryOptions({ input: { name: source, object: { schema, name }, rows }, ...once }),
  );
  const retry = () => void found.refetch();
  if (found.isError) return <Failed error={found.error} busy={found.isFetching} onRetry={retry} />;
  if (found.isPending) return <Waiting>Reading the first rows</Waiting>;
  const { data } = found;
  return (
    <SpaceBetween size="xs">
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <Box variant="small" color="text-body-secondary">
          {sumOf(data)}
        </Box>
        {data.more && rows < mostRows && (
          <Button variant="inline-link" formAction="none" onClick={() => setRows(mostRows)}>
            Show up to {mostRows}
          </Button>
        )}
        <Button variant="inline-link" formAction="none" loading={found.isFetching} onClick={retry}>
          Read again
        </Button>
      </SpaceBetween>
      {data.rows.length > 0 && (
        <PlainTable
          label={`First rows of ${displayName(object)}`}
          headers={data.columns}
          rows={data.rows}
          cell={(value) => <Value value={value} />}
        />
      )}
    </SpaceBetween>
  );
}

const sumOf = ({ rows, more }: FirstRows): string => {
  if (rows.length === 0) return more ? 'Its first row is too long to be shown.' : 'It has no rows.';
  if (more) return `The first ${formatMany(rows.length, 'row')}, as a load would write them; there are more.`;
  return rows.length === 1
    ? 'Its only row, as a load would write it.'
    : `All ${formatMany(rows.length, 'row')}, as a load would write them.`;
};

function Columns({ source, object }: LookProps) {
  const { schema, name } = object;
  const found = useQuery(
    api.sources.columns.queryOptions({ input: { name: source, object: { schema, name } }, ...once }),
  );
  if (found.isError) {
    return <Failed error={found.error} busy={found.isFetching} onRetry={() => void found.refetch()} />;
  }
  if (found.isPending) return <Waiting>Reading the columns</Waiting>;
  if (found.data.columns.length === 0) return <Box color="text-body-secondary">It has no columns.</Box>;
  return (
    <PlainTable
      label={`Columns of ${displayName(object)}`}
      headers={['Column', 'Type', 'May be NULL', 'Key', 'In the CSV']}
      rows={found.data.columns.map((column) => [
        column.name,
        column.type,
        column.nullable ? 'Yes' : 'No',
        column.key === 'primary' ? 'Primary' : column.key === 'unique' ? 'Unique' : '',
        csvFormWords[column.csv],
      ])}
      cell={(text) => <bdi>{text}</bdi>}
    />
  );
}

const Waiting = ({ children }: { readonly children: string }) => (
  <StatusIndicator type="loading">{children}</StatusIndicator>
);

interface FailedProps {
  readonly error: unknown;
  readonly busy: boolean;
  readonly onRetry: () => void;
}

const Failed = ({ error, busy, onRetry }: FailedProps) => (
  <SpaceBetween size="xs">
    <FailureAlert error={error} header="It cannot be shown" />
    <Button formAction="none" loading={busy} onClick={onRetry}>
      Try again
    </Button>
  </SpaceBetween>
);
