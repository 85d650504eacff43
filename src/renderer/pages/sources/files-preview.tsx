import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { FilePreview } from '../../../shared/model.ts';
import { factsOf } from './files-words.ts';

/** What was found out about files, with their first rows. */
export function FilesPreview({ previews }: { readonly previews: readonly FilePreview[] }) {
  return (
    <SpaceBetween size="s">
      {previews.map((preview) => (
        <ExpandableSection
          key={preview.object}
          headerText={preview.object}
          headerDescription={factsOf(preview)}
          defaultExpanded={previews.length === 1}
        >
          <SpaceBetween size="s">
            {preview.notes.map((note) => (
              <Alert key={note} type="warning">
                {note}
              </Alert>
            ))}
            <FirstRows preview={preview} />
          </SpaceBetween>
        </ExpandableSection>
      ))}
    </SpaceBetween>
  );
}

const shownRows = 5;

function FirstRows({ preview: { object, columns, rows } }: { readonly preview: FilePreview }) {
  return (
    <Table
      variant="embedded"
      contentDensity="compact"
      ariaLabels={{ tableLabel: `First rows of ${object}` }}
      columnDefinitions={columns.map(({ name }, at) => ({
        id: String(at),
        header: name === '' ? '(no name)' : name,
        cell: (row: readonly (string | null)[]) => <Value value={row[at] ?? null} />,
      }))}
      items={rows.slice(0, shownRows)}
      empty="No rows"
    />
  );
}

function Value({ value }: { readonly value: string | null }) {
  if (value === null) return <Box color="text-body-secondary">NULL</Box>;
  return value === '' ? '""' : value;
}
