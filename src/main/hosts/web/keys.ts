/** Who may come in: links that work once and for a short time, and the sessions that they are exchanged for. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits, safe in a URL and in a cookie. */
const newSecret = (): string => randomBytes(32).toString('base64url');

/** Secrets are kept and compared as digests, so that neither their length nor their bytes show in the time. */
const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

export interface Token {
  readonly text: string;
  /** Resolves when it has been used or is too old. */
  readonly spent: Promise<void>;
}

export interface Keys extends Disposable {
  newToken(): Token;
  /** A new session for a token, which is worth nothing from then on; undefined for a token that opens nothing. */
  exchange(token: string): string | undefined;
  isSession(text: string): boolean;
}

interface OpenToken {
  readonly digest: Buffer;
  readonly spend: () => void;
}

/** @param validMs how long a token can be exchanged */
export function createKeys(validMs: number): Keys {
  const tokens = new Set<OpenToken>();
  const sessions: Buffer[] = [];
  return {
    newToken() {
      const text = newSecret();
      const { promise: spent, resolve } = Promise.withResolvers<void>();
      const token: OpenToken = {
        digest: digest(text),
        spend: () => {
          clearTimeout(timer);
          tokens.delete(token);
          resolve();
        },
      };
      const timer = setTimeout(token.spend, validMs).unref();
      tokens.add(token);
      return { text, spent };
    },
    exchange(text) {
      const given = digest(text);
      const token = [...tokens].find((open) => timingSafeEqual(open.digest, given));
      if (token === undefined) return undefined;
      token.spend();
      const session = newSecret();
      sessions.push(digest(session));
      return session;
    },
    isSession(text) {
      const given = digest(text);
      return sessions.some((session) => timingSafeEqual(session, given));
    },
    [Symbol.dispose]() {
      for (const token of [...tokens]) token.spend();
      sessions.length = 0;
    },
  };
}
