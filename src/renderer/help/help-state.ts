/** What the help panel shows, and what it would show for the present screen. */
import { useSyncExternalStore } from 'react';
import { type Topic, topics } from './topics.ts';

interface HelpState {
  readonly isOpen: boolean;
  /** `page` or `page#anchor`. */
  readonly at: string;
  /** Grows with each request, so that the same place can be asked for again. */
  readonly asked: number;
}

let state: HelpState = { isOpen: false, at: topics.help, asked: 0 };
let screen: Topic = 'home';
const listeners = new Set<() => void>();

function set(change: Partial<HelpState>): void {
  state = { ...state, ...change };
  for (const listener of listeners) listener();
}

/** Opens the panel at a place of the documentation. */
export const openHelp = (at: string): void => set({ isOpen: true, at, asked: state.asked + 1 });

export const closeHelp = (): void => set({ isOpen: false });

/** Opens the panel at what belongs to the screen that is shown. */
export const openHelpForScreen = (): void => openHelp(topics[screen]);

/** Said by each screen. */
export const setScreenTopic = (topic: Topic): void => {
  screen = topic;
};

export const useHelp = (): HelpState =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
