/** The settings file, written through electron-store: the same file and form as the command line's. */
import { ipcMain } from 'electron';
import Store from 'electron-store';
import type { Settings } from '../../../shared/model.ts';
import type { MakeConf } from '../../core/index.ts';

export const makeElectronConf: MakeConf = ({ configName, ...options }) => {
  const store = new Store<Settings>({
    ...options,
    ...(configName === undefined ? {} : { name: configName }),
  });
  // It answers any frame that asks where the data folder is; nothing of ours asks.
  ipcMain.removeAllListeners('electron-store-get-data');
  return store;
};
