/** The desktop host: what is set up, in order. */
import { join } from 'node:path';
import { app } from 'electron';
import type { JobActivity } from '../../core/index.ts';
import { setupAppFiles, setupAppScheme } from './app-scheme.ts';
import { setupConnection } from './connection.ts';
import { setupNavigationGuards, setupPermissionGuards, setupSandbox } from './guards.ts';
import { orSayWhy, setupIdentity, setupSingleInstance, userArguments } from './lifecycle.ts';
import { notifyOfEnd, setupIconProgress, setupSleepBlocker } from './load-watch.ts';
import { logJob, setupLog } from './log.ts';
import { setupMenu } from './menu.ts';
import { setupCore, setupDataFolder } from './open-core.ts';
import { setupQuit, setupQuitQuestion } from './quit.ts';
import { Requests } from './requests.ts';
import { RunningLoads } from './running-loads.ts';
import { openUpdates, setupUpdates } from './updates/setup.ts';
import { setupWindow } from './window.ts';
import { setupWorkspaceFiles } from './workspace-files.ts';

/** The folder of the built files, seen from the built main file. */
const out = join(import.meta.dirname, '..');
const icon = join(out, '../assets/icons/256x256.png');

// Not awaited: Electron is ready only when this module has been evaluated.
orSayWhy(async () => {
  setupSandbox();
  setupIdentity();
  setupAppScheme();
  setupNavigationGuards();
  setupQuit();
  const data = setupDataFolder();
  if (!setupSingleInstance()) return;
  const logs = setupLog(data);
  const requests = new Requests();
  const loads = new RunningLoads();
  const onJob = (activity: JobActivity): void => {
    loads.tell(activity);
    logJob(activity);
    notifyOfEnd(activity, requests);
  };
  const updates = openUpdates(loads);
  const core = setupCore(data, { requests: requests.take, onJob, updates });
  setupConnection(core);
  setupWorkspaceFiles(requests, userArguments());
  await app.whenReady();
  setupPermissionGuards();
  setupMenu(requests, { data, logs }, icon, updates?.check);
  setupSleepBlocker(loads);
  setupIconProgress(loads);
  setupAppFiles(join(out, 'renderer'));
  const window = setupWindow(join(out, 'preload', 'preload.cjs'), icon);
  setupQuitQuestion(window, core, loads);
  setupUpdates(updates, core, window);
});
