/** A workspace file that was opened with the app, until the page for workspaces takes it. */
import { useSyncExternalStore } from 'react';

export interface OpenedWorkspace {
  readonly name: string;
  readonly text: string;
}

let opened: OpenedWorkspace | undefined;
const listeners = new Set<() => void>();

function set(file: OpenedWorkspace | undefined): void {
  opened = file;
  for (const listener of listeners) listener();
}

export const openWorkspaceFile = (file: OpenedWorkspace): void => set(file);

/** The file that waits, and how to say that it was taken. */
export function useOpenedWorkspace(): {
  readonly file: OpenedWorkspace | undefined;
  readonly taken: () => void;
} {
  const file = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => opened,
  );
  return { file, taken: () => set(undefined) };
}
