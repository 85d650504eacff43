/**
 * The process of one load, or of one look at an SQLite file: started by the app, told what to do over a private
 * channel, gone when that has ended. Of its own, because a load keeps every core and the thread pool busy, and
 * SQLite the thread that it works in, and a window must not wait for that.
 */
import type { FromJob, ToJob } from './job-order.ts';

/** How the app is spoken to: by Node's own channel to a parent, or by Electron's. */
interface Channel {
  send(message: FromJob, sent: () => void): void;
  onMessage(listener: (message: ToJob) => void): void;
  /** The app is gone, or was killed. */
  onGone(listener: () => void): void;
}

/** Electron's utility process has a port instead of `process.send`. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: ToJob }) => void): void;
  on(event: 'close', listener: () => void): void;
}

function openChannel(): Channel {
  const { parentPort } = process as unknown as { readonly parentPort?: ParentPort };
  if (parentPort !== undefined) {
    return {
      send: (message, sent) => {
        parentPort.postMessage(message);
        setImmediate(sent);
      },
      onMessage: (listener) => parentPort.on('message', ({ data }) => listener(data)),
      onGone: (listener) => parentPort.on('close', listener),
    };
  }
  return {
    send: (message, sent) => process.send?.(message, undefined, undefined, sent),
    onMessage: (listener) => process.on('message', listener),
    onGone: (listener) => process.on('disconnect', listener),
  };
}

const channel = openChannel();
const cancel = new AbortController();

// Ctrl-C at a terminal reaches the app and this process alike; what it means is for the app to say.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
process.on('SIGTERM', () => cancel.abort());
// Nobody is left to watch or to cancel: the job stays where it is, and can be resumed.
channel.onGone(() => process.exit(1));
channel.onMessage((message) => {
  if (message.say === 'cancel') cancel.abort();
  else if (message.say === 'look') void look(message);
  else void run(message);
});

/** Only what it needs is loaded: somebody is waiting for a few rows. */
async function look({ order }: Extract<ToJob, { say: 'look' }>): Promise<void> {
  const { runLook } = await import('./run-look.ts');
  channel.send(await runLook(order), () => process.exit(0));
}

/** Milliseconds that progress waits for more of its object: a small one goes through its phases in less. */
const progressRestMs = 40;

/** Progress that the app has not taken yet is told again when it has, as it is then: nothing piles up. */
async function run({ order }: Extract<ToJob, { say: 'run' }>): Promise<void> {
  const { runOrder } = await import('./job-run.ts');
  const outbox = new Map<string, FromJob>();
  let sending = false;
  let others = 0;
  let emptied = (): void => undefined;
  let resting: NodeJS.Timeout | undefined;
  const sendNext = (): void => {
    clearTimeout(resting);
    resting = undefined;
    const [next] = outbox;
    sending = next !== undefined;
    if (next === undefined) {
      emptied();
      return;
    }
    outbox.delete(next[0]);
    channel.send(next[1], sendNext);
  };
  const say = (message: FromJob): void => {
    const progress =
      message.say === 'event' && message.event.event === 'progress' ? message.event.object : undefined;
    outbox.set(progress === undefined ? `${others++}` : `progress ${progress}`, message);
    if (sending) return;
    if (progress === undefined) sendNext();
    else resting ??= setTimeout(sendNext, progressRestMs);
  };
  await runOrder(order, { say, signal: cancel.signal });
  if (sending) {
    await new Promise<void>((resolve) => {
      emptied = resolve;
    });
  }
  process.exit(0);
}
