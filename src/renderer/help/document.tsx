/** Draws the blocks of a page of the documentation. */
import Link from '@cloudscape-design/components/link';
import { createElement, Fragment, type ReactNode } from 'react';
import { type Block, type Inline, textOf } from '../../shared/help-pages.ts';
import { CodeBlock } from '../components/code-block.tsx';
import { helpAddress } from './topics.ts';

interface DocumentProps {
  readonly blocks: readonly Block[];
  /** The level of the page's own title; its sections are one below. */
  readonly level: number;
  /** Follows a link to another place of the documentation. */
  readonly onGo: (target: string) => void;
}

export function Document({ blocks, ...rest }: DocumentProps) {
  return (
    <>
      {blocks.map((block, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a page never changes
        <Fragment key={place}>{drawn(block, rest)}</Fragment>
      ))}
    </>
  );
}

type Rest = Omit<DocumentProps, 'blocks'>;

function drawn(block: Block, rest: Rest): ReactNode {
  if ('heading' in block) {
    const level = Math.min(6, rest.level + block.depth - 1);
    const props = { 'data-anchor': block.anchor, tabIndex: -1 };
    return createElement(`h${level}`, props, <Words of={block.heading} {...rest} />);
  }
  if ('p' in block) {
    return (
      <p>
        <Words of={block.p} {...rest} />
      </p>
    );
  }
  if ('pre' in block) return <CodeBlock text={block.pre} label={`Example: ${block.pre.slice(0, 60)}`} />;
  if ('list' in block) {
    const items = block.list.map((item, place) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a page never changes
      <li key={place}>
        <Document blocks={item} {...rest} />
      </li>
    ));
    return block.start === null ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>;
  }
  if ('table' in block) return <Table rows={block.table} end={block.end} {...rest} />;
  return <Picture {...block} />;
}

interface TableProps extends Rest {
  readonly rows: readonly (readonly (readonly Inline[])[])[];
  readonly end: readonly boolean[];
}

function Table({ rows: [head = [], ...rows], end, ...rest }: TableProps) {
  const isEmpty = head.every((cell) => cell.length === 0);
  const look = (column: number) => (end[column] === true ? 'help-number' : undefined);
  return (
    // biome-ignore lint/a11y/useSemanticElements: no fields are in it
    <div
      role="group"
      className="help-table"
      aria-label={`Table: ${head.map(textOf).join(', ')}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
    >
      <table>
        {!isEmpty && (
          <thead>
            <tr>
              {head.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a page never changes
                <Cell key={column} as="th" look={look(column)} of={cell} {...rest} />
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a page never changes
            <tr key={place}>
              {row.map((cell, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a page never changes
                <Cell key={column} as="td" look={look(column)} of={cell} {...rest} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps extends Rest {
  readonly as: 'th' | 'td';
  readonly look: string | undefined;
  readonly of: readonly Inline[];
}

/** An empty cell is no header of anything. */
function Cell({ as, look, of, ...rest }: CellProps) {
  const words = <Words of={of} {...rest} />;
  if (as === 'td' || of.length === 0) return <td className={look}>{words}</td>;
  return (
    <th scope="col" className={look}>
      {words}
    </th>
  );
}

function Words({ of, ...rest }: Rest & { readonly of: readonly Inline[] }) {
  return (
    <>
      {of.map((inline, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a page never changes
        <Fragment key={place}>{word(inline, rest)}</Fragment>
      ))}
    </>
  );
}

function word(inline: Inline, rest: Rest): ReactNode {
  if (typeof inline === 'string') return inline;
  if ('code' in inline) return <code>{inline.code}</code>;
  if ('strong' in inline) {
    return (
      <strong>
        <Words of={inline.strong} {...rest} />
      </strong>
    );
  }
  if ('em' in inline) {
    return (
      <em>
        <Words of={inline.em} {...rest} />
      </em>
    );
  }
  const words = <Words of={inline.of} {...rest} />;
  if ('href' in inline) {
    return (
      <Link external href={inline.href}>
        {words}
      </Link>
    );
  }
  return (
    <Link
      href={`#${helpAddress(inline.to)}`}
      onFollow={(event) => {
        event.preventDefault();
        rest.onGo(inline.to);
      }}
    >
      {words}
    </Link>
  );
}

interface PictureProps {
  readonly picture: string;
  readonly dark: string | null;
  readonly alt: string;
}

/** In the colours of the window: the style sheet shows one of both. */
const Picture = ({ picture, dark, alt }: PictureProps) => (
  <>
    <img
      className={dark === null ? 'help-picture' : 'help-picture help-light'}
      src={`./help/${picture}`}
      alt={alt}
    />
    {dark !== null && <img className="help-picture help-dark" src={`./help/${dark}`} alt={alt} />}
  </>
);
