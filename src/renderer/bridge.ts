/**
 * The one way out of the page: the contract, over a message port in the desktop app and over HTTP in the
 * browser. Which one is decided by where the page came from, never by what happens to be missing.
 */
import { createORPCClient } from '@orpc/client';
import { RPCLink as HttpLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { ContractClient } from '../shared/contract.ts';

function connect(): ContractClient {
  if (location.protocol === 'app:') {
    const { port1, port2 } = new MessageChannel();
    window.postMessage('sluice:connect', location.origin, [port2]);
    port1.start();
    return createORPCClient(new PortLink({ port: port1 }));
  }
  return createORPCClient(new HttpLink({ url: `${location.origin}/rpc` }));
}

export const client: ContractClient = connect();
