/** The one window. */
import { app, BrowserWindow, dialog, type WebPreferences } from 'electron';
import { appOrigin } from './app-origin.ts';

/** Said in full, so that no change of a default opens anything. */
const webPreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  // The spell checker would fetch dictionaries from the network.
  spellcheck: false,
} as const satisfies WebPreferences;

/** A page that dies again within this time, in milliseconds, is not shown a third time. */
const crashLoopMs = 10_000;

/**
 * Opens the window, once the app is ready: where it was, and as large as it was, when it was closed.
 * @param preload absolute path of the compiled preload
 * @param icon absolute path of a PNG, for Linux; elsewhere the window has that of the program
 */
export function setupWindow(preload: string, icon: string): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Sluice',
    ...(process.platform === 'linux' ? { icon } : {}),
    name: 'main',
    windowStatePersistence: true,
    width: 1200,
    height: 800,
    minWidth: 480,
    minHeight: 400,
    show: false,
    webPreferences: { ...webPreferences, preload, devTools: !app.isPackaged },
  });
  window.once('ready-to-show', () => window.show());
  showAgainAfterCrash(window);
  load(window);
  return window;
}

function load(window: BrowserWindow): void {
  window.loadURL(`${appOrigin}/index.html`).catch((error: Error) => {
    if (!window.isDestroyed()) dialog.showErrorBox('The window could not be filled', error.message);
  });
}

/** Loads run in the main process and go on, whatever became of the page. */
function showAgainAfterCrash(window: BrowserWindow): void {
  let last = Number.NEGATIVE_INFINITY;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const now = performance.now();
    if (now - last > crashLoopMs) load(window);
    else dialog.showErrorBox('The window has crashed', `Start Sluice again. The reason given is: ${reason}.`);
    last = now;
  });
}
