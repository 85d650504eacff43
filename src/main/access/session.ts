/** One session of a role, kept fresh for as long as somebody uses it. */
import type { Credentials } from './signing.ts';

export interface Session {
  /**
   * Credentials that hold for a while yet. A new session is opened five minutes before the old one ends; where that
   * fails, the old one serves as long as it lives.
   * @throws whatever opening a session raises
   */
  credentials(): Promise<Credentials>;
  /** The service says that the session is over, whatever the clock says: the next call opens another. */
  renew(): void;
}

/** Milliseconds before its end at which a session is replaced; a short one lives half of its time. */
const early = 5 * 60_000;
/** Milliseconds after a failed renewal, while the old session still holds. */
const patience = 20_000;

interface Held {
  readonly credentials: Credentials;
  /** When it is replaced. */
  readonly fresh: number;
  readonly ends: number;
}

/** @param open gets a new session */
export function keepFresh(open: () => Promise<Credentials>, now: () => number = Date.now): Session {
  let held: Held | undefined;
  let opening: Promise<Held> | undefined;
  let retryAt = 0;

  async function openOne(): Promise<Held> {
    const from = now();
    const credentials = await open();
    const ends = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
    return { credentials, ends, fresh: ends - Math.min(early, (ends - from) / 2) };
  }

  return {
    async credentials() {
      if (held !== undefined && now() < Math.max(held.fresh, retryAt) && now() < held.ends)
        return held.credentials;
      // Several requests of a load come at once; one session is enough for all.
      opening ??= openOne().finally(() => {
        opening = undefined;
      });
      try {
        held = await opening;
      } catch (error) {
        if (held === undefined || now() >= held.ends) throw error;
        retryAt = now() + patience;
      }
      return held.credentials;
    },
    renew() {
      held = undefined;
      retryAt = 0;
    },
  };
}
