/** The end of the app: asked for while loads run, it asks back. */
import { app, type BrowserWindow, dialog, powerMonitor } from 'electron';
import type { Core } from '../../core/index.ts';
import { quitQuestion } from './load-words.ts';
import type { RunningLoads } from './running-loads.ts';

const buttons = ['Go on loading', 'Quit and resume later', 'Cancel and quit'];
const [stay, resumeLater] = [0, 1];

/** Without its window there is no way back to the app, so it ends with it, on every system. */
export function setupQuit(): void {
  app.on('window-all-closed', () => app.quit());
}

/**
 * Asks before a window closes or the app quits while loads run. A system that shuts down is not kept waiting: then
 * loads are left as they are, to be resumed.
 */
export function setupQuitQuestion(window: BrowserWindow, core: Core, loads: RunningLoads): void {
  let decided = false;
  let asking = false;
  const question = (event: { preventDefault(): void }): void => {
    if (decided || loads.list().length === 0) return;
    event.preventDefault();
    if (asking) return;
    asking = true;
    void ask().finally(() => {
      asking = false;
    });
  };
  const ask = async (): Promise<void> => {
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      ...{ buttons, defaultId: stay, cancelId: stay, noLink: true },
      ...quitQuestion(loads.list()),
    });
    if (response === stay) return;
    decided = true;
    if (response === resumeLater) core.leaveJobs();
    app.quit();
  };
  const leave = (): void => {
    decided = true;
    core.leaveJobs();
    app.quit();
  };
  window.on('close', question);
  app.on('before-quit', question);
  powerMonitor.on('shutdown', leave);
  window.on('session-end', leave);
  // In place of Electron's own, which would ask a terminal, or a service manager, that cannot answer.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      decided = true;
      app.quit();
    });
  }
}
