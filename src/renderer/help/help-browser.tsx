import Box from '@cloudscape-design/components/box';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useEffect, useRef, useState } from 'react';
import { contentsPage, type HelpPage, partsOf } from '../../shared/help-pages.ts';
import { Document } from './document.tsx';
import { useHelpPages } from './pages.ts';
import { type Found, search } from './search.ts';
import { helpAddress } from './topics.ts';

interface HelpBrowserProps {
  /** `page` or `page#anchor`. */
  readonly at: string;
  /** Changes when the place is asked for anew. */
  readonly asked: unknown;
  /** The level of the heading that is the title. */
  readonly level: number;
  readonly onGo: (target: string) => void;
}

/** The documentation: a field that searches all of it, and one page, at the place that was asked for. */
export function HelpBrowser({ at, asked, level, onGo }: HelpBrowserProps) {
  const pages = useHelpPages();
  const [typed, setTyped] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was found is left behind with each step
  useEffect(() => setTyped(''), [at, asked]);
  if (pages.isPending) return <StatusIndicator type="loading">Reading the pages</StatusIndicator>;
  if (pages.isError) {
    return (
      <StatusIndicator type="error">
        The pages cannot be read. They are made when the page is built: build it again, then reload.
      </StatusIndicator>
    );
  }
  const [name, anchor] = partsOf(at);
  const page = pages.data.find((one) => one.name === name) ?? pages.data[0];
  return (
    <div className="help">
      <Input
        type="search"
        value={typed}
        placeholder="Search all pages"
        ariaLabel="Search the documentation"
        clearAriaLabel="Clear"
        onChange={({ detail }) => setTyped(detail.value)}
      />
      {name !== contentsPage && (
        <Box padding={{ top: 'xs' }}>
          <To target={contentsPage} onGo={onGo}>
            All pages
          </To>
        </Box>
      )}
      {typed.trim() === '' ? (
        page !== undefined && <OnePage page={page} anchor={anchor} asked={asked} level={level} onGo={onGo} />
      ) : (
        <Results found={search(pages.data, typed)} typed={typed.trim()} onGo={onGo} />
      )}
    </div>
  );
}

interface OnePageProps extends Omit<HelpBrowserProps, 'at'> {
  readonly page: HelpPage;
  readonly anchor: string;
}

function OnePage({ page, anchor, asked, level, onGo }: OnePageProps) {
  const content = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again, it is shown again
  useEffect(() => {
    const place =
      anchor === ''
        ? content.current
        : content.current?.querySelector<HTMLElement>(`[data-anchor="${CSS.escape(anchor)}"]`);
    place?.scrollIntoView({ block: 'start' });
    // by a link inside the pages the focus goes with it; by one of a screen it has gone to the panel
    if (anchor !== '' && content.current?.closest('.help')?.contains(document.activeElement) === true) {
      place?.focus({ preventScroll: true });
    }
  }, [page, anchor, asked]);
  return (
    <div ref={content} className="help-page">
      <Document blocks={page.blocks} level={level} onGo={onGo} />
    </div>
  );
}

interface ResultsProps {
  readonly found: readonly Found[];
  readonly typed: string;
  readonly onGo: (target: string) => void;
}

function Results({ found, typed, onGo }: ResultsProps) {
  return (
    <div className="help-page">
      <div role="status">
        {found.length === 0 ? `Nothing is said about “${typed}”.` : `Found in ${found.length} places`}
      </div>
      <ul className="help-found">
        {found.map(({ at, title, heading, snippet }) => (
          <li key={at}>
            <To target={at} onGo={onGo}>
              {heading === title ? title : `${title}: ${heading}`}
            </To>
            <div>{snippet}</div>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface ToProps {
  readonly target: string;
  readonly onGo: (target: string) => void;
  readonly children: string;
}

const To = ({ target, onGo, children }: ToProps) => (
  <Link
    href={`#${helpAddress(target)}`}
    onFollow={(event) => {
      event.preventDefault();
      onGo(target);
    }}
  >
    {children}
  </Link>
);
