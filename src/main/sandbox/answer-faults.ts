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
}

/** The answer with the fault in its body; one without a body stays as it is. */
export function spoiled(answer: Answer, fault: AnswerFault): Answer {
  const { body } = answer;
  if (body === undefined) return answer;
  const whole = typeof body === 'object' ? body.stream : Readable.from([Buffer.from(body)]);
  const length = typeof body === 'object' ? body.length : Buffer.byteLength(body);
  return { ...answer, body: { stream: Readable.from(spoil(whole, fault)), length } };
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
