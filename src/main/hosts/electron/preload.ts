/**
 * Runs in the window beside the page, in a world of its own, and does one thing: it carries a port that the page
 * posts over to the main process. Nothing is exposed to the page.
 */
import { ipcRenderer } from 'electron';
import { connectChannel } from './app-origin.ts';

/** What is used of the browser's window; the main side is compiled without the types of the DOM. */
interface PageWindow {
  readonly location: { readonly origin: string };
  addEventListener(type: 'message', listener: (event: PageMessage) => void): void;
}

interface PageMessage {
  readonly source: unknown;
  readonly origin: string;
  readonly data: unknown;
  readonly ports: readonly object[];
}

declare const window: PageWindow;

window.addEventListener('message', ({ source, origin, data, ports }) => {
  if (data !== connectChannel || source !== window || origin !== window.location.origin) return;
  const [port, ...more] = ports;
  if (port !== undefined && more.length === 0) ipcRenderer.postMessage(connectChannel, null, [port]);
});
