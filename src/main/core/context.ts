/** What the use cases work with; a host makes it once. */
import type { HostRequest } from '../../shared/host-request.ts';
import type { JobEvent } from '../../shared/model.ts';
import type { LoadOptions } from '../load/options.ts';
import type { History } from '../stores/history.ts';
import type { SecretStore } from '../stores/secrets.ts';
import type { SettingsStore } from '../stores/settings.ts';
import type { StartJobProcess } from './start-job-process.ts';
import type { UpdatesHost } from './updates.ts';
import type { Waitings } from './waitings.ts';

/** What practice mode stands on: an S3 and STS in this process, furnished, and a database to read. */
export interface PracticeGround {
  /** Of S3 and STS; the port is another at every start, so no settings hold it. */
  readonly endpoint: string;
  readonly region: string;
  /** They live in memory only. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly bucket: string;
  readonly roleArn: string;
  /** Absolute path of the sample database. */
  readonly database: string;
}

/** A host's side of practice mode: only a host may start the sandbox. */
export interface PracticeHost {
  /** The ground, started when it does not run yet. @throws SluiceError IN_USE when another process has it */
  ground(externalId: string): Promise<PracticeGround>;
  /** Stops it and deletes its files. */
  remove(): Promise<void>;
}

/** What only the program around the core can do. */
export interface HostServices {
  readonly kind: 'cli' | 'web' | 'electron';
  /** How this program is started from outside, with absolute paths, where it has a command line. */
  readonly command?: readonly string[];
  /** The system's own file dialog, where there is one: the absolute path, or null when it was closed. */
  readonly chooseFile?: () => Promise<string | null>;
  /** What the program asks of its window, until the signal fires. */
  readonly requests?: (signal: AbortSignal) => AsyncGenerator<HostRequest>;
  /** Where the program can be updated from inside. */
  readonly updates?: UpdatesHost | undefined;
  /** Is told of every load that runs from here. It must not throw. */
  readonly onJob?: (activity: JobActivity) => void;
}

/** Something happened in a load: it began, or an event of it came, of which `end` is the last. */
export interface JobActivity {
  readonly jobId: string;
  readonly pipeline: string;
  readonly event: JobEvent | { readonly event: 'begun' };
}

export interface CoreContext {
  readonly settings: SettingsStore;
  readonly secrets: SecretStore;
  readonly history: History;
  /** The data folder, absolute. */
  readonly folder: string;
  readonly host: HostServices;
  readonly waitings: Waitings;
  /** For tests: other times than those of test-destination.ts, in milliseconds. */
  readonly waits?: { readonly longest: number; readonly pause: number } | undefined;
  /** Where the host offers practice mode. */
  readonly practice?: PracticeHost | undefined;
  /** Starts the process that a load runs in. */
  readonly startJobProcess: StartJobProcess;
  /** Sizes of a load, for tests; the defaults are in load/options.ts. */
  readonly load?: Partial<LoadOptions> | undefined;
  /** For tests: the moment and the id of the next job. */
  readonly newJob?: (() => JobMoment) | undefined;
}

/** What of a job its directory path depends on. */
export interface JobMoment {
  readonly at: Date;
  readonly jobId: string;
}

export const nextJob = (core: CoreContext): JobMoment =>
  core.newJob?.() ?? { at: new Date(), jobId: crypto.randomUUID() };
