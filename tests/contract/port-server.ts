/** Serves a core at a message port, with the errors of the contract. */
import type { MessagePort } from 'node:worker_threads';
import { RPCHandler } from '@orpc/server/message-port';
import { withContractErrors } from '../../src/main/core/contract-errors.ts';
import type { Core } from '../../src/main/core/index.ts';

export function servePort({ router }: Core, port: MessagePort): void {
  new RPCHandler(router, { clientInterceptors: [withContractErrors] }).upgrade(port);
  port.start();
}
