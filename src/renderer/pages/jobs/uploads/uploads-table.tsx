import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { UnfinishedUpload } from '../../../../shared/model.ts';
import { formatCount, formatInstant } from '../../../components/format.ts';
import { usePages } from '../../../components/use-pages.tsx';

interface UploadsTableProps {
  readonly uploads: readonly UnfinishedUpload[];
  readonly loading: boolean;
  readonly actions: React.ReactNode;
}

export function UploadsTable({ uploads, loading, actions }: UploadsTableProps) {
  const { items, pagination } = usePages(uploads, 25, 'Pages of uploads');
  return (
    <Table
      header={
        <Header
          variant="h2"
          counter={uploads.length === 0 ? '' : `(${formatCount(uploads.length)})`}
          actions={actions}
        >
          Uploads
        </Header>
      }
      columnDefinitions={columns}
      items={items}
      trackBy="uploadId"
      loading={loading}
      loadingText="Asking the bucket"
      pagination={pagination}
      wrapLines
      empty={<Box color="text-body-secondary">No unfinished uploads.</Box>}
      ariaLabels={{ tableLabel: 'Unfinished uploads' }}
    />
  );
}

const columns: TableProps.ColumnDefinition<UnfinishedUpload>[] = [
  {
    id: 'key',
    header: 'Of the file',
    isRowHeader: true,
    minWidth: 280,
    cell: ({ key }) => <span className="path-text">{key}</span>,
  },
  {
    id: 'started',
    header: 'Begun',
    width: 220,
    cell: ({ startedAt }) => (startedAt === null ? '-' : formatInstant(startedAt)),
  },
  { id: 'owner', header: 'Whose it is', minWidth: 240, cell: (upload) => <Owner upload={upload} /> },
];

function Owner({ upload: { owner, jobId } }: { readonly upload: UnfinishedUpload }) {
  if (owner === 'foreign' || jobId === null) return 'Not of this installation: it stays';
  const load = <Link href={`#/jobs/${jobId}`}>{words[owner]}</Link>;
  return owner === 'interrupted' ? <>{load}: resume or discard it</> : load;
}

const words: Readonly<Record<Exclude<UnfinishedUpload['owner'], 'foreign'>, string>> = {
  abandoned: 'Left by a load that has ended',
  running: 'Of a load that runs',
  interrupted: 'Of an interrupted load',
};
