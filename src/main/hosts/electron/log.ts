/**
 * The app's log: one file in the data folder, for the user who wants to know what happened, or to tell us. It says
 * when the app started and ended, what became of loads, and what failed; never a value of a table, never a secret.
 */
import { join } from 'node:path';
import { app } from 'electron';
import log from 'electron-log/node.js';
import type { JobActivity } from '../../core/index.ts';
import { version } from '../../core/version.ts';

/** Bytes of the file; a full one is kept beside it, as `sluice.old.log`. */
const mostBytes = 1_000_000;

// Before there is a folder for it, nothing is written: the default would be a place of its own.
log.transports.file.level = false;
log.transports.console.level = false;

/** Starts the log. Returns its folder. */
export function setupLog(dataFolder: string): string {
  const folder = join(dataFolder, 'logs');
  const { file } = log.transports;
  file.resolvePathFn = () => join(folder, 'sluice.log');
  file.maxSize = mostBytes;
  file.format = '{y}-{m}-{d} {h}:{i}:{s}{z} [{level}] {text}';
  file.writeOptions = { flag: 'a', mode: 0o600, encoding: 'utf8' };
  file.level = 'info';
  const { electron, node } = process.versions;
  log.info(
    `Sluice ${version} starts; Electron ${electron ?? '?'}, Node ${node}, ${process.platform} ${process.arch}`,
  );
  // Not will-quit, which comes once more after the loads have been closed.
  app.on('quit', () => log.info('Sluice ends'));
  app.on('render-process-gone', (_event, _contents, { reason }) =>
    log.error(`The window is gone: ${reason}`),
  );
  app.on('child-process-gone', (_event, { type, reason, serviceName = '' }) => {
    if (reason !== 'clean-exit') log.warn(`A process is gone: ${type} ${serviceName}, ${reason}`);
  });
  return folder;
}

/** Writes down when a load begins and how it ends. */
export function logJob({ jobId, pipeline, event }: JobActivity): void {
  if (event.event === 'begun') log.info(`Load ${jobId} of "${pipeline}" begins`);
  if (event.event === 'warning') log.warn(`Load ${jobId}: ${event.object} ${event.message}`);
  if (event.event !== 'end') return;
  const { state, error } = event;
  const why = error === undefined ? '' : `; ${error.code}: ${error.message}`;
  log.info(`Load ${jobId} of "${pipeline}" is ${state.replaceAll('_', ' ')}${why}`);
}

/** Writes down why something failed that the user has been told of. */
export const logFailure = (what: string, error: unknown): void =>
  log.error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
