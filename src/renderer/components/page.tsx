import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef } from 'react';
import { HelpLink } from '../help/help-link.tsx';
import { setScreenTopic } from '../help/help-state.ts';
import type { Topic } from '../help/topics.ts';

interface PageProps {
  readonly title: string;
  /** The part of the documentation that belongs to this page. */
  readonly help: Topic;
  readonly description?: React.ReactNode;
  /** Buttons beside the title; one of them primary at most. */
  readonly actions?: React.ReactNode;
  /** False where the page puts the focus into its first field. */
  readonly focusTitle?: boolean;
  readonly children: React.ReactNode;
}

/** A page with its title. Whoever comes here by keyboard or screen reader begins at the title. */
export function Page({ title, help, description, actions, focusTitle = true, children }: PageProps) {
  const heading = useRef<HTMLDivElement>(null);
  useEffect(() => setScreenTopic(help), [help]);
  useEffect(() => {
    document.title = `${title} - Sluice`;
    const element = heading.current?.querySelector('h1');
    if (!focusTitle || element === null || element === undefined) return;
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [title, focusTitle]);
  return (
    <ContentLayout
      header={
        <div ref={heading} className="page-title">
          <Header
            variant="h1"
            description={description}
            actions={actions}
            info={<HelpLink topic={help} of={title} />}
          >
            {title}
          </Header>
        </div>
      }
    >
      <SpaceBetween size="l">{children}</SpaceBetween>
    </ContentLayout>
  );
}
