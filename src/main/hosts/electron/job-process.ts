/** The process of a load, by Electron's way: its runtime cannot be started as a plain Node. */
import { join } from 'node:path';
import { utilityProcess } from 'electron';
import { type JobProcess, jobArguments, jobEnvironment } from '../../core/index.ts';

/** Beside the built main file, from which the app starts. */
const entry = join(import.meta.dirname, 'job-process.js');

export function startJobProcess(): JobProcess {
  const child = utilityProcess.fork(entry, [], {
    env: jobEnvironment(),
    execArgv: [...jobArguments],
    stdio: 'ignore',
    serviceName: 'Sluice load',
  });
  return {
    send: (message) => child.postMessage(message),
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => child.once('exit', (code) => listener(`exit code ${code}`)),
    kill: () => {
      // Its own `kill` asks it to end, which a load takes for a wish to cancel. Without an id it is gone already.
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}
