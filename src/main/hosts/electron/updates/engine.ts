/** electron-updater, with nothing that it would do by itself: no download, no installation, no mark of this computer. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';
import log from 'electron-log/node.js';
import {
  AppImageUpdater,
  AppUpdater,
  type BaseUpdater,
  CancellationToken,
  MacUpdater,
  NsisUpdater,
} from 'electron-updater';
import type { Engine } from './updates.ts';
import { plainNotes, releasePage } from './words.ts';

/** It would send a number of this computer with every request, for releases that go out bit by bit; ours do not. */
const nobody = '00000000-0000-0000-0000-000000000000';

/** Looks, and cannot install: what the system's own package management has installed is not ours to replace. */
class LookingUpdater extends AppUpdater {
  // The library's own is for classes of its own.
  constructor() {
    super(undefined);
  }

  protected doDownloadUpdate(): Promise<never> {
    return Promise.reject(new Error('this package does not update itself'));
  }

  quitAndInstall(): void {
    throw new Error('this package does not update itself');
  }
}

/** Undefined where this program is not updated from here: it is not packed, or its build named no place to look. */
export function openEngine(): Engine | undefined {
  if (!app.isPackaged) return undefined;
  const file = join(process.resourcesPath, 'app-update.yml');
  if (!existsSync(file)) return undefined;
  const updater = makeUpdater();
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  updater.allowDowngrade = false;
  updater.isUserWithinRollout = () => true;
  // Private in its types: else it makes that number, keeps it in the data folder and sends it.
  Reflect.set(updater, 'stagingUserIdPromise', { value: Promise.resolve(nobody) });
  updater.logger = {
    info: () => undefined,
    warn: (message) => log.warn(`Update: ${line(message)}`),
    // The user is told in words of ours; an automatic look without a network is no fault.
    error: (message) => log.warn(`Update: ${line(message)}`),
  };
  return engineOf(updater, readFileSync(file, 'utf8'));
}

function makeUpdater(): AppUpdater {
  if (process.platform === 'darwin') return new MacUpdater();
  if (process.platform === 'win32') return new NsisUpdater();
  return process.env.APPIMAGE ? new AppImageUpdater() : new LookingUpdater();
}

function engineOf(updater: AppUpdater, config: string): Engine {
  let wish: 'restart' | 'quit' | undefined;
  // Last of all, when the loads have ended and the data folder is closed.
  app.on('quit', (_event, code) => {
    if (wish === undefined || code !== 0 || updater instanceof MacUpdater) return;
    // The new one would find this one running, and give way to it.
    if (wish === 'restart') app.releaseSingleInstanceLock();
    (updater as BaseUpdater).install(true, wish === 'restart');
  });
  return {
    support: updater instanceof LookingUpdater ? 'by-hand' : 'itself',
    async check() {
      const found = await updater.checkForUpdates();
      if (!found?.isUpdateAvailable) return null;
      const { version, releaseNotes } = found.updateInfo;
      return { version, notes: plainNotes(releaseNotes), page: releasePage(config, version) };
    },
    async download(progress, signal) {
      const token = new CancellationToken();
      const stop = (): void => token.cancel();
      const tell = ({ transferred, total }: { transferred: number; total: number }): void =>
        progress(transferred, total);
      signal.addEventListener('abort', stop);
      updater.on('download-progress', tell);
      try {
        await updater.downloadUpdate(token);
      } finally {
        signal.removeEventListener('abort', stop);
        updater.removeListener('download-progress', tell);
      }
    },
    async installAtQuit() {
      wish = 'quit';
      if (!(updater instanceof MacUpdater)) return;
      // What is downloaded already is handed to the system, which installs it when the app has ended.
      updater.autoInstallOnAppQuit = true;
      await updater.downloadUpdate();
    },
    installNow() {
      wish = 'restart';
      if (updater instanceof MacUpdater) updater.quitAndInstall();
      else app.quit();
    },
    leaveIt() {
      wish = undefined;
    },
  };
}

/** Errors of the updater quote whole answers. */
const line = (message: unknown): string => String(message).split('\n', 1)[0]?.slice(0, 300) ?? '';
