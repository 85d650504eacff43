import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { SourceObject } from '../../../shared/model.ts';
import { formatCount } from '../../components/format.ts';
import { usePages } from '../../components/use-pages.tsx';
import { keyOf } from './draft.ts';

interface ObjectGroupProps {
  /** null where the engine has no schemas. */
  readonly schema: string | null;
  readonly objects: readonly SourceObject[];
  readonly chosen: ReadonlySet<string>;
  readonly search: string;
  readonly open: boolean;
  readonly onToggle: () => void;
  /** Chooses or leaves out all of these. */
  readonly onChoose: (objects: readonly SourceObject[], choose: boolean) => void;
}

/** The objects of a schema, below a box that chooses all of them. */
export function ObjectGroup({ schema, objects, chosen, search, open, onToggle, onChoose }: ObjectGroupProps) {
  const count = objects.filter((object) => chosen.has(keyOf(object))).length;
  if (schema === null)
    return <ObjectTable objects={objects} chosen={chosen} search={search} onChoose={onChoose} />;
  return (
    <div>
      <SpaceBetween direction="horizontal" size="xxs" alignItems="center">
        <Button
          variant="icon"
          formAction="none"
          iconName={open ? 'angle-down' : 'angle-right'}
          ariaLabel={`${open ? 'Hide' : 'Show'} the objects of ${schema}`}
          ariaExpanded={open}
          onClick={onToggle}
        />
        <Checkbox
          checked={count === objects.length}
          indeterminate={count > 0 && count < objects.length}
          onChange={() => onChoose(objects, count < objects.length)}
        >
          <Box variant="strong">{schema}</Box>{' '}
          <Box variant="span" color="text-body-secondary">
            {formatCount(count)} of {formatCount(objects.length)} chosen
          </Box>
        </Checkbox>
      </SpaceBetween>
      {open && <ObjectTable objects={objects} chosen={chosen} search={search} onChoose={onChoose} />}
    </div>
  );
}

type ObjectTableProps = Pick<ObjectGroupProps, 'objects' | 'chosen' | 'search' | 'onChoose'>;

function ObjectTable({ objects, chosen, search, onChoose }: ObjectTableProps) {
  const { items, pagination } = usePages(objects, 20, 'Pages of objects', search);
  const columns: TableProps.ColumnDefinition<SourceObject>[] = [
    {
      id: 'name',
      header: 'Object',
      isRowHeader: true,
      cell: (object) => {
        const checked = chosen.has(keyOf(object));
        return (
          <Checkbox checked={checked} onChange={() => onChoose([object], !checked)}>
            <span className="path-text">{object.name}</span>
          </Checkbox>
        );
      },
    },
    { id: 'kind', header: 'Kind', width: 180, cell: ({ kind }) => kind },
    {
      id: 'rows',
      header: 'Rows, estimated',
      width: 170,
      cell: ({ estimatedRows }) => (estimatedRows === null ? 'unknown' : formatCount(estimatedRows)),
    },
  ];
  return (
    <Table
      variant="embedded"
      contentDensity="compact"
      columnDefinitions={columns}
      items={items}
      trackBy={keyOf}
      pagination={pagination}
      enableKeyboardNavigation
      wrapLines
      ariaLabels={{ tableLabel: 'Objects' }}
    />
  );
}
