import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { TreeRowView } from './tree-row.tsx';
import { moveOf, type TreeRow, typedTo } from './tree-rows.ts';

/** Pixels; every row has it, so that nothing need be measured. */
const rowHeight = 32;
/** Milliseconds after which a letter begins a new word. */
const typingPause = 700;

export interface ObjectTreeProps {
  readonly label: string;
  readonly rows: readonly TreeRow[];
  /** The rows that are shown change with it, and begin at the top again. */
  readonly search: string;
  /** The row whose object is looked at. */
  readonly current: string | undefined;
  readonly onToggle: (id: string) => void;
  /** Enter or a click on an object. */
  readonly onLook: (row: TreeRow) => void;
  /** With check boxes: how much of a row is chosen, and what Space and a click on the box do. */
  readonly choice?: TreeChoice | undefined;
}

export interface TreeChoice {
  readonly of: (row: TreeRow) => 'all' | 'some' | 'none' | undefined;
  readonly toggle: (row: TreeRow) => void;
}

/**
 * A tree grid of which only the rows in sight exist. One of them is in the order of Tab; the arrows lead on from it.
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/treegrid/
 */
export function ObjectTree(props: ObjectTreeProps) {
  const { label, rows, search, onToggle, onLook, choice } = props;
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string>();
  const found = rows.findIndex(({ id }) => id === active);
  const at = Math.max(0, found);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    getItemKey: (index) => rows[index]?.id ?? index,
    // the row that has the focus stays, wherever the others are scrolled to
    rangeExtractor: (range) => [...new Set([at, ...defaultRangeExtractor(range)])].toSorted((a, b) => a - b),
  });
  const typed = useRef({ text: '', at: 0 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another search begins at its top
  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
  }, [search]);

  const focusRow = (index: number): void => {
    const row = rows[index];
    if (row === undefined) return;
    setActive(row.id);
    virtual.scrollToIndex(index);
    // once the row is there
    requestAnimationFrame(() => {
      const rendered = box.current?.querySelectorAll<HTMLElement>('[role=row]') ?? [];
      [...rendered].find(({ dataset }) => dataset.row === row.id)?.focus({ preventScroll: true });
    });
  };
  const type = (letter: string): void => {
    const now = performance.now();
    const text = now - typed.current.at > typingPause ? letter : typed.current.text + letter;
    typed.current = { text, at: now };
    const place = typedTo(rows, at, text);
    if (place !== undefined) focusRow(place);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[at];
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    // A button in a row has keys of its own.
    const own = event.target instanceof HTMLElement && event.target.getAttribute('role') === 'row';
    if (!own && (event.key === 'Enter' || event.key === ' ')) return;
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? rowHeight) / rowHeight) - 1);
    const move = moveOf(event.key, rows, at, page);
    if (move !== undefined && 'to' in move) focusRow(move.to);
    else if (move !== undefined) onToggle(move.toggle);
    else if (event.key === 'Enter' && row.kind === 'schema') onToggle(row.id);
    else if (event.key === 'Enter') onLook(row);
    else if (event.key === ' ' && choice !== undefined) choice.toggle(row);
    else if (event.key.length === 1 && event.key !== ' ') type(event.key);
    else if (event.key !== ' ') return;
    event.preventDefault();
  };
  return (
    <div
      role="treegrid"
      className="object-tree"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-multiselectable={choice === undefined ? undefined : true}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a table of HTML has no levels, and only some of its rows exist */}
      <div role="rowgroup" className="tree-head">
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: a header leads nowhere */}
        <div role="row" aria-rowindex={1} className="tree-row tree-header">
          {['Name', 'Kind or type', 'Rows, estimated'].map((header) => (
            // biome-ignore lint/a11y/useSemanticElements: as above
            // biome-ignore lint/a11y/useFocusableInteractive: as above
            <span key={header} role="columnheader" className="tree-cell">
              {header}
            </span>
          ))}
        </div>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" ref={box} className="tree-scroll">
        <div role="presentation" className="tree-space" style={{ blockSize: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <TreeRowView
                key={row.id}
                row={row}
                index={index}
                start={start}
                tabbable={index === at}
                current={row.id === props.current}
                chosen={choice?.of(row)}
                onActivate={() => focusRow(index)}
                onToggle={() => onToggle(row.id)}
                onLook={() => onLook(row)}
                onChoose={() => choice?.toggle(row)}
                onFocus={() => setActive(row.id)}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
