/** The tree of a source's objects, and which of its rows are open. */
import { useMemo, useState } from 'react';
import type { SourceObject } from '../../../shared/model.ts';
import { indexOf, type Tree, treeOf } from './tree-rows.ts';

interface OpenTree {
  readonly tree: Tree;
  readonly toggle: (id: string) => void;
}

const nothing: ReadonlySet<string> = new Set();

/**
 * What was opened by hand stays so while nothing is looked for; every search opens what it finds.
 * @param search with the text '' for everything; `columns`: look among the names of columns, too
 */
export function useTree(objects: readonly SourceObject[], text: string, columns: boolean): OpenTree {
  const index = useMemo(() => indexOf(objects), [objects]);
  const [usual, setUsual] = useState(nothing);
  const [searched, setSearched] = useState({ text: '', toggled: nothing });
  const searching = text.trim() !== '';
  const toggled = searching ? (searched.text === text ? searched.toggled : nothing) : usual;
  const tree = useMemo(() => treeOf(index, { text, columns }, toggled), [index, text, columns, toggled]);
  return {
    tree,
    toggle: (id) => {
      const next = flipped(toggled, id);
      if (searching) setSearched({ text, toggled: next });
      else setUsual(next);
    },
  };
}

function flipped<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
