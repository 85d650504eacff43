/** Work at a server that can be stopped. */
import { cancelled } from './raised.ts';

export interface Interruptible {
  /** Asks the server to stop what runs, and cuts the connection if `over` does not come soon. */
  interrupt(over: Promise<unknown>): Promise<void>;
}

/** True when `over` settles, well or badly, before `patience` milliseconds have passed. Never fails. */
export async function within(patience: number, over: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), patience);
  });
  const settled = over.then(
    () => true,
    () => true,
  );
  const inTime = await Promise.race([settled, late]);
  clearTimeout(timer);
  return inTime;
}

/**
 * Runs short statements so that an abort stops them on the server as well.
 * @throws whatever `work` throws, or SluiceError CANCELLED
 */
export async function cancellable<T>(
  session: Interruptible,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw cancelled();
  const running = work();
  const over = running.then(
    () => undefined,
    () => undefined,
  );
  let interrupted = Promise.resolve();
  const stop = (): void => {
    interrupted = session.interrupt(over);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await running;
  } catch (error) {
    throw signal.aborted ? cancelled() : error;
  } finally {
    signal.removeEventListener('abort', stop);
    await interrupted;
  }
}
