/** A load in the process of the test, by the very order that a process of its own would get: no start to wait for. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FromJob } from '../../src/main/core/job-order.ts';
import { runOrder } from '../../src/main/core/job-run.ts';
import type { JobProcess } from '../../src/main/core/start-job-process.ts';

export function jobInProcess(): JobProcess {
  const cancel = new AbortController();
  let heard: (message: FromJob) => void = () => undefined;
  let exited: (how: string) => void = () => undefined;
  return {
    send: (message) => {
      if (message.say === 'cancel') {
        cancel.abort();
        return;
      }
      if (message.say === 'look') throw new Error('a look needs a process that can be ended');
      const say = (answer: FromJob): void => heard(structuredClone(answer));
      const order = structuredClone(message.order);
      void runOrder(order, { say, signal: cancel.signal })
        .then(() => nextTurn())
        .then(() => exited('exit code 0'));
    },
    onMessage: (listener) => {
      heard = listener;
    },
    onExit: (listener) => {
      exited = listener;
    },
    kill: () => cancel.abort(),
  };
}
