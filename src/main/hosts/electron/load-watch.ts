/** What the system shows and does while loads run: progress at the app's icon, no sleep, a word at the end. */
import { BrowserWindow, Notification, powerSaveBlocker } from 'electron';
import type { JobActivity } from '../../core/index.ts';
import { bringToFront } from './front.ts';
import { endWords } from './load-words.ts';
import type { Requests } from './requests.ts';
import type { RunningLoads } from './running-loads.ts';

/** Milliseconds between two movements of the progress at the icon. */
const step = 500;
/** As Electron takes it: no bar, and one that only says that something goes on. */
const noBar = -1;
const unknownBar = 2;

/** The computer stays awake while a load runs; its screen may go dark. */
export function setupSleepBlocker(loads: RunningLoads): void {
  let blocker: number | undefined;
  loads.onChange(() => {
    const running = loads.list().length > 0;
    if (running && blocker === undefined) blocker = powerSaveBlocker.start('prevent-app-suspension');
    if (!running && blocker !== undefined) {
      powerSaveBlocker.stop(blocker);
      blocker = undefined;
    }
  });
}

/** Progress at the icon in the dock or the taskbar, where the system has it. */
export function setupIconProgress(loads: RunningLoads): void {
  let last = 0;
  loads.onChange(() => {
    const running = loads.list().length > 0;
    if (running && Date.now() - last < step) return;
    last = running ? Date.now() : 0;
    const bar = running ? (loads.fraction() ?? unknownBar) : noBar;
    for (const window of BrowserWindow.getAllWindows()) window.setProgressBar(bar);
  });
}

/** Tells the end of a load to a user who looks elsewhere; a click leads to the job. */
export function notifyOfEnd({ jobId, pipeline, event }: JobActivity, requests: Requests): void {
  if (event.event !== 'end') return;
  if (BrowserWindow.getAllWindows().some((window) => window.isFocused())) return;
  if (!Notification.isSupported()) return;
  const notification = new Notification(endWords(pipeline, event));
  // Kept until it is gone: what nobody refers to is collected, and its click with it.
  shown.add(notification);
  const forget = (): void => void shown.delete(notification);
  notification.once('close', forget);
  notification.once('click', () => {
    forget();
    bringToFront();
    requests.ask({ page: `/jobs/${jobId}` });
  });
  notification.show();
}

const shown = new Set<Notification>();
