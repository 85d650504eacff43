/** Opens the core on the user's data folder, and closes it before the app ends. */
import { join } from 'node:path';
import { app } from 'electron';
import { type Core, dataFolder, type HostServices } from '../../core/index.ts';
import { openWorkbench } from '../workbench.ts';
import { makeElectronConf } from './electron-settings.ts';
import { chooseFile } from './file-dialog.ts';
import { startJobProcess } from './job-process.ts';
import { logFailure } from './log.ts';

/**
 * Finds the data folder and tells Electron. What Chromium keeps goes to a folder inside it, away from ours.
 * @throws SluiceError DATA_FOLDER_UNUSABLE, DISK_FULL
 */
export function setupDataFolder(): string {
  const folder = dataFolder();
  app.setPath('userData', folder);
  app.setPath('sessionData', join(folder, 'window'));
  return folder;
}

/** @throws SluiceError DATA_FOLDER_UNUSABLE, DISK_FULL */
export function setupCore(folder: string, host: Pick<HostServices, 'requests' | 'onJob' | 'updates'>): Core {
  const services = { ...host, kind: 'electron', chooseFile } as const;
  const workbench = openWorkbench(folder, { host: services, makeConf: makeElectronConf, startJobProcess });
  closeBeforeQuit(workbench);
  return workbench.core;
}

/** Running loads are cancelled and cleaned up first: a quit leaves nothing half-done behind. */
function closeBeforeQuit(workbench: AsyncDisposable): void {
  let state: 'open' | 'closing' | 'closed' = 'open';
  const finish = (): void => {
    state = 'closed';
    app.quit();
  };
  app.on('will-quit', (event) => {
    if (state === 'closed') return;
    event.preventDefault();
    if (state === 'closing') return;
    state = 'closing';
    workbench[Symbol.asyncDispose]().then(finish, (error: Error) => {
      logFailure('The data folder was not closed cleanly', error);
      process.stderr.write(`The data folder was not closed cleanly: ${error.message}\n`);
      finish();
    });
  });
}
