/** A connection through a tunnel, in the form that the drivers of databases know: that of a socket. */
import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';

/**
 * Connects by itself; what is written before that waits. Emits `connect` as a socket does. Reading is bounded by the
 * window of the SSH channel: who does not read is not sent more.
 */
export class TunnelStream extends Duplex {
  #channel: ClientChannel | null = null;
  #waiting: (() => void) | null = null;

  /** @param lost why the tunnel broke, where the channel ended because of that */
  constructor(opening: Promise<ClientChannel>, lost: () => Error | null) {
    super({ allowHalfOpen: false });
    opening.then(
      (channel) => this.#opened(channel, lost),
      (error: Error) => this.destroy(error),
    );
  }

  #opened(channel: ClientChannel, lost: () => Error | null): void {
    if (this.destroyed) {
      channel.close();
      return;
    }
    this.#channel = channel;
    channel.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) channel.pause();
    });
    // an end that comes because the tunnel broke is none: the driver must not take it for the server's
    channel.on('end', () => {
      const error = lost();
      if (error === null) this.push(null);
      else this.destroy(error);
    });
    channel.on('close', () => {
      const error = lost();
      if (error !== null || this.readableEnded) this.destroy(error ?? undefined);
      // what was sent before the end is still read
      else this.once('end', () => this.destroy()).push(null);
    });
    channel.on('error', (error: Error) => this.destroy(lost() ?? error));
    this.emit('connect');
    this.#waiting?.();
    this.#waiting = null;
  }

  override _read(): void {
    this.#channel?.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#whenOpen((channel) => channel.write(chunk, done));
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#whenOpen((channel) => {
      channel.end();
      done();
    });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#waiting = null;
    this.#channel?.close();
    // as late as a socket: what runs over this one (TLS) tells first why it ends it
    setImmediate(done, error);
  }

  #whenOpen(act: (channel: ClientChannel) => void): void {
    if (this.#channel === null) this.#waiting = () => this.#channel !== null && act(this.#channel);
    else act(this.#channel);
  }

  /** The way is open or being opened already. */
  connect(): this {
    return this;
  }

  // the tunnel has keepalives of its own, and packets of its own
  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
