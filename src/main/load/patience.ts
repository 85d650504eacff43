/** Goes on when the network or the service is gone for a while: waits, tries again, and gives up at a limit. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../shared/errors.ts';
import type { Bucket } from '../access/bucket.ts';
import { awakeClock } from './awake-clock.ts';

export interface PatienceOptions {
  /** Milliseconds from the first failure of a request until it is given up. */
  readonly limit: number;
  /** Told once when S3 is lost, not again before it was back. */
  readonly onLost: (reason: SluiceError) => void;
  /** Told when it answers again. */
  readonly onBack: () => void;
}

export interface Patience extends Disposable {
  /** The same bucket; what may be repeated is repeated. The SDK's own few tries come first. */
  patient(bucket: Bucket): Bucket;
}

/** Milliseconds before the second try; each wait is twice the one before. */
const firstWait = 500;
const longestWait = 10_000;
/** An answer that makes no sense may come from a proxy on the way; one that comes again and again is the service's. */
const oddAnswers = 3;

/** One for a job: its requests share the news, not the waiting. */
export function patienceOf({ limit, onLost, onBack }: PatienceOptions): Patience {
  const clock = awakeClock();
  let lost = false;

  async function persist<T>(work: (again: boolean) => Promise<T>, signal?: AbortSignal): Promise<T> {
    let since: number | undefined;
    for (let tries = 0; ; tries++) {
      try {
        const result = await work(tries > 0);
        if (lost) onBack();
        lost = false;
        return result;
      } catch (error) {
        const kind = signal?.aborted === true ? 'final' : kindOf(error);
        if (kind === 'final' || (kind === 'odd' && tries >= oddAnswers)) throw error;
        since ??= clock.now();
        if (clock.now() - since >= limit) throw error;
        if (!lost) onLost(error as SluiceError);
        lost = true;
      }
      const wait = Math.min(firstWait * 2 ** tries, longestWait) * (0.75 + Math.random() / 2);
      const rest = limit - (clock.now() - since);
      await sleep(Math.max(0, Math.min(wait, rest)), undefined, signal === undefined ? {} : { signal });
    }
  }

  return {
    patient: (bucket) => ({
      ...bucket,
      put: (key, body, crc32, headers, signal) =>
        persist(() => bucket.put(key, body, crc32, headers, signal), signal),
      createUpload: (key, headers, signal) =>
        persist(async (again) => {
          const started = await bucket.createUpload(key, headers, signal);
          return { ...started, retried: started.retried || again };
        }, signal),
      uploadPart: (upload, body, crc32, signal) =>
        persist(() => bucket.uploadPart(upload, body, crc32, signal), signal),
      completeUpload: (upload, parts, whole, signal) =>
        persist(() => bucket.completeUpload(upload, parts, whole, signal), signal),
      abortUpload: (key, uploadId, signal) =>
        persist(() => bucket.abortUpload(key, uploadId, signal), signal),
      head: (key, signal) => persist(() => bucket.head(key, signal), signal),
    }),
    [Symbol.dispose]: () => clock[Symbol.dispose](),
  };
}

/** `passing`: the network or the service is in trouble. `odd`: an answer that cannot be. */
function kindOf(error: unknown): 'passing' | 'odd' | 'final' {
  if (!(error instanceof SluiceError)) return 'final';
  const { systemCode, status } = error.details;
  // Where no TLS is spoken, no waiting helps.
  if (error.code === 'DESTINATION_UNREACHABLE') return systemCode === 'EPROTO' ? 'final' : 'passing';
  if (error.code === 'THROTTLED' || error.code === 'PROXY_FAILED') return 'passing';
  if (error.code !== 'DESTINATION_FAILED') return 'final';
  if (typeof status !== 'number' || status < 400) return 'odd';
  return status >= 500 || status === 429 ? 'passing' : 'final';
}

/** True for what patience was spent on in vain: the job can go on later. */
export const isOutage = (error: SluiceError): boolean => kindOf(error) !== 'final';
