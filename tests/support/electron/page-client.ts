/** The contract as the page has it: a channel, one end posted to the preload, oRPC's client at the other. */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { Page } from 'playwright-core';
import type { ContractClient } from '../../../src/shared/contract.ts';
import { closedWord } from './world.ts';

/** What the page's end of the channel does, for the tests. */
export interface PagePort {
  readonly client: ContractClient;
  /** Sends what is no call of oRPC's. */
  send(data: unknown): Promise<void>;
  /** True when the host has closed its end, or the page that held this one is gone. */
  readonly isClosed: () => boolean;
  close(): Promise<void>;
}

/** What runs in the page; `NAME` is the port's. */
const connectScript = `(() => {
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener('message', ({ data }) => window.NAMEMessage(data));
  port1.start();
  window.NAME = port1;
  window.postMessage('sluice:connect', location.origin, [port2]);
})()`;

let last = 0;

/** Does in the page what src/renderer/bridge.ts does; the client itself runs in the test and speaks through it. */
export async function connectPage(
  page: Page,
  record: (message: string) => void = () => undefined,
): Promise<PagePort> {
  last += 1;
  const name = `port${last}`;
  const listeners = { message: [] as ((event: { data: unknown }) => void)[], close: [] as (() => void)[] };
  let closed = false;
  const close = (): void => {
    closed = true;
    for (const listener of listeners.close) listener();
  };
  await page.exposeFunction(`${name}Message`, (data: string) => {
    if (data === closedWord) return close();
    record(data);
    for (const listener of listeners.message) listener({ data });
  });
  page.on('close', close);
  page.on('crash', close);
  page.on('framenavigated', (frame) => {
    if (frame === page.mainFrame()) close();
  });
  await page.evaluate(connectScript.replaceAll('NAME', name));
  const send = (data: unknown): Promise<void> =>
    page.evaluate(`window.${name}.postMessage(${JSON.stringify(data)})`);
  const port = {
    // In order: evaluations of one page are carried out as they were asked for.
    postMessage: (data: unknown) => void send(data).catch(close),
    on: (event: string, listener: (event?: { data: unknown }) => void) => {
      if (event === 'message') listeners.message.push(listener);
      else listeners.close.push(() => listener());
    },
  };
  return {
    client: createORPCClient(new RPCLink({ port })),
    send,
    isClosed: () => closed,
    async close() {
      await send(closedWord);
      await page.evaluate(`window.${name}.close()`);
      close();
    },
  };
}
