/** Which addresses may leave the app for the user's browser: only places that the app itself names. */

import { consoleHosts } from '../../../shared/documents/console.ts';

const documentation = ['docs.aws.amazon.com', 'docs.amazonaws.cn'];

/** True for an address that may be handed to the system: https, no user, no port, a host of the list. */
export function isExternalAddress(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'https:') return false;
  if (url.username !== '' || url.password !== '' || url.port !== '') return false;
  if (documentation.includes(url.hostname)) return true;
  // The console: per partition, and below it per region or account.
  return consoleHosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
}
