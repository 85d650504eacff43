/** Answers that break on their way, for the tests. */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './http/answer.ts';

export interface AnswerFault {
  /** The connection is dropped after so many bytes of the body; the length was announced in full. */
  readonly truncateAfter?: number;
  /** The position of a byte that arrives as another one. */
  readonly corruptAt?: number;
  readonly bytesPerSecond?: number;
  /** Headers that say something else than the truth, e.g. a wrong `x-amz-checksum-crc32`; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Nothing is said about checksums, as by some services. */
  readonly withoutChecksum?: true;
}

/** The answer with the fault in it; one without a body has nothing to cut, damage or slow down. */
export function spoiled(given: Answer, fault: AnswerFault): Answer {
  const said = fault.withoutChecksum === true ? withoutChecksum(given) : given;
  const answer = { ...said, headers: { ...said.headers, ...fault.headers } };
  const { body } = answer;
  const passes = [fault.truncateAfter, fault.corruptAt, fault.bytesPerSecond].every(
    (part) => part === undefined,
  );
  if (body === undefined || passes) return answer;
  const whole = typeof body === 'object' ? body.stream : Readable.from([Buffer.from(body)]);
  const length = typeof body === 'object' ? body.length : Buffer.byteLength(body);
  return { ...answer, body: { stream: Readable.from(spoil(whole, fault)), length } };
}

function withoutChecksum({ headers = {}, body, ...answer }: Answer): Answer {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith('x-amz-checksum-'));
  const text = typeof body === 'string' ? body.replaceAll(/<Checksum\w+>[^<]*<\/Checksum\w+>/g, '') : body;
  return { ...answer, headers: Object.fromEntries(kept), ...(text === undefined ? {} : { body: text }) };
}

async function* spoil(bytes: Readable, fault: AnswerFault): AsyncGenerator<Buffer> {
  const end = fault.truncateAfter ?? Number.POSITIVE_INFINITY;
  let position = 0;
  for await (const piece of bytes as AsyncIterable<Buffer>) {
    const chunk = Buffer.from(piece);
    const at = (fault.corruptAt ?? -1) - position;
    if (at >= 0 && at < chunk.length) chunk[at] = (chunk[at] ?? 0) ^ 0xff;
    if (fault.bytesPerSecond !== undefined) await sleep((chunk.length / fault.bytesPerSecond) * 1000);
    const rest = end - position;
    yield chunk.subarray(0, Math.min(chunk.length, rest));
    position += chunk.length;
    if (position >= end) {
      bytes.destroy();
      throw Object.assign(new Error('the answer is cut here on purpose'), { code: 'ECONNRESET' });
    }
  }
}
