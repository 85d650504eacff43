/** Carries the contract: the page hands over one end of a channel, and the core is served at it. */
import { RPCHandler } from '@orpc/server/message-port';
import { type IpcMainEvent, ipcMain, type MessagePortMain } from 'electron';
import { withContractErrors } from '../../core/contract-errors.ts';
import type { Core } from '../../core/index.ts';
import { appHost, appScheme, connectChannel } from './app-origin.ts';
import { isCallMessage } from './call-messages.ts';

/** The port as oRPC takes it. */
type CallPort = Extract<Parameters<RPCHandler<object>['upgrade']>[0], { on: unknown }>;

/** Serves the core to the window's own page; anybody else's port is closed. A port ends with the page it came from. */
export function setupConnection(core: Core): void {
  const handler = new RPCHandler(core.router, { clientInterceptors: [withContractErrors] });
  ipcMain.on(connectChannel, (event) => {
    const [port, ...more] = event.ports;
    if (port === undefined || more.length > 0 || !isOwnPage(event)) {
      for (const stranger of event.ports) stranger.close();
      return;
    }
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
