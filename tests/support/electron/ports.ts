/** `MessagePortMain`, relayed to the real port that the page's world holds. */
import { EventEmitter } from 'node:events';

/** The way to the other end. */
export interface PortWire {
  post(data: string): void;
  close(): void;
}

export class StandInPort extends EventEmitter {
  readonly #wire: PortWire;
  #waiting: unknown[] | undefined = [];
  #closed = false;

  constructor(wire: PortWire) {
    super();
    this.#wire = wire;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  get isStarted(): boolean {
    return this.#waiting === undefined;
  }

  postMessage(data: unknown): void {
    if (!this.#closed) this.#wire.post(JSON.stringify(data) ?? 'null');
  }

  start(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const data of waiting) this.emit('message', { data, ports: [] });
  }

  close(): void {
    if (this.#closed) return;
    this.#wire.close();
    this.closedByPeer();
  }

  /** A message of the page; kept until `start`. */
  receive(data: unknown): void {
    if (this.#closed) return;
    if (this.#waiting === undefined) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }

  /** The page's end is gone. */
  closedByPeer(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.emit('close');
  }
}
