/** A network that fails on command: a TCP proxy for databases and for S3, whose faults change while it runs. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface TcpProxy {
  readonly port: number;
  /** Bytes that the server has sent through so far, over all connections. */
  readonly received: () => number;
  /** Bytes that the clients have sent through so far. */
  readonly sent: () => number;
  readonly connections: () => number;
  /** Once this many bytes have come from the server, the connection is destroyed. */
  cutAfter(bytes: number): void;
  /** Once this many bytes have come from the server, nothing passes any more, in either direction. */
  stallAfter(bytes: number): void;
  /** The same, counted by what the clients send. */
  cutAfterSent(bytes: number): void;
  stallAfterSent(bytes: number): void;
  /** Whether a cut is a reset (RST) in the place of an orderly end (FIN). */
  resets(on: boolean): void;
  /** Whether new connections are reset at once. */
  refuses(on: boolean): void;
  /** Milliseconds that every piece waits, in either direction. */
  delays(milliseconds: number): void;
  /** Bytes a second of each connection, in either direction. */
  limitsTo(bytesPerSecond: number): void;
  /** Takes every fault away; what hangs in a stall is destroyed, so that its client tries again. */
  heal(): void;
  close(): Promise<void>;
}

type Direction = 'received' | 'sent';

/** Resolves when more can be written, or nothing ever again; leaves no listener on a connection that lives long. */
async function drained(socket: Socket): Promise<void> {
  if (socket.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.on('drain', done).on('close', done);
  });
}

/** Forwards 127.0.0.1 to `port` on 127.0.0.1 until told otherwise. */
export async function startTcpProxy(port: number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const never = Number.POSITIVE_INFINITY;
  const healthy = () => ({
    cut: { received: never, sent: never },
    stall: { received: never, sent: never },
    ...{ resets: false, refuses: false, delay: 0, rate: never },
  });
  let faults = healthy();
  const passed = { received: 0, sent: 0 };
  let connections = 0;

  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => undefined).once('close', () => open.delete(socket));
  };
  const isStalled = (): boolean =>
    passed.received >= faults.stall.received || passed.sent >= faults.stall.sent;

  function end(socket: Socket): void {
    if (faults.resets) socket.resetAndDestroy();
    else socket.destroySoon();
  }

  /** Carries one direction of a connection to its end. */
  async function carry(from: Socket, to: Socket, direction: Direction): Promise<void> {
    for await (const bytes of from as AsyncIterable<Buffer>) {
      if (faults.delay > 0) await sleep(faults.delay);
      if (faults.rate !== never) await sleep((bytes.length / faults.rate) * 1000);
      const limit = Math.min(faults.cut[direction], faults.stall[direction]);
      const piece = isStalled()
        ? bytes.subarray(0, 0)
        : bytes.subarray(0, Math.max(0, limit - passed[direction]));
      passed[direction] += bytes.length;
      if (piece.length > 0 && !to.write(piece)) await drained(to);
      if (passed[direction] >= faults.cut[direction]) {
        end(to);
        end(from);
        return;
      }
    }
    if (!isStalled()) to.end();
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    keep(client);
    if (faults.refuses) {
      client.resetAndDestroy();
      return;
    }
    connections += 1;
    const upstream = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    keep(upstream);
    const broken = (): void => {
      client.destroy();
      upstream.destroy();
    };
    carry(client, upstream, 'sent').catch(broken);
    carry(upstream, client, 'received').catch(broken);
    client.once('close', () => upstream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received: () => passed.received,
    sent: () => passed.sent,
    connections: () => connections,
    cutAfter: (bytes) => {
      faults.cut.received = bytes;
    },
    stallAfter: (bytes) => {
      faults.stall.received = bytes;
    },
    cutAfterSent: (bytes) => {
      faults.cut.sent = bytes;
    },
    stallAfterSent: (bytes) => {
      faults.stall.sent = bytes;
    },
    resets: (on) => {
      faults.resets = on;
    },
    refuses: (on) => {
      faults.refuses = on;
    },
    delays: (milliseconds) => {
      faults.delay = milliseconds;
    },
    limitsTo: (bytesPerSecond) => {
      faults.rate = bytesPerSecond;
    },
    heal: () => {
      const hung = isStalled();
      faults = healthy();
      if (hung) for (const socket of open) socket.destroy();
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
