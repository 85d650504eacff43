/** A look at an SQLite object in a process of its own, which can be ended whatever SQLite is doing. */
import type { FirstRows } from '../../shared/browse.ts';
import { SluiceError } from '../../shared/errors.ts';
import { errorOf, type LookOrder } from './job-order.ts';
import type { StartJobProcess } from './start-job-process.ts';

/** @throws SluiceError of the family `source`, or CANCELLED */
export function lookInProcess(
  start: StartJobProcess,
  order: LookOrder,
  signal: AbortSignal,
): Promise<FirstRows> {
  const { promise, resolve, reject } = Promise.withResolvers<FirstRows>();
  const cancelled = (): SluiceError => new SluiceError('CANCELLED', 'Cancelled while reading the source');
  if (signal.aborted) return Promise.reject(cancelled());
  const child = start();
  const stop = (): void => {
    reject(cancelled());
    child.kill();
  };
  signal.addEventListener('abort', stop, { once: true });
  child.onMessage((message) => {
    if (message.say === 'looked') resolve(message.rows);
    if (message.say === 'refused') reject(errorOf(message.error));
  });
  child.onExit((how) => {
    reject(new SluiceError('INTERNAL', `The process that reads ${order.path} ended early (${how})`));
  });
  child.send({ say: 'look', order });
  return promise.finally(() => signal.removeEventListener('abort', stop));
}
