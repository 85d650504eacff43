/** The application menu: the pages, editing, zoom and windows; nothing that reloads or leaves the app's page. */
import { app, dialog, Menu, type MenuItemConstructorOptions, shell } from 'electron';
import { bringToFront } from './front.ts';
import type { Requests } from './requests.ts';

type Item = MenuItemConstructorOptions;

const isMac = process.platform === 'darwin';

/**
 * @param folders data: the data folder; logs: where the app writes its log
 * @param icon absolute path of a PNG, which About shows on Linux and Windows
 * @param checkForUpdates undefined where the app is not updated from here
 */
export function setupMenu(
  requests: Requests,
  folders: { readonly data: string; readonly logs: string },
  icon: string,
  checkForUpdates: (() => void) | undefined,
): void {
  app.setAboutPanelOptions({
    applicationName: 'Sluice',
    applicationVersion: app.getVersion(),
    copyright: 'Apache License 2.0',
    iconPath: icon,
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuOf(requests, folders, icon, checkForUpdates)));
}

function menuOf(...[requests, folders, , checkForUpdates]: Parameters<typeof setupMenu>): Item[] {
  const goTo = (label: string, page: string, accelerator?: string): Item => ({
    label,
    ...(accelerator === undefined ? {} : { accelerator }),
    click: () => {
      bringToFront();
      requests.ask({ page });
    },
  });
  const help = (label: string, at: string, accelerator?: string): Item => ({
    label,
    ...(accelerator === undefined ? {} : { accelerator }),
    click: () => {
      bringToFront();
      requests.ask({ help: at });
    },
  });
  const folder = (label: string, path: string): Item => ({ label, click: () => void showFolder(path) });
  const about: Item = { label: 'About Sluice', click: () => app.showAboutPanel() };
  const updates: Item[] =
    checkForUpdates === undefined
      ? []
      : [
          {
            label: 'Check for Updates…',
            click: () => {
              bringToFront();
              requests.ask({ show: 'updates' });
              checkForUpdates();
            },
          },
        ];
  const inspect: Item[] = app.isPackaged ? [] : [{ role: 'toggleDevTools' }];
  return [
    ...(isMac ? [appMenu(updates)] : []),
    {
      label: '&File',
      submenu: [
        goTo('New Pipeline', '/pipelines/new', 'CmdOrCtrl+N'),
        goTo('New Source', '/sources/new'),
        goTo('New Destination', '/destinations/new'),
        { type: 'separator' },
        goTo('Export or Import a Workspace', '/workspace'),
        { type: 'separator' },
        { role: isMac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        goTo('Home', '/', 'CmdOrCtrl+1'),
        goTo('Pipelines', '/pipelines', 'CmdOrCtrl+2'),
        goTo('History', '/jobs', 'CmdOrCtrl+3'),
        goTo('Sources', '/sources', 'CmdOrCtrl+4'),
        goTo('Destinations', '/destinations', 'CmdOrCtrl+5'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...inspect,
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        help('Help for This Screen', '', 'F1'),
        help('All Help Pages', 'README'),
        help('Getting Started', 'getting-started'),
        help('Errors Explained', 'errors'),
        { type: 'separator' },
        folder('Show the Data Folder', folders.data),
        folder('Show the Logs Folder', folders.logs),
        ...(isMac ? [] : [{ type: 'separator' } as const, ...updates, about]),
      ],
    },
  ];
}

/** As Electron makes it by its role, with updates where macOS has them: below About. */
const appMenu = (updates: readonly Item[]): Item => ({
  label: 'Sluice',
  submenu: [
    { role: 'about' },
    ...updates,
    { type: 'separator' },
    { role: 'services' },
    { type: 'separator' },
    { role: 'hide' },
    { role: 'hideOthers' },
    { role: 'unhide' },
    { type: 'separator' },
    { role: 'quit' },
  ],
});

async function showFolder(path: string): Promise<void> {
  const problem = await shell.openPath(path);
  if (problem !== '') dialog.showErrorBox('The folder cannot be shown', `${path}\n\n${problem}`);
}
