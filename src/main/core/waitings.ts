/** The waitings of connection tests that run, by name, so that somebody who has seen enough can end one. */

export interface Waiting extends Disposable {
  readonly id: string;
  /** Fires when somebody ends it. */
  readonly stopped: AbortSignal;
}

export interface Waitings {
  begin(): Waiting;
  /** Quiet when it is over. */
  stop(id: string): void;
}

export function createWaitings(): Waitings {
  const open = new Map<string, AbortController>();
  return {
    begin() {
      const id = crypto.randomUUID();
      const controller = new AbortController();
      open.set(id, controller);
      return { id, stopped: controller.signal, [Symbol.dispose]: () => void open.delete(id) };
    },
    stop: (id) => open.get(id)?.abort(),
  };
}
