import Icon from '@cloudscape-design/components/icon';
import { useEffect, useRef } from 'react';
import { formatCount, formatMany } from '../format.ts';
import type { TreeRow } from './tree-rows.ts';

interface TreeRowProps {
  readonly row: TreeRow;
  /** Among all rows, from 0. */
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly start: number;
  readonly tabbable: boolean;
  /** It is looked at. */
  readonly current: boolean;
  /** Undefined where it cannot be chosen. */
  readonly chosen: 'all' | 'some' | 'none' | undefined;
  readonly onActivate: () => void;
  readonly onToggle: () => void;
  readonly onLook: () => void;
  readonly onChoose: () => void;
  readonly onFocus: () => void;
}

/** A schema, an object or a column. Its own buttons are for the mouse: the row has keys for all of them. */
export function TreeRowView(props: TreeRowProps) {
  const { row, index, start, tabbable, current, chosen, onToggle, onChoose } = props;
  const { name, level, expanded } = row;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of HTML has no levels, and only some of its rows exist
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys of all its rows
    <div
      role="row"
      className={`tree-row tree-item ${current ? 'tree-current' : ''}`}
      style={{ transform: `translateY(${start}px)` }}
      data-row={row.id}
      aria-label={labelOf(row)}
      aria-rowindex={index + 2}
      aria-level={level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-expanded={expanded}
      aria-selected={chosen === undefined ? undefined : chosen === 'all'}
      aria-current={current ? true : undefined}
      tabIndex={tabbable ? 0 : -1}
      onFocus={props.onFocus}
      onClick={() => {
        props.onActivate();
        if (row.kind !== 'schema') props.onLook();
        else onToggle();
      }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the row has the focus */}
      <span role="gridcell" className="tree-cell" style={{ paddingInlineStart: (level - 1) * 24 }}>
        {expanded === undefined ? (
          <span className="tree-no-toggle" />
        ) : (
          <button
            type="button"
            className="tree-toggle"
            tabIndex={-1}
            aria-label={toggleLabel(row, expanded)}
            onClick={(event) => {
              event.stopPropagation();
              props.onActivate();
              onToggle();
            }}
          >
            <Icon name={expanded ? 'angle-down' : 'angle-right'} size="small" />
          </button>
        )}
        {chosen !== undefined && <Box name={name} chosen={chosen} onChoose={onChoose} />}
        <bdi className="tree-name" title={name}>
          {name}
        </bdi>
      </span>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
      <span role="gridcell" className="tree-cell tree-quiet" title={kindOf(row)}>
        {kindOf(row)}
      </span>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
      <span role="gridcell" className="tree-cell tree-quiet tree-number">
        {rowsOf(row)}
      </span>
    </div>
  );
}

interface BoxProps {
  readonly name: string;
  readonly chosen: 'all' | 'some' | 'none';
  readonly onChoose: () => void;
}

function Box({ name, chosen, onChoose }: BoxProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = chosen === 'some';
  }, [chosen]);
  return (
    <input
      ref={box}
      type="checkbox"
      className="tree-box"
      tabIndex={-1}
      aria-label={name}
      checked={chosen === 'all'}
      onChange={onChoose}
      onClick={(event) => event.stopPropagation()}
    />
  );
}

/** What is read aloud: without it, the names of the buttons would come first. */
function labelOf(row: TreeRow): string {
  const counted = row.kind === 'schema' || (row.kind === 'object' && row.object.estimatedRows !== null);
  const count = row.kind === 'schema' ? rowsOf(row) : `about ${rowsOf(row)} rows`;
  return [row.name, kindOf(row), ...(counted ? [count] : [])].join(', ');
}

const toggleLabel = (row: TreeRow, expanded: boolean): string =>
  `${expanded ? 'Hide' : 'Show'} the ${row.kind === 'schema' ? 'objects' : 'columns'} of ${row.name}`;

function kindOf(row: TreeRow): string {
  if (row.kind === 'schema') return 'schema';
  return row.kind === 'object' ? row.object.kind : row.column.type;
}

function rowsOf(row: TreeRow): string {
  if (row.kind === 'schema') return formatMany(row.objects.length, 'object');
  if (row.kind === 'column') return '';
  const { estimatedRows } = row.object;
  return estimatedRows === null ? 'unknown' : formatCount(estimatedRows);
}
