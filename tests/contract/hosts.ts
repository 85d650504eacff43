/** The hosts that need no window: a direct call, HTTP through the web host, and a message port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink as HttpLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { startWebHost } from '../../src/main/hosts/web/index.ts';
import { openWorkbench } from '../../src/main/hosts/workbench.ts';
import { memorySecrets } from '../support/memory-secrets.ts';
import { writeRenderer } from '../web/start.ts';
import type { Connection, HostKind, Record } from './host-kind.ts';
import { servePort } from './port-server.ts';

/** `openCore().client`, as the command line has it. */
export const directCall: HostKind = {
  host: 'cli',
  keepsSecrets: true,
  crosses: false,
  async start(folder) {
    const workbench = openWorkbench(folder, { host: { kind: 'cli' }, secrets: memorySecrets() });
    return {
      connect: async () => ({ client: workbench.core.client, disconnect: async () => undefined }),
      close: async () => await workbench[Symbol.asyncDispose](),
    };
  },
};

/** As a browser speaks: signed in by the one-time link, cookie and origin on every call. */
export const http: HostKind = {
  host: 'web',
  keepsSecrets: true,
  crosses: true,
  async start(folder, record) {
    const renderer = temporaryRenderer();
    const host = await startWebHost({ folder, renderer, core: { secrets: memorySecrets() } });
    return {
      connect: () => connectHttp(host.url(), record),
      async close() {
        await host.close();
        rmSync(renderer, { recursive: true });
      },
    };
  },
  /** The command itself, killed with SIGKILL. */
  async startMortal(folder, record) {
    const renderer = temporaryRenderer();
    const command = join(import.meta.dirname, '../../src/main/hosts/cli/sluice.ts');
    const args = [command, 'web', '--json', '--data-dir', folder, '--renderer', renderer];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const { url } = JSON.parse(await firstLine(child)) as { url: string };
    const kill = async (): Promise<void> => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    };
    return {
      connect: () => connectHttp(url, record),
      kill,
      async close() {
        await kill();
        rmSync(renderer, { recursive: true });
      },
    };
  },
};

function temporaryRenderer(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-renderer-'));
  writeRenderer(folder);
  return folder;
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the output of the command is not read');
  for await (const line of createInterface(stdout)) return line;
  throw new Error('the command ended without a word');
}

export async function connectHttp(link: string, record: Record): Promise<Connection> {
  const { origin } = new URL(link);
  const answer = await fetch(link, { redirect: 'manual' });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (cookie === undefined) throw new Error(`the link gave no cookie: ${answer.status}`);
  const gone = new AbortController();
  const recording = async (request: Request): Promise<Response> => {
    const signal = AbortSignal.any([request.signal, gone.signal]);
    const response = await fetch(new Request(request, { signal }));
    record(JSON.stringify([...response.headers]));
    return new Response(response.body?.pipeThrough(recorder(record)) ?? null, response);
  };
  const headers = { cookie, origin, 'sec-fetch-site': 'same-origin' };
  return {
    client: createORPCClient(new HttpLink({ url: `${origin}/rpc`, headers, fetch: recording })),
    disconnect: async () => gone.abort(),
  };
}

function recorder(record: Record): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  return new TransformStream({
    transform(chunk, controller) {
      record(decoder.decode(chunk, { stream: true }));
      controller.enqueue(chunk);
    },
  });
}

/** As the desktop window speaks: a port whose other end the host serves. */
export const messagePort: HostKind = {
  host: 'electron',
  keepsSecrets: true,
  crosses: true,
  async start(folder, record) {
    const workbench = openWorkbench(folder, { host: { kind: 'electron' }, secrets: memorySecrets() });
    return {
      async connect() {
        const { port1, port2 } = new MessageChannel();
        servePort(workbench.core, port2);
        return connectPort(port1, record);
      },
      close: async () => await workbench[Symbol.asyncDispose](),
    };
  },
  /** A thread of its own, terminated: the port closes as that of a process that died. */
  async startMortal(folder, record) {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(new URL('port-worker.ts', import.meta.url), {
      workerData: { folder, port: port2 },
      transferList: [port2],
    });
    await once(worker, 'message');
    const kill = async (): Promise<void> => {
      await worker.terminate();
    };
    return { connect: async () => connectPort(port1, record), kill, close: kill };
  },
};

function connectPort(port: MessagePort, record: Record): Connection {
  port.on('message', (message) => record(typeof message === 'string' ? message : JSON.stringify(message)));
  const client: Connection['client'] = createORPCClient(new PortLink({ port }));
  port.start();
  return { client, disconnect: async () => port.close() };
}
