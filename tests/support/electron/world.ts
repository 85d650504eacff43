/** The script that makes the preload's world in the page: isolated from the page's own, as in Electron. */

export const worldName = 'preload';
export const bindingName = 'standInSend';

/**
 * Electron tells a port that its peer was closed; Chromium alone does not. So both ends say it with this word, which
 * no host ever sees.
 */
export const closedWord = 'stand-in: this port was closed';

/** What comes out of that world. Data are JSON texts. */
export type WorldMessage =
  | {
      readonly kind: 'ipc';
      readonly channel: string;
      readonly message: string;
      readonly ports: readonly string[];
    }
  | { readonly kind: 'port'; readonly port: string; readonly data: string }
  | { readonly kind: 'closed'; readonly port: string };

/**
 * Real ports are held here and their messages relayed. `ipc` is reachable as `standInIpc` in this world, for tests
 * of what a page could do that has broken out of its own; the preload runs in the top frame only.
 */
export const worldScript = (preload: string): string => `(() => {
  const send = (message) => globalThis.${bindingName}(JSON.stringify(message));
  const ports = new Map();
  const hold = (port) => {
    const id = crypto.randomUUID();
    ports.set(id, port);
    port.addEventListener('message', ({ data }) => {
      if (data === '${closedWord}') send({ kind: 'closed', port: id });
      else send({ kind: 'port', port: id, data: JSON.stringify(data) ?? 'null' });
    });
    port.start();
    return id;
  };
  globalThis.standInDeliver = (id, data) => ports.get(id).postMessage(JSON.parse(data));
  globalThis.standInClose = (id) => {
    ports.get(id).postMessage('${closedWord}');
    ports.get(id).close();
  };
  const ipcRenderer = {
    postMessage: (channel, message, transfer = []) =>
      send({ kind: 'ipc', channel, message: JSON.stringify(message) ?? 'null', ports: transfer.map(hold) }),
  };
  globalThis.standInIpc = ipcRenderer;
  if (window !== window.top) return;
  const require = (name) => {
    if (name === 'electron') return { ipcRenderer };
    throw new Error('module not found: ' + name);
  };
  const module = { exports: {} };
  (function (exports, require, module) {
${preload}
  })(module.exports, require, module);
})();`;
