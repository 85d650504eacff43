/** Where settings, history and locks are kept. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { SluiceError } from '../../shared/errors.ts';
import { storing } from './storage-errors.ts';

const appName = 'Sluice';

/** Electron's `app.getPath('appData')`: the app and the command line must meet in one folder. */
function appData(): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  if (process.platform === 'win32') return process.env.APPDATA || join(homedir(), 'AppData', 'Roaming');
  const xdg = process.env.XDG_CONFIG_HOME;
  // The XDG specification has relative values ignored.
  return xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.config');
}

/** Where the user stands: npm runs scripts in the package's folder and keeps the real one in INIT_CWD. */
const userFolder = (): string => process.env.INIT_CWD || process.cwd();

function choose(explicit: string | undefined): string {
  if (explicit !== undefined) {
    if (explicit.trim() === '')
      throw new SluiceError('INPUT_INVALID', 'The name of the data folder is empty');
    return resolve(userFolder(), explicit);
  }
  const fromEnvironment = process.env.SLUICE_DATA_DIR;
  return fromEnvironment ? resolve(userFolder(), fromEnvironment) : join(appData(), appName);
}

/**
 * The absolute path of the data folder, made (for its owner only) when absent: `explicit`, else SLUICE_DATA_DIR,
 * else the user-data folder that Electron chooses for the app's name. Relative paths count from where the user
 * stands.
 *
 * @throws SluiceError INPUT_INVALID, DATA_FOLDER_UNUSABLE, DISK_FULL
 */
export function dataFolder(explicit?: string): string {
  const folder = choose(explicit);
  storing(folder, 'use the data folder', () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  });
  return folder;
}
