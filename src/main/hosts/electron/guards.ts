/** What no page of this app may do, whatever script runs in it. */
import { app, session } from 'electron';
import { appOrigin } from './app-origin.ts';
import { openExternalLink } from './external-links.ts';

/** Chromium's processes all run in the operating system's sandbox. Before the app is ready. */
export function setupSandbox(): void {
  app.enableSandbox();
}

/** The page never leaves itself: moves inside it are changes of the hash, which are no navigation. */
export function setupNavigationGuards(): void {
  const deny = (event: { preventDefault(): void }): void => event.preventDefault();
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', deny);
    contents.on('will-frame-navigate', deny);
    contents.on('will-redirect', deny);
    contents.on('will-attach-webview', deny);
    contents.setWindowOpenHandler(({ url }) => {
      openExternalLink(url);
      return { action: 'deny' };
    });
  });
}

/** Nothing is allowed but putting text on the clipboard, which the copy buttons do. Once the app is ready. */
export function setupPermissionGuards(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => {
    answer(isAllowed(permission, requestingUrl));
  });
  defaultSession.setPermissionCheckHandler((_contents, permission, origin) => isAllowed(permission, origin));
  defaultSession.setDevicePermissionHandler(() => false);
}

const isAllowed = (permission: string, asker: string): boolean =>
  permission === 'clipboard-sanitized-write' && (asker === appOrigin || asker.startsWith(`${appOrigin}/`));
