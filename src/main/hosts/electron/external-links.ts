/** Links that leave the app: they open in the user's browser, and only to places that the app itself names. */
import { dialog, shell } from 'electron';

/** The AWS console: per partition, and below it per region or account. */
const consoles = ['console.aws.amazon.com', 'console.amazonaws.cn', 'console.amazonaws-us-gov.com'];

const documentation = ['docs.aws.amazon.com', 'docs.amazonaws.cn'];

/** True for an address that may be handed to the system: https, no user, no port, a host of the list. */
export function isExternalLink(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'https:') return false;
  if (url.username !== '' || url.password !== '' || url.port !== '') return false;
  if (documentation.includes(url.hostname)) return true;
  return consoles.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
}

/** Opens a link of the list in the user's browser; any other is left alone. */
export function openExternalLink(text: string): void {
  if (!isExternalLink(text)) return;
  shell.openExternal(text).catch(() => {
    dialog.showErrorBox('The link could not be opened', `Open it in your browser:\n${text}`);
  });
}
