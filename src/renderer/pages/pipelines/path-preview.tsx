import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { formatCount, formatMany } from '../../components/format.ts';
import { PathText } from '../../components/path-text.tsx';
import { usePages } from '../../components/use-pages.tsx';
import { ByteMeter } from './byte-meter.tsx';
import type { Directories } from './directories.ts';
import { SanitisedNote } from './sanitised-note.tsx';

interface PathPreviewProps {
  readonly directories: Directories;
  readonly bucket: string;
  readonly timeZone: string;
}

/** Where the files go: the first object large, the rest in a list, and everything worth knowing about it. */
export function PathPreview({ directories, bucket, timeZone }: PathPreviewProps) {
  const { first, longest, changes, all, collisions } = directories;
  return (
    <SpaceBetween size="m">
      <Collisions collisions={collisions} />
      <div>
        <Box variant="awsui-key-label">
          {first.object} goes to this directory of the bucket {bucket}
          {first.pathUtc === undefined ? '' : `, by the clock of ${timeZone}`}
        </Box>
        <PathText path={first.path} large />
        <Box variant="small" display="block" color="text-body-secondary">
          First file: {first.firstKey.slice(first.path.length)}. The job id is an example: every load gets its
          own.
        </Box>
      </div>
      {first.pathUtc !== undefined && (
        <div>
          <Box variant="awsui-key-label">In UTC it would be</Box>
          {first.pathUtc === first.path ? 'the same at this hour' : <PathText path={first.pathUtc} />}
        </div>
      )}
      <ByteMeter bytes={longest.keyBytes} object={all.length > 1 ? longest.object : undefined} />
      <SanitisedNote changes={changes} />
      {all.length > 1 && <AllPaths all={all} />}
    </SpaceBetween>
  );
}

function Collisions({ collisions }: Pick<Directories, 'collisions'>) {
  const [first] = collisions;
  if (first === undefined) return null;
  const more = collisions.length - 1;
  return (
    <Alert type="error" header="Two objects would write to one directory">
      <Box variant="p" padding="n">
        {first.objects.join(' and ')} would both write to <PathText path={first.path} />
        {more > 0 && `; ${formatMany(more, 'other directory', 'other directories')} would be shared too`}.
      </Box>
      <Box variant="p" padding="n">
        Choose another destination prefix, or leave one of the objects out.
      </Box>
    </Alert>
  );
}

function AllPaths({ all }: Pick<Directories, 'all'>) {
  const { items, pagination } = usePages(all, 20, 'Pages of directories');
  return (
    <ExpandableSection headerText={`All ${formatCount(all.length)} directories`}>
      <Table
        variant="embedded"
        contentDensity="compact"
        wrapLines
        trackBy="object"
        items={items.map((directory) => directory())}
        pagination={pagination}
        ariaLabels={{ tableLabel: 'All directories' }}
        columnDefinitions={[
          {
            id: 'object',
            header: 'Object',
            width: 220,
            isRowHeader: true,
            cell: ({ object }) => <span className="path-text">{object}</span>,
          },
          { id: 'path', header: 'Directory', cell: ({ path }) => <PathText path={path} /> },
          { id: 'bytes', header: 'Key, bytes', width: 110, cell: ({ keyBytes }) => formatCount(keyBytes) },
        ]}
      />
    </ExpandableSection>
  );
}
