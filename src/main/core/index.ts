/** The core: everything the app can do, behind the contract. A host opens it, calls it, and closes it. */
import { createRouterClient } from '@orpc/server';
import type { ContractClient } from '../../shared/contract.ts';
import { openHistory } from '../stores/history.ts';
import { openSecrets } from '../stores/secrets.ts';
import { openSettings, type SettingsOptions } from '../stores/settings.ts';
import type { CoreContext } from './context.ts';
import { withContractErrors } from './contract-errors.ts';
import { createJobs } from './jobs.ts';
import { createRouter, type Router } from './router.ts';
import { forkJobProcess } from './start-job-process.ts';
import { noticesOf } from './system.ts';
import { createWaitings } from './waitings.ts';

export { dataFolder } from '../stores/data-folder.ts';
export type { MakeConf } from '../stores/settings-conf.ts';
export { type JobProcess, jobArguments, jobEnvironment } from './start-job-process.ts';
export type { UpdatesHost } from './updates.ts';
export type { HostServices, JobActivity, PracticeGround, PracticeHost } from './context.ts';

export interface Core extends AsyncDisposable {
  readonly router: Router;
  /** The contract as a direct call; errors are ORPCErrors with our codes. */
  readonly client: ContractClient;
  /** Ends running loads at once, so that each can be resumed; disposing would cancel them. */
  leaveJobs(): void;
  /** What the user has to be told about the data folder, e.g. that a damaged file was put aside. */
  notices(): readonly string[];
}

export type CoreOptions = Pick<CoreContext, 'practice' | 'load' | 'newJob' | 'waits'> &
  Partial<Pick<CoreContext, 'secrets' | 'host' | 'startJobProcess'>> &
  SettingsOptions;

/**
 * Opens the core on a data folder. Disposing cancels running jobs and waits for them.
 * @throws SluiceError DATA_FOLDER_UNUSABLE, DISK_FULL
 */
export function openCore(folder: string, options: CoreOptions = {}): Core {
  const settings = openSettings(folder, options);
  const history = openHistory(folder);
  const core: CoreContext = {
    folder,
    settings,
    history,
    secrets: options.secrets ?? openSecrets(),
    host: options.host ?? { kind: 'cli' },
    waitings: createWaitings(),
    waits: options.waits,
    startJobProcess: options.startJobProcess ?? forkJobProcess,
    practice: options.practice,
    load: options.load,
    newJob: options.newJob,
  };
  const jobs = createJobs(core);
  const router = createRouter(core, jobs);
  return {
    router,
    client: createRouterClient(router, { interceptors: [withContractErrors] }),
    leaveJobs: () => jobs.leave(),
    notices: () => noticesOf(core),
    async [Symbol.asyncDispose]() {
      await jobs[Symbol.asyncDispose]();
      history.close();
    },
  };
}
