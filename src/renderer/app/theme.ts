/** Light, dark, or as the system has it. Remembered in this window's own storage. */
import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { useSyncExternalStore } from 'react';
import type { Theme } from './themes.ts';

const key = 'sluice.theme';
const darkSystem = matchMedia('(prefers-color-scheme: dark)');

export function savedTheme(): Theme {
  const saved = localStorage.getItem(key);
  return saved === 'light' || saved === 'dark' ? saved : 'system';
}

const listeners = new Set<() => void>();

export function setTheme(theme: Theme): void {
  localStorage.setItem(key, theme);
  apply();
  for (const listener of listeners) listener();
}

/** The theme that is chosen, wherever that was done. */
export const useTheme = (): Theme =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, savedTheme);

/** Applies the theme before the first paint, and follows the system from then on. */
export function startTheme(): void {
  apply();
  darkSystem.addEventListener('change', apply);
}

function apply(): void {
  const theme = savedTheme();
  const dark = theme === 'dark' || (theme === 'system' && darkSystem.matches);
  applyMode(dark ? Mode.Dark : Mode.Light);
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
}
