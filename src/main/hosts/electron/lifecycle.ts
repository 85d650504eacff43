/** Starting once, starting in vain, and ending. */
import { app, dialog } from 'electron';
import { SluiceError } from '../../../shared/errors.ts';

/** False when the app already runs on this data folder; it was told, and this process ends. */
export function setupSingleInstance(): boolean {
  const alone = app.requestSingleInstanceLock();
  if (!alone) app.quit();
  return alone;
}

/** Without its window there is no way back to the app, so it ends, on every system. */
export function setupQuit(): void {
  app.on('window-all-closed', () => app.quit());
}

/** Runs the start; where it fails, the user is told why and what to do, and the app ends. */
export function orSayWhy(start: () => Promise<void>): void {
  start().catch(async (error: unknown) => {
    // Before that, the message would go to a terminal that may not be there.
    await app.whenReady();
    dialog.showErrorBox('Sluice cannot start', wordsOf(error));
    app.exit(1);
  });
}

function wordsOf(error: unknown): string {
  if (error instanceof SluiceError) return `${error.message}.\n\n${error.fix}`;
  return error instanceof Error ? error.message : String(error);
}
