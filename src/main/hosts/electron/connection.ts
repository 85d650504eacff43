/** Carries the contract: the page hands over one end of a channel, and the core is served at it. */
import { RPCHandler } from '@orpc/server/message-port';
import { type IpcMainEvent, ipcMain, type MessagePortMain } from 'electron';
import { withContractErrors } from '../../core/contract-errors.ts';
import type { Core } from '../../core/index.ts';
import { appHost, appScheme, connectChannel } from './app-origin.ts';
import { isCallMessage } from './call-messages.ts';

/** The port as oRPC takes it. */
type CallPort = Extract<Parameters<RPCHandler<object>['upgrade']>[0], { on: unknown }>;

/** Serves the core to the window's own page, one port at a time; anybody else's port is closed. */
export function setupConnection(core: Core): void {
  const handler = new RPCHandler(core.router, { clientInterceptors: [withContractErrors] });
  let served: MessagePortMain | undefined;
  ipcMain.on(connectChannel, (event) => {
    const [port, ...more] = event.ports;
    if (port === undefined || more.length > 0 || !isOwnPage(event)) {
      for (const stranger of event.ports) stranger.close();
      return;
    }
    // A page that was loaded again has dropped its end; what it still asked for ends with the port.
    served?.close();
    served = port;
    handler.upgrade(screened(port));
    port.start();
  });
}

/** The frame is there, is the top one of its window, and shows our page. */
function isOwnPage({ sender, senderFrame }: IpcMainEvent): boolean {
  if (senderFrame === null || senderFrame.parent !== null || senderFrame !== sender.mainFrame) return false;
  const url = URL.parse(senderFrame.url);
  return url !== null && url.protocol === `${appScheme}:` && url.host === appHost;
}

/** A page that sends anything but calls is not our page any more: its port is closed. */
function screened(port: MessagePortMain): CallPort {
  return {
    postMessage: (data) => port.postMessage(data),
    on: (event, callback) => {
      if (event === 'close') port.on('close', () => callback());
      if (event !== 'message') return;
      port.on('message', (message) => {
        if (isCallMessage(message.data)) callback(message);
        else port.close();
      });
    },
  };
}
