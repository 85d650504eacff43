/** The own scheme: the page has an origin of its own, and needs neither file: nor a server. */
import { protocol } from 'electron';
import { answerAppRequest } from './app-files.ts';
import { appScheme } from './app-origin.ts';

/** Must run before the app is ready. Standard gives it an origin, secure what browsers keep for https. */
export function setupAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/**
 * Serves the built page. Once the app is ready.
 * @param folder absolute; holds index.html
 */
export function setupAppFiles(folder: string): void {
  protocol.handle(appScheme, (request) => answerAppRequest(folder, request));
}
