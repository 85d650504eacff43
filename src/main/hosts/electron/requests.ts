/** What menus, notifications and opened files ask of the window; kept until its page is there to take it. */
import type { HostRequest } from '../../../shared/host-request.ts';

/** More than any user means; a page that never comes must not fill the memory. */
const most = 20;

export class Requests {
  readonly #waiting: HostRequest[] = [];
  #wake = (): void => undefined;

  readonly ask = (request: HostRequest): void => {
    this.#waiting.push(request);
    if (this.#waiting.length > most) this.#waiting.shift();
    this.#wake();
  };

  /** One page takes them: whoever came last. */
  readonly take = async function* (this: Requests, signal: AbortSignal): AsyncGenerator<HostRequest> {
    const end = (): void => this.#wake();
    signal.addEventListener('abort', end);
    let mine = true;
    this.#wake();
    try {
      while (mine && !signal.aborted) {
        const request = this.#waiting.shift();
        if (request !== undefined) {
          yield request;
          continue;
        }
        const woken = Promise.withResolvers<void>();
        const wake = (): void => woken.resolve();
        this.#wake = wake;
        if (signal.aborted) break;
        await woken.promise;
        mine = this.#wake === wake;
      }
    } finally {
      signal.removeEventListener('abort', end);
    }
  }.bind(this);
}
