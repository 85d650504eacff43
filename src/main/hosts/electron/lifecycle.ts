/** Starting once, and starting in vain. */
import { app, dialog } from 'electron';
import { SluiceError } from '../../../shared/errors.ts';
import { logFailure } from './log.ts';
import { fileOf } from './workspace-files.ts';

/** The arguments of the user: an app that is not packaged is itself one for Electron. */
export const userArguments = (): string[] => process.argv.slice(app.isPackaged ? 1 : 2);

/** `appId` of electron-builder.yml: the installer gives it to the shortcut. */
export const appId = 'io.github.sluice';

/** Windows shows notifications, and groups windows, by the shortcut that has the same identity. */
export function setupIdentity(): void {
  if (process.platform === 'win32') app.setAppUserModelId(appId);
}

/** False when the app already runs on this data folder; it was told, with the file to open, and this process ends. */
export function setupSingleInstance(): boolean {
  const file = fileOf(userArguments(), process.cwd());
  const alone = app.requestSingleInstanceLock(file === undefined ? {} : { file });
  if (!alone) app.quit();
  return alone;
}

/** Runs the start; where it fails, the user is told why and what to do, and the app ends. */
export function orSayWhy(start: () => Promise<void>): void {
  start().catch(async (error: unknown) => {
    // Before that, the message would go to a terminal that may not be there.
    await app.whenReady();
    logFailure('Sluice cannot start', error);
    dialog.showErrorBox('Sluice cannot start', wordsOf(error));
    app.exit(1);
  });
}

function wordsOf(error: unknown): string {
  if (error instanceof SluiceError) return `${error.message}.\n\n${error.fix}`;
  return error instanceof Error ? error.message : String(error);
}
