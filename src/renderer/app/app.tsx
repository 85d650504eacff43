/** The frame: navigation at the side, the page in the middle, what the user must know above it. */

import AppLayout from '@cloudscape-design/components/app-layout';
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { closeHelp, openHelpForScreen, useHelp } from '../help/help-state.ts';
import { About } from './about.tsx';
import { dismissOldFlashes } from './flash.ts';
import { HostRequests } from './host-requests.tsx';
import { Notices } from './notices.tsx';
import { Pages } from './pages.tsx';
import { usePalette } from './palette/use-palette.tsx';
import { TopBar } from './top-bar.tsx';
import { UpdatesDialog } from './updates/updates-dialog.tsx';
import { useUpdateState } from './updates/use-update-state.ts';

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
  { type: 'link', text: 'Help', href: '#/help' },
] as const;

/** Where there is room, the sections stay open: Cloudscape closes them by itself when the page changes. */
const hasRoom = (): boolean => matchMedia('(min-width: 689px)').matches;

/** Read when it is first opened. */
const HelpPanel = lazy(() => import('../help/help-panel.tsx'));

export function App() {
  const [sectionsOpen, setSectionsOpen] = useState(hasRoom);
  const [location] = useLocation();
  const [about, setAbout] = useState(false);
  const [updates, setUpdates] = useState(false);
  const showUpdates = useCallback(() => setUpdates(true), []);
  const update = useUpdateState();
  const palette = usePalette(() => setAbout(true));
  const help = useHelp();
  useHelpKey();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the location is what this waits for
  useEffect(dismissOldFlashes, [location]);
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <HostRequests onUpdates={showUpdates} />
      <div id="top">
        <TopBar onCommands={palette.open} onAbout={() => setAbout(true)} />
      </div>
      <AppLayout
        headerSelector="#top"
        drawers={[
          {
            id: 'help',
            trigger: { iconName: 'status-info' },
            ariaLabels: {
              drawerName: 'Help',
              closeButton: 'Close help',
              triggerButton: 'Help for this screen',
              resizeHandle: 'Width of the help',
            },
            resizable: true,
            defaultSize: 420,
            content: help.isOpen ? (
              <Suspense fallback={null}>
                <HelpPanel />
              </Suspense>
            ) : null,
          },
        ]}
        activeDrawerId={help.isOpen ? 'help' : null}
        onDrawerChange={({ detail }) => (detail.activeDrawerId === null ? closeHelp() : openHelpForScreen())}
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
        notifications={<Notices update={update} onUpdates={showUpdates} />}
        content={<Pages />}
      />
      {palette.shown}
      {updates && update !== undefined && <UpdatesDialog state={update} onClose={() => setUpdates(false)} />}
      {about && <About onClose={() => setAbout(false)} />}
    </I18nProvider>
  );
}

/** F1, as everywhere. */
function useHelpKey(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'F1' || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      // behind a dialog the panel could not be reached
      if (document.querySelector('[role=dialog]') === null) openHelpForScreen();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
