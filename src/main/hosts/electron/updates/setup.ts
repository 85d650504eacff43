/** Updates in the desktop app: who looks, and when. */
import { app, type BrowserWindow, powerMonitor, shell } from 'electron';
import type { Core } from '../../../core/index.ts';
import { logFailure } from '../log.ts';
import type { RunningLoads } from '../running-loads.ts';
import { openEngine } from './engine.ts';
import { Updates } from './updates.ts';

/** Milliseconds: not in the way of the start. */
const firstLook = 15_000;
const day = 24 * 60 * 60 * 1000;

/** Undefined where this program is not updated from here. */
export function openUpdates(loads: RunningLoads): Updates | undefined {
  const engine = openEngine();
  if (engine === undefined) return undefined;
  return new Updates(engine, {
    current: app.getVersion(),
    loads: () => loads.list().map(({ pipeline }) => pipeline),
    openPage: (address) => {
      shell.openExternal(address).catch((error: unknown) => logFailure(`${address} cannot be opened`, error));
    },
  });
}

/** Looks after the start and once a day, while the user has not switched that off; leaves a shutdown alone. */
export function setupUpdates(updates: Updates | undefined, core: Core, window: BrowserWindow): void {
  if (updates === undefined) return;
  const look = async (): Promise<void> => {
    // Read each time: another window, or an import, may have changed it.
    if ((await core.client.updates.settings()).automatic) await updates.checkQuietly();
  };
  const lookSafely = (): void =>
    void look().catch((error: unknown) => logFailure('The settings cannot be read', error));
  setTimeout(lookSafely, firstLook).unref();
  setInterval(lookSafely, day).unref();
  powerMonitor.on('shutdown', updates.leaveIt);
  window.on('session-end', updates.leaveIt);
}
