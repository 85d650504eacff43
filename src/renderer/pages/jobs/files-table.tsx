import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { Verification } from '../../../shared/model.ts';
import { Copyable } from '../../components/copyable.tsx';
import { formatCount, formatInstant, formatSize } from '../../components/format.ts';
import { usePages } from '../../components/use-pages.tsx';
import type { FileView } from './job-view.ts';

type Verdict = Verification['files'][number];

interface FilesTableProps {
  readonly files: readonly FileView[];
  /** Absent while the files were not read back. */
  readonly verdicts: readonly Verdict[] | undefined;
}

/** The files that the job wrote; after a check, those that are not as they should be come first. */
export function FilesTable({ files, verdicts }: FilesTableProps) {
  const byKey = new Map(verdicts?.map((verdict) => [verdict.key, verdict]));
  const broken = ({ key }: FileView) => (byKey.get(key)?.verdict === 'failed' ? 0 : 1);
  const sorted = files.toSorted((one, other) => broken(one) - broken(other));
  const { items, pagination } = usePages(sorted, 25, 'Pages of files');
  return (
    <Table
      header={
        <Header
          variant="h2"
          counter={`(${formatCount(files.length)})`}
          description="Gzipped CSV with a header row. The checksum is the one that S3 keeps for the file."
        >
          Files
        </Header>
      }
      columnDefinitions={verdicts === undefined ? columns : [...columns, verdictColumn(byKey)]}
      items={items}
      trackBy="key"
      pagination={pagination}
      wrapLines
      ariaLabels={{ tableLabel: 'Files' }}
    />
  );
}

const columns: TableProps.ColumnDefinition<FileView>[] = [
  {
    id: 'key',
    header: 'Key',
    isRowHeader: true,
    minWidth: 280,
    cell: ({ key, removedAt }) => (
      <>
        <Copyable text={key} label="key" />
        {removedAt !== undefined && (
          <Box color="text-body-secondary">Removed on {formatInstant(removedAt)}</Box>
        )}
      </>
    ),
  },
  { id: 'rows', header: 'Rows', width: 110, cell: ({ rows }) => formatCount(rows) },
  { id: 'size', header: 'Size', width: 110, cell: ({ bytes }) => formatSize(bytes) },
  {
    id: 'checksum',
    header: 'Checksum',
    width: 170,
    cell: ({ checksum }) => (
      <Box variant="code">
        <span className="path-text">{checksum}</span>
      </Box>
    ),
  },
];

const verdictColumn = (verdicts: ReadonlyMap<string, Verdict>): TableProps.ColumnDefinition<FileView> => ({
  id: 'verdict',
  header: 'Read back',
  width: 220,
  cell: ({ key }) => {
    const verdict = verdicts.get(key);
    if (verdict === undefined) return '-';
    if (verdict.verdict === 'passed')
      return <StatusIndicator type="success">As it should be</StatusIndicator>;
    return <StatusIndicator type="error">{verdict.cause ?? 'Not as it should be'}</StatusIndicator>;
  },
});
