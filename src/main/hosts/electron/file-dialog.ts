/** The system's file dialog, for choosing a database file. */
import { BrowserWindow, dialog, type OpenDialogOptions } from 'electron';

const options: OpenDialogOptions = {
  title: 'Choose a SQLite database',
  properties: ['openFile'],
  filters: [
    { name: 'SQLite databases', extensions: ['sqlite', 'sqlite3', 'db', 'db3'] },
    { name: 'All files', extensions: ['*'] },
  ],
};

/** The absolute path, or null when the dialog was closed. */
export async function chooseFile(): Promise<string | null> {
  const [window] = BrowserWindow.getAllWindows();
  const { canceled, filePaths } =
    window === undefined
      ? await dialog.showOpenDialog(options)
      : await dialog.showOpenDialog(window, options);
  return canceled ? null : (filePaths[0] ?? null);
}
