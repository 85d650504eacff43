/**
 * Chromium knows the scheme app: only inside Electron. The stand-in shows the page under an https origin that no
 * name server answers for, and every address that reaches the main process is written back to app:.
 */
export const appOrigin = 'app://sluice';
export const pageOrigin = 'https://sluice.test';

const swap = (url: string, from: string, to: string): string =>
  url === from || url.startsWith(`${from}/`) ? to + url.slice(from.length) : url;

export const toPage = (url: string): string => swap(url, appOrigin, pageOrigin);
export const toApp = (url: string): string => swap(url, pageOrigin, appOrigin);
