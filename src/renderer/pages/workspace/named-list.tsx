import Box from '@cloudscape-design/components/box';
import type { ReactNode } from 'react';
import type { WorkspaceKind } from '../../../shared/workspace.ts';
import { keyOf } from './plan-words.ts';

interface Named {
  readonly kind: WorkspaceKind;
  readonly name: string;
}

interface NamedListProps {
  readonly items: readonly Named[];
  readonly title: string;
  /** What stands behind a name, e.g. a way to its page. */
  readonly after?: (item: Named) => ReactNode;
}

/** Things by kind and name under a sentence; nothing where there are none. */
export function NamedList({ items, title, after }: NamedListProps) {
  if (items.length === 0) return null;
  return (
    <div>
      <Box variant="p" padding={{ bottom: 'xxs' }}>
        {title}:
      </Box>
      <ul className="points">
        {items.map((item) => (
          <li key={keyOf(item)}>
            the {item.kind} “{item.name}”{after?.(item)}
          </li>
        ))}
      </ul>
    </div>
  );
}
