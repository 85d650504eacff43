/** What the desktop window and the browser stand on alike: a core with practice mode in the data folder. */
import { join } from 'node:path';
import { type Core, type CoreOptions, openCore } from '../core/index.ts';
import { practiceIn } from './practice.ts';

export interface Workbench extends AsyncDisposable {
  readonly core: Core;
}

/**
 * Opens the core on a data folder. Disposing cancels running jobs, waits for them, then stops practice mode.
 * @throws SluiceError DATA_FOLDER_UNUSABLE, DISK_FULL
 */
export function openWorkbench(folder: string, options: Omit<CoreOptions, 'practice'>): Workbench {
  const practice = practiceIn(join(folder, 'practice'));
  const core = openCore(folder, { ...options, practice });
  return {
    core,
    async [Symbol.asyncDispose]() {
      try {
        await core[Symbol.asyncDispose]();
      } finally {
        // After the jobs, which may be loading into it.
        await practice[Symbol.asyncDispose]();
      }
    },
  };
}
