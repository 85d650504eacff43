import TopNavigation from '@cloudscape-design/components/top-navigation';
import { setTheme, useTheme } from './theme.ts';
import type { Theme } from './themes.ts';

const themes: readonly { readonly id: Theme; readonly text: string }[] = [
  { id: 'system', text: 'As the system' },
  { id: 'light', text: 'Light' },
  { id: 'dark', text: 'Dark' },
];

/** As the keyboard of this computer calls it. */
const shortcut = /Mac/i.test(navigator.userAgent) ? '⌘K' : 'Ctrl+K';

interface TopBarProps {
  readonly onCommands: () => void;
  readonly onAbout: () => void;
}

export function TopBar({ onCommands, onAbout }: TopBarProps) {
  const theme = useTheme();
  return (
    <TopNavigation
      identity={{ href: '#/', title: 'Sluice', logo: { src: './icon.svg', alt: 'Logo' } }}
      utilities={[
        { type: 'button', text: `Commands (${shortcut})`, iconName: 'search', onClick: onCommands },
        { type: 'button', text: 'About', onClick: onAbout },
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
          },
        },
      ]}
    />
  );
}
