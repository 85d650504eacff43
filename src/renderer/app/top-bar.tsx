import TopNavigation from '@cloudscape-design/components/top-navigation';
import { useState } from 'react';
import { savedTheme, setTheme, type Theme } from './theme.ts';

const themes: readonly { readonly id: Theme; readonly text: string }[] = [
  { id: 'system', text: 'As the system' },
  { id: 'light', text: 'Light' },
  { id: 'dark', text: 'Dark' },
];

export function TopBar() {
  const [theme, choose] = useState(savedTheme);
  return (
    <TopNavigation
      identity={{ href: '#/', title: 'Sluice', logo: { src: './icon.svg', alt: 'Logo' } }}
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
