import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Source } from '../../../shared/model.ts';
import { api } from '../../app/api.ts';
import { usePractice } from '../../app/practice.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { Page } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { PracticeBadge } from '../../components/practice-badge.tsx';
import { RemoveSource } from './remove-source.tsx';
import { kindOf, placeOf } from './words.ts';

export function SourcesPage() {
  const sources = useQuery(api.sources.list.queryOptions());
  const practice = usePractice();
  const [removing, setRemoving] = useState<Source>();
  return (
    <Page
      help="sources"
      title="Sources"
      description="The databases that you load from. Sluice only reads them."
      actions={
        <Button variant="primary" href="#/sources/new">
          New source
        </Button>
      }
    >
      <FailureAlert error={sources.error} header="The sources could not be read" />
      <Table
        variant="container"
        wrapLines
        items={[...(sources.data ?? [])]}
        trackBy="name"
        loading={sources.isPending}
        loadingText="Reading the sources"
        ariaLabels={{ tableLabel: 'Sources' }}
        empty={
          <EmptyState title="No source yet" action={<Button href="#/sources/new">New source</Button>}>
            A source is a database that your tables come from: a PostgreSQL, MySQL or MariaDB server, or an
            SQLite file.
          </EmptyState>
        }
        columnDefinitions={[
          {
            id: 'name',
            header: 'Name',
            isRowHeader: true,
            cell: ({ name }) => (
              <SpaceBetween direction="horizontal" size="xs">
                <Link href={`#/sources/named/${encodeURIComponent(name)}`}>{name}</Link>
                {practice.sources.includes(name) && <PracticeBadge />}
              </SpaceBetween>
            ),
          },
          { id: 'kind', header: 'Kind', cell: kindOf },
          { id: 'database', header: 'Database', cell: ({ database }) => database },
          { id: 'place', header: 'Where', cell: (source) => <PathText path={placeOf(source)} /> },
          {
            id: 'actions',
            header: 'Actions',
            cell: (source) => (
              <Button
                variant="icon"
                iconName="remove"
                ariaLabel={`Remove ${source.name}`}
                onClick={() => setRemoving(source)}
              />
            ),
          },
        ]}
      />
      {removing !== undefined && <RemoveSource source={removing} onClose={() => setRemoving(undefined)} />}
    </Page>
  );
}
