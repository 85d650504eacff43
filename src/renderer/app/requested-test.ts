/** A test of a destination that somebody asked for elsewhere; the page of the destinations carries it out. */
import { useSyncExternalStore } from 'react';

let requested: string | undefined;
const listeners = new Set<() => void>();

function replace(name: string | undefined): void {
  requested = name;
  for (const listener of listeners) listener();
}

export const requestTest = (name: string): void => replace(name);

/** Called when it is begun. */
export const testIsTaken = (): void => replace(undefined);

export const useRequestedTest = (): string | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => requested,
  );
