/** Opens links that leave the app. */
import { dialog, shell } from 'electron';
import { isExternalAddress } from './external-address.ts';

/** Opens an address of the list in the user's browser; any other is left alone. */
export function openExternalLink(text: string): void {
  if (!isExternalAddress(text)) return;
  shell.openExternal(text).catch(() => {
    dialog.showErrorBox('The link could not be opened', `Open it in your browser:\n${text}`);
  });
}
