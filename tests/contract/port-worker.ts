/** A host in a thread of its own, which a test may terminate. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { openWorkbench } from '../../src/main/hosts/workbench.ts';
import { memorySecrets } from '../support/memory-secrets.ts';
import { servePort } from './port-server.ts';

const { folder, port } = workerData as { readonly folder: string; readonly port: MessagePort };
const { core } = openWorkbench(folder, { host: { kind: 'electron' }, secrets: memorySecrets() });
servePort(core, port);
parentPort?.postMessage('ready');
