/** The frame: navigation at the side, the page in the middle, what the user must know above it. */

import AppLayout from '@cloudscape-design/components/app-layout';
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { About } from './about.tsx';
import { dismissOldFlashes } from './flash.ts';
import { HostRequests } from './host-requests.tsx';
import { Notices } from './notices.tsx';
import { Pages } from './pages.tsx';
import { usePalette } from './palette/use-palette.tsx';
import { TopBar } from './top-bar.tsx';

/** Real addresses, so that the browser's own ways to open a link work too. */
const sections = [
  { type: 'link', text: 'Home', href: '#/' },
  { type: 'link', text: 'Pipelines', href: '#/pipelines' },
  { type: 'link', text: 'History', href: '#/jobs' },
  { type: 'divider' },
  { type: 'link', text: 'Sources', href: '#/sources' },
  { type: 'link', text: 'Destinations', href: '#/destinations' },
  { type: 'divider' },
  { type: 'link', text: 'Workspace', href: '#/workspace' },
] as const;

/** Where there is room, the sections stay open: Cloudscape closes them by itself when the page changes. */
const hasRoom = (): boolean => matchMedia('(min-width: 689px)').matches;

export function App() {
  const [sectionsOpen, setSectionsOpen] = useState(hasRoom);
  const [location] = useLocation();
  const [about, setAbout] = useState(false);
  const palette = usePalette(() => setAbout(true));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the location is what this waits for
  useEffect(dismissOldFlashes, [location]);
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <HostRequests />
      <div id="top">
        <TopBar onCommands={palette.open} onAbout={() => setAbout(true)} />
      </div>
      <AppLayout
        headerSelector="#top"
        toolsHide
        navigationWidth={220}
        navigationOpen={sectionsOpen}
        onNavigationChange={({ detail }) => setSectionsOpen(detail.open)}
        ariaLabels={{
          navigation: 'Sections',
          navigationClose: 'Close sections',
          navigationToggle: 'Open sections',
          notifications: 'News',
        }}
        navigation={<SideNavigation activeHref={`#/${location.split('/')[1] ?? ''}`} items={[...sections]} />}
        notifications={<Notices />}
        content={<Pages />}
      />
      {palette.shown}
      {about && <About onClose={() => setAbout(false)} />}
    </I18nProvider>
  );
}
