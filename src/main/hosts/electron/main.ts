/** The desktop host: what is set up, in order. */
import { join } from 'node:path';
import { app } from 'electron';
import { setupAppFiles, setupAppScheme } from './app-scheme.ts';
import { setupConnection } from './connection.ts';
import { setupNavigationGuards, setupPermissionGuards, setupSandbox } from './guards.ts';
import { orSayWhy, setupQuit, setupSingleInstance } from './lifecycle.ts';
import { setupMenu } from './menu.ts';
import { setupCore, setupDataFolder } from './open-core.ts';
import { setupWindow } from './window.ts';

/** The folder of the built files, seen from the built main file. */
const out = join(import.meta.dirname, '..');

// Not awaited: Electron is ready only when this module has been evaluated.
orSayWhy(async () => {
  setupSandbox();
  setupAppScheme();
  setupNavigationGuards();
  setupQuit();
  const folder = setupDataFolder();
  if (!setupSingleInstance()) return;
  const core = setupCore(folder);
  setupConnection(core);
  await app.whenReady();
  setupPermissionGuards();
  setupMenu();
  setupAppFiles(join(out, 'renderer'));
  setupWindow(join(out, 'preload', 'preload.cjs'));
});
