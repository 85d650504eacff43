import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { parseArn } from '../../../shared/aws-names.ts';
import type { Destination } from '../../../shared/model.ts';
import { regionNamed } from '../../../shared/regions.ts';
import { isPracticeDestination } from '../../app/practice.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { formatInstant } from '../../components/format.ts';
import { PathText } from '../../components/path-text.tsx';
import { PracticeBadge } from '../../components/practice-badge.tsx';

interface DestinationsTableProps {
  readonly destinations: readonly Destination[];
  readonly loading: boolean;
  /** The one that is being tested. */
  readonly testing: string | undefined;
  readonly onTest: (destination: Destination) => void;
  readonly onRemove: (destination: Destination) => void;
}

export function DestinationsTable(props: DestinationsTableProps) {
  const { destinations, loading, testing, onTest, onRemove } = props;
  return (
    <Table
      variant="container"
      wrapLines
      items={[...destinations]}
      trackBy="name"
      loading={loading}
      loadingText="Reading the destinations"
      ariaLabels={{ tableLabel: 'Destinations' }}
      empty={
        <EmptyState
          title="No destination yet"
          action={<Button href="#/destinations/new">New destination</Button>}
        >
          A destination is the bucket that your files go to. Sluice tests every right that it needs there
          before it saves one.
        </EmptyState>
      }
      columnDefinitions={[
        ...columns,
        {
          id: 'actions',
          header: 'Actions',
          minWidth: 190,
          cell: (destination) => (
            <SpaceBetween direction="horizontal" size="xs">
              <Button
                loading={testing === destination.name}
                disabled={testing !== undefined}
                ariaLabel={`Test ${destination.name}`}
                onClick={() => onTest(destination)}
              >
                Test
              </Button>
              {!isPracticeDestination(destination) && (
                <Button
                  variant="icon"
                  iconName="edit"
                  ariaLabel={`Change ${destination.name}`}
                  href={`#/destinations/named/${encodeURIComponent(destination.name)}/change`}
                />
              )}
              <Button
                variant="icon"
                iconName="remove"
                ariaLabel={`Remove ${destination.name}`}
                onClick={() => onRemove(destination)}
              />
            </SpaceBetween>
          ),
        },
      ]}
    />
  );
}

const columns: readonly TableProps.ColumnDefinition<Destination>[] = [
  {
    id: 'name',
    header: 'Name',
    isRowHeader: true,
    cell: (destination) => (
      <SpaceBetween direction="horizontal" size="xs">
        <span>{destination.name}</span>
        {isPracticeDestination(destination) && <PracticeBadge />}
      </SpaceBetween>
    ),
  },
  { id: 'access', header: 'Access', cell: (destination) => <AccessCell {...destination} /> },
  {
    id: 'bucket',
    header: 'Bucket and prefix',
    cell: ({ bucket, pathPrefix }) => (
      <PathText path={pathPrefix === '' ? `${bucket}/` : `${bucket}/${pathPrefix}/`} />
    ),
  },
  {
    id: 'region',
    header: 'Region',
    cell: ({ region }) => <Two first={regionNamed(region)?.name} second={region} />,
  },
  { id: 'state', header: 'State', cell: (destination) => <StateCell {...destination} /> },
];

function AccessCell({ access }: Destination) {
  if (access.type === 'keys') return <Two first="Access keys" second={access.accessKeyId} />;
  const role = parseArn(access.roleArn)?.resource.split('/').at(-1);
  return <Two first="IAM role" second={role ?? access.roleArn} />;
}

function StateCell({ state, testedAt }: Destination) {
  if (state === 'draft' || testedAt === null) {
    return <StatusIndicator type="pending">Draft, not tested</StatusIndicator>;
  }
  return (
    <>
      <StatusIndicator type="success">Tested</StatusIndicator>
      <Box fontSize="body-s" color="text-body-secondary">
        {formatInstant(testedAt)}
      </Box>
    </>
  );
}

/** A word and the exact thing below it. */
function Two({ first, second }: { readonly first: string | undefined; readonly second: string }) {
  return (
    <>
      {first !== undefined && <div>{first}</div>}
      <Box fontSize="body-s" color="text-body-secondary">
        {second}
      </Box>
    </>
  );
}
