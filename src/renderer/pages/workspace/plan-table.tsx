import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import type { ConflictChoice, WorkspacePlan, WorkspacePlanItem } from '../../../shared/workspace.ts';
import { usePages } from '../../components/use-pages.tsx';
import { ConflictField } from './conflict-field.tsx';
import { actionWords, type Choices, type Chosen, fieldWords, isConflict, keyOf } from './plan-words.ts';

interface PlanTableProps {
  readonly plan: WorkspacePlan;
  readonly choices: Choices;
  readonly onChoose: (key: string, chosen: Chosen) => void;
}

const pageSize = 50;

const looks: Readonly<Record<WorkspacePlanItem['action'], StatusIndicatorProps.Type>> = {
  add: 'success',
  same: 'stopped',
  conflict: 'warning',
  mine: 'stopped',
  theirs: 'warning',
  rename: 'success',
};

/** Item by item: what the file has, and what happens with it; what has to be decided comes first. */
export function PlanTable({ plan, choices, onChoose }: PlanTableProps) {
  const conflicts = plan.items.filter(isConflict);
  const sorted = [...conflicts, ...plan.items.filter((item) => !isConflict(item))];
  const { items, pagination } = usePages(sorted, pageSize, 'Pages of the file');
  const chooseAll = (choice: ConflictChoice) => {
    for (const item of conflicts) onChoose(keyOf(item), { choice, newName: '' });
  };
  return (
    <Table
      variant="embedded"
      wrapLines
      items={[...items]}
      trackBy={keyOf}
      ariaLabels={{ tableLabel: 'What the import changes' }}
      {...(pagination === undefined ? {} : { pagination })}
      header={
        conflicts.length > 1 && (
          <Header
            variant="h3"
            description={`${conflicts.length} names of the file are taken here by something else.`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button onClick={() => chooseAll('mine')}>Keep all of mine</Button>
                <Button onClick={() => chooseAll('theirs')}>Take all of theirs</Button>
                <Button onClick={() => chooseAll('rename')}>Add all under new names</Button>
              </SpaceBetween>
            }
          >
            Conflicts
          </Header>
        )
      }
      columnDefinitions={[
        { id: 'what', header: 'In the file', isRowHeader: true, cell: (item) => <What item={item} /> },
        {
          id: 'action',
          header: 'On import',
          minWidth: 230,
          cell: (item) => (
            <SpaceBetween size="xs">
              <StatusIndicator type={looks[item.action]}>{actionWords(item)}</StatusIndicator>
              {isConflict(item) && (
                <ConflictField
                  item={item}
                  chosen={choices.get(keyOf(item))}
                  onChoose={(chosen) => onChoose(keyOf(item), chosen)}
                />
              )}
            </SpaceBetween>
          ),
        },
      ]}
    />
  );
}

/** The file's in one line, and where it is unlike the one here. Long addresses break where they must. */
function What({ item }: { readonly item: WorkspacePlanItem }) {
  const { kind, name, summary, differences, usedBy } = item;
  return (
    <div className="path-text">
      <Box variant="strong">{name}</Box>{' '}
      <Box variant="span" color="text-body-secondary">
        {kind}
      </Box>
      <div>{summary}</div>
      {differences.map(({ field, here, file }) => (
        <Box key={field} fontSize="body-s">
          <strong>{fieldWords(field)}:</strong> here {here}, in the file {file}
        </Box>
      ))}
      {usedBy.length > 0 && (
        <Box fontSize="body-s" color="text-body-secondary">
          Used here by {usedBy.join(', ')}
        </Box>
      )}
    </div>
  );
}
