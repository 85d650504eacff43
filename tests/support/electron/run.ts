/**
 * Runs a compiled main bundle with the stand-in in the place of `electron`, in a process of its own. Commands of
 * the test come over the channel of `fork`.
 * Usage: run.ts MAIN_BUNDLE
 */
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Answer, Command } from './start-app.ts';

const standIn = new URL('./stand-in.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: standIn, shortCircuit: true } : next(specifier, context),
});

// Electron has it from the start.
Object.assign(process, { resourcesPath: process.env.STAND_IN_RESOURCES ?? '' });

const { app, BrowserWindow, clickMenu, clickNotification, forgeIpc, ipcMain, menuWords, powerMonitor, seen } =
  await import('./stand-in.ts');
const { askPermission, devicesAllowed } = await import('./permissions.ts');

const pageOf = async () => {
  const contents = BrowserWindow.all[0]?.webContents;
  if (contents === undefined) throw new Error('there is no window');
  return contents.page;
};

const commands: { readonly [Name in Command['do']]: (command: Command & { do: Name }) => unknown } = {
  state: () => ({
    ...seen,
    paths: { userData: app.getPath('userData'), sessionData: app.getPath('sessionData') },
  }),
  loadPage: async ({ url }) => (await pageOf()).load(url),
  runInWorld: async ({ where, code }) => (await pageOf()).runInWorld(where, code),
  askPermission: ({ permission, url }) => ({ ...askPermission(permission, url), device: devicesAllowed() }),
  forgeIpc,
  channels: () => ipcMain.eventNames(),
  emitWebview: () => {
    let prevented = false;
    const event = {
      preventDefault: () => {
        prevented = true;
      },
    };
    BrowserWindow.all[0]?.webContents.emit('will-attach-webview', event, {}, {});
    return prevented;
  },
  answerFileDialog: ({ answer }) => void seen.fileAnswers.push(answer),
  crashPage: async () => (await pageOf()).crash(),
  closeWindow: () => BrowserWindow.all[0]?.close(),
  quit: () => app.quit(),
  menu: menuWords,
  clickMenu: ({ label }) => clickMenu(label),
  clickNotification,
  answerQuestion: ({ answer }) => void seen.questionAnswers.push(answer),
  setFocus: ({ focused }) => {
    seen.focusedNow = focused;
  },
  shutDown: () => powerMonitor.emit('shutdown'),
  openFile: ({ path }) => app.emit('open-file', { preventDefault: () => undefined }, path),
};

process.on('message', async ({ id, command }: { id: number; command: Command }) => {
  let answer: Answer;
  try {
    const run = commands[command.do] as (command: Command) => unknown;
    answer = { id, result: await run(command) };
  } catch (error) {
    answer = { id, error: String(error) };
  }
  process.send?.(answer);
});
// The channel going away means that the test is over.
process.on('disconnect', () => app.exit(1));

await import(pathToFileURL(resolve(process.argv[2] ?? '')).href);
app.becomeReady();
