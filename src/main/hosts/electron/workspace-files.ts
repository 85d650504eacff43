/** Workspace files that are opened with the app: by a double click, by its icon, or as an argument. */
import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { app, dialog } from 'electron';
import { maxWorkspaceText } from '../../../shared/workspace.ts';
import { bringToFront } from './front.ts';
import type { Requests } from './requests.ts';

/** Of a file that the system opens with Sluice. */
const extension = '.sluice';

/**
 * Opens what the app was started with, and what it is asked to open later.
 * @param args of the command line, without the program
 */
export function setupWorkspaceFiles(requests: Requests, args: readonly string[]): void {
  const open = (path: string): void => openFile(path, requests);
  const named = fileOf(args, process.cwd());
  if (named !== undefined) open(named);
  // macOS tells it so; at a start, before the app is ready.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    bringToFront();
    open(path);
  });
  app.on('second-instance', (_event, _argv, _folder, data) => {
    bringToFront();
    const file = (data as { readonly file?: unknown } | null)?.file;
    if (typeof file === 'string') open(file);
  });
}

/** The absolute path of the workspace file among arguments. */
export function fileOf(args: readonly string[], folder: string): string | undefined {
  const named = args.find((arg) => !arg.startsWith('-') && arg.toLowerCase().endsWith(extension));
  return named === undefined ? undefined : resolve(folder, named);
}

function openFile(path: string, requests: Requests): void {
  const name = basename(path);
  try {
    requests.ask({ workspace: { name, text: textOf(path) } });
    requests.ask({ page: '/workspace' });
  } catch (error) {
    dialog.showErrorBox(`“${name}” cannot be opened`, (error as Error).message);
  }
}

/** @throws Error in words for the user */
function textOf(path: string): string {
  const { size } = statSync(path);
  // A character takes up to three bytes.
  if (size > maxWorkspaceText * 3) throw new Error('It is too large to be a workspace file.');
  const text = new TextDecoder('utf-8', { fatal: true });
  try {
    return text.decode(readFileSync(path));
  } catch (error) {
    if (error instanceof TypeError) throw new Error('It is no text in UTF-8, as a workspace file is.');
    throw error;
  }
}
