/** The frame: navigation at the side, the page in the middle, what the user must know above it. */

import AppLayout from '@cloudscape-design/components/app-layout';
import Flashbar from '@cloudscape-design/components/flashbar';
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import TopNavigation from '@cloudscape-design/components/top-navigation';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { api } from './api.ts';
import { Pages } from './pages.tsx';
import { savedTheme, setTheme, type Theme } from './theme.ts';

export function App() {
  const [location, navigate] = useLocation();
  const section = `/${location.split('/')[1] ?? ''}`;
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <div id="top">
        <Header onHome={() => navigate('/')} />
      </div>
      <AppLayout
        headerSelector="#top"
        toolsHide
        navigationWidth={220}
        ariaLabels={{
          navigation: 'Sections',
          navigationClose: 'Close sections',
          navigationToggle: 'Open sections',
        }}
        navigation={
          <SideNavigation
            activeHref={section}
            items={[
              { type: 'link', text: 'Home', href: '/' },
              { type: 'link', text: 'Pipelines', href: '/pipelines' },
              { type: 'link', text: 'History', href: '/jobs' },
              { type: 'divider' },
              { type: 'link', text: 'Sources', href: '/sources' },
              { type: 'link', text: 'Destinations', href: '/destinations' },
            ]}
            onFollow={(event) => {
              event.preventDefault();
              navigate(event.detail.href);
            }}
          />
        }
        notifications={<Notices />}
        content={<Pages />}
      />
    </I18nProvider>
  );
}

const themes: readonly { readonly id: Theme; readonly text: string }[] = [
  { id: 'system', text: 'As the system' },
  { id: 'light', text: 'Light' },
  { id: 'dark', text: 'Dark' },
];

function Header({ onHome }: { readonly onHome: () => void }) {
  const [theme, choose] = useState(savedTheme);
  return (
    <TopNavigation
      identity={{
        href: '#/',
        title: 'Sluice',
        logo: { src: './icon.svg', alt: '' },
        onFollow: (event) => {
          event.preventDefault();
          onHome();
        },
      }}
      utilities={[
        {
          type: 'menu-dropdown',
          text: 'Appearance',
          iconName: 'settings',
          items: themes.map((item) => ({
            ...item,
            itemType: 'checkbox' as const,
            checked: item.id === theme,
          })),
          onItemClick: ({ detail }) => {
            setTheme(detail.id as Theme);
            choose(detail.id as Theme);
          },
        },
      ]}
    />
  );
}

/** What the data folder has to say, e.g. that a damaged file was put aside. */
function Notices() {
  const { data } = useQuery(api.system.info.queryOptions());
  const [dismissed, setDismissed] = useState<readonly string[]>([]);
  const notices = (data?.notices ?? []).filter((notice) => !dismissed.includes(notice));
  return (
    <Flashbar
      items={notices.map((notice) => ({
        id: notice,
        type: 'warning',
        content: notice,
        dismissible: true,
        onDismiss: () => setDismissed([...dismissed, notice]),
      }))}
    />
  );
}
