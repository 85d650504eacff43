/** How far an update is, and what may be done next. Nothing is downloaded or installed that nobody asked for. */
import { SluiceError } from '../../../../shared/errors.ts';
import type { UpdateState } from '../../../../shared/updates.ts';
import type { UpdatesHost } from '../../../core/index.ts';
import { failureWords } from './words.ts';

type Now = UpdateState['now'];

export interface Found {
  readonly version: string;
  readonly notes: string | null;
  readonly page: string | null;
}

/** What looks, downloads and installs. Each promise is rejected with what went wrong. */
export interface Engine {
  readonly support: 'by-hand' | 'itself';
  /** The newer version, or null. */
  check(): Promise<Found | null>;
  /** @param progress is told the bytes so far and all of them */
  download(progress: (received: number, total: number) => void, signal: AbortSignal): Promise<void>;
  /** What was downloaded is installed when the app ends. */
  installAtQuit(): Promise<void>;
  /** Ends the app, installs, and starts it again. */
  installNow(): void;
  /** The system shuts down: an installer would be cut off in the middle. */
  leaveIt(): void;
}

export interface Surroundings {
  readonly current: string;
  /** The names of the pipelines whose loads run. */
  readonly loads: () => readonly string[];
  readonly openPage: (address: string) => void;
}

/** Milliseconds between two words about the progress of a download. */
const step = 200;

export class Updates implements UpdatesHost {
  readonly #engine: Engine;
  readonly #around: Surroundings;
  readonly #watchers = new Set<() => void>();
  #now: Now = { step: 'idle' };
  #found: Found | undefined;
  #ending = new AbortController();

  constructor(engine: Engine, around: Surroundings) {
    this.#engine = engine;
    this.#around = around;
  }

  async *watch(signal: AbortSignal): AsyncGenerator<UpdateState, void> {
    let told: Now | undefined;
    let wake = (): void => undefined;
    const notice = (): void => wake();
    this.#watchers.add(notice);
    signal.addEventListener('abort', notice);
    try {
      while (!signal.aborted) {
        const woken = Promise.withResolvers<void>();
        wake = woken.resolve;
        if (told === this.#now) await woken.promise;
        else {
          told = this.#now;
          yield { support: this.#engine.support, current: this.#around.current, now: told };
        }
      }
    } finally {
      this.#watchers.delete(notice);
      signal.removeEventListener('abort', notice);
    }
  }

  check = (): void => void this.#check(false);

  /** Without a word unless there is something new: nobody has asked. */
  checkQuietly = (): Promise<void> => this.#check(true);

  async #check(quietly: boolean): Promise<void> {
    const before = this.#now;
    // What was found, and what is on its way, stays.
    if (!['idle', 'up-to-date', 'failed'].includes(before.step)) return;
    if (!quietly) this.#set({ step: 'checking' });
    try {
      const found = await this.#engine.check();
      this.#found = found ?? undefined;
      if (this.#now.step === 'downloading') return;
      if (found !== null) this.#set({ step: 'available', ...found });
      else if (!quietly || this.#now.step === 'checking') this.#set({ step: 'up-to-date' });
    } catch (error) {
      if (!quietly || this.#now.step === 'checking') this.#set({ step: 'failed', ...failureWords(error) });
    }
  }

  download = (): void => {
    const found = this.#found;
    if (found === undefined || this.#engine.support !== 'itself')
      throw new SluiceError('INPUT_INVALID', 'There is nothing to download', {
        fix: 'Check for a new version first.',
      });
    if (this.#now.step === 'available' || this.#now.step === 'failed') void this.#download(found);
  };

  async #download(found: Found): Promise<void> {
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    let last = 0;
    const tell = (received: number, total: number): void => {
      if (signal.aborted || Date.now() - last < step) return;
      last = Date.now();
      this.#set({ step: 'downloading', version: found.version, received, total });
    };
    tell(0, 0);
    try {
      await this.#engine.download(tell, signal);
      this.#set({ step: 'ready', version: found.version, atQuit: false });
    } catch (error) {
      if (signal.aborted) this.#set({ step: 'available', ...found });
      else this.#set({ step: 'failed', ...failureWords(error) });
    }
  }

  stop = (): void => this.#ending.abort();

  install = async (when: 'now' | 'quit'): Promise<void> => {
    const now = this.#now;
    if (now.step !== 'ready')
      throw new SluiceError('INPUT_INVALID', 'There is nothing to install', {
        fix: 'Check for a new version first.',
      });
    if (when === 'quit') {
      this.#set({ ...now, atQuit: true });
      await this.#engine.installAtQuit();
      return;
    }
    const names = this.#around.loads();
    if (names.length > 0)
      throw new SluiceError(
        'JOB_RUNNING',
        `A load is running (${names.map((name) => `“${name}”`).join(', ')})`,
        {
          fix: 'It is not interrupted for an update. Wait until it has ended, or have the update installed when you quit.',
        },
      );
    this.#engine.installNow();
  };

  openPage = (): void => {
    const page = this.#found?.page;
    if (page !== null && page !== undefined) this.#around.openPage(page);
  };

  /** The system shuts down. */
  leaveIt = (): void => this.#engine.leaveIt();

  #set(now: Now): void {
    this.#now = now;
    for (const notice of this.#watchers) notice();
  }
}
