import Box from '@cloudscape-design/components/box';
import { useState } from 'react';
import type { SourceObject } from '../../../shared/model.ts';
import { Look } from './look.tsx';
import { ObjectTree } from './object-tree.tsx';
import { keyOf, type Tree, type TreeRow } from './tree-rows.ts';

export interface ObjectBrowserProps {
  readonly source: string;
  readonly tree: Tree;
  readonly search: string;
  readonly onToggle: (id: string) => void;
  /** With it, every object has a box to be chosen by. */
  readonly choice?: ObjectChoice | undefined;
}

export interface ObjectChoice {
  /** By `keyOf`. */
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (objects: readonly SourceObject[], wanted: boolean) => void;
}

/** The tree of a source, and beside it a look at one of its objects. */
export function ObjectBrowser({ source, tree, search, onToggle, choice }: ObjectBrowserProps) {
  const [looked, setLooked] = useState<SourceObject>();
  const current = looked === undefined ? undefined : keyOf(looked);
  return (
    <div className="browser">
      <ObjectTree
        label="Objects"
        rows={tree.rows}
        search={search}
        current={current}
        onToggle={onToggle}
        onLook={(row) => setLooked(objectAt(tree.rows, row) ?? looked)}
        choice={choice === undefined ? undefined : choiceOf(tree.rows, choice)}
      />
      <div className="browser-look">
        {looked === undefined ? (
          <Box color="text-body-secondary" padding={{ vertical: 's' }}>
            Click a table or view, or press Enter on it, to see its columns and its first rows. Looking only
            reads, and nothing of it is kept.
          </Box>
        ) : (
          <Look key={`${source} ${current}`} source={source} object={looked} />
        )}
      </div>
    </div>
  );
}

/** The object of a row; of a column, the one that it belongs to. */
function objectAt(rows: readonly TreeRow[], row: TreeRow): SourceObject | undefined {
  if (row.kind === 'object') return row.object;
  const at = rows.findIndex(({ id }) => id === row.id);
  const above = rows.slice(0, at).findLast(({ kind }) => kind === 'object');
  return above?.kind === 'object' ? above.object : undefined;
}

function choiceOf(rows: readonly TreeRow[], { chosen, onChoose }: ObjectChoice) {
  const objectsOf = (row: TreeRow): readonly SourceObject[] => {
    if (row.kind === 'schema') return row.objects;
    const object = objectAt(rows, row);
    return object === undefined ? [] : [object];
  };
  const of = (row: TreeRow) => {
    if (row.kind === 'column') return undefined;
    const objects = objectsOf(row);
    const count = objects.filter((object) => chosen.has(keyOf(object))).length;
    return count === 0 ? 'none' : count === objects.length ? 'all' : 'some';
  };
  return {
    of,
    toggle: (row: TreeRow) => {
      const objects = objectsOf(row);
      onChoose(objects, !objects.every((object) => chosen.has(keyOf(object))));
    },
  };
}
