/** What the numbers were measured on. */
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly zlib: string;
  /** Processes that wanted a core, in the last minute: far above 0 before a run, the machine was busy. */
  readonly load: number;
}

export const machineFacts = (): Machine => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 1024 ** 3),
  system: `${type()} ${release()}`,
  node: process.version,
  zlib: process.versions.zlib ?? '',
  load: loadavg()[0] ?? 0,
});
