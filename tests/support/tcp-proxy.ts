/** A network that fails on command: a TCP proxy that cuts a connection or falls silent after n bytes. */
import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Bytes that the server has sent through so far, over all connections. */
  readonly received: () => number;
  /** Once this many bytes have come from the server, the connection is destroyed. */
  cutAfter(bytes: number): void;
  /** Once this many bytes have come from the server, nothing passes any more, in either direction. */
  stallAfter(bytes: number): void;
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Forwards 127.0.0.1 to `port` on 127.0.0.1 until told otherwise. */
export async function startTcpProxy(port: number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const limit = { cut: Number.POSITIVE_INFINITY, stall: Number.POSITIVE_INFINITY };
  let received = 0;
  let connections = 0;

  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => undefined).once('close', () => open.delete(socket));
  };
  const server = createServer((client) => {
    connections += 1;
    const upstream = connect(port, '127.0.0.1');
    const stalled = (): boolean => received >= limit.stall;
    keep(client);
    keep(upstream);
    client.on('data', (bytes) => {
      if (!stalled()) upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (stalled()) return;
      const left = Math.min(limit.cut, limit.stall) - received;
      received += bytes.length;
      const passed = bytes.subarray(0, Math.max(0, left));
      const ready = client.write(passed);
      if (received >= limit.cut) {
        client.destroySoon();
        upstream.destroy();
      } else if (!ready) {
        upstream.pause();
        client.once('drain', () => upstream.resume());
      }
    });
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => {
      if (!stalled()) client.destroySoon();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    received: () => received,
    connections: () => connections,
    cutAfter: (bytes) => {
      limit.cut = bytes;
    },
    stallAfter: (bytes) => {
      limit.stall = bytes;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
