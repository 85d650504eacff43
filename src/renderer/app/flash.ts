/** Short news that outlive the page they come from, e.g. that something was saved. */
import { useSyncExternalStore } from 'react';

export interface Flash {
  readonly id: string;
  readonly type: 'success' | 'info' | 'warning';
  readonly text: string;
  /** Milliseconds, of the clock of the page. */
  readonly at: number;
}

/** News that are younger belong to the page that is being opened, not to the one that is left. */
const fresh = 1000;

let flashes: readonly Flash[] = [];
const listeners = new Set<() => void>();

function replace(next: readonly Flash[]): void {
  flashes = next;
  for (const listener of listeners) listener();
}

/** Shows news above the page, until the user closes it or goes on to another page. */
export function flash(text: string, type: Flash['type'] = 'success'): void {
  replace([...flashes, { id: crypto.randomUUID(), type, text, at: performance.now() }]);
}

export const dismissFlash = (id: string): void => replace(flashes.filter((item) => item.id !== id));

/** The page has changed: old news go. */
export const dismissOldFlashes = (): void =>
  replace(flashes.filter(({ at }) => performance.now() - at < fresh));

export const useFlashes = (): readonly Flash[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => flashes,
  );
