/** What a service answers, and how it is written to the socket. */
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** XML text, or a stream with its length in bytes. */
  readonly body?: string | { readonly stream: Readable; readonly length: number };
}

export const xmlAnswer = (body: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml', ...headers },
  body,
});

/** True for the error of a socket that the other side closed while we were writing. */
const isHangUp = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE', 'ERR_STREAM_DESTROYED'].includes(String(error.code));

/**
 * Writes the answer; a HEAD request gets its headers only. A client that hangs up ends the writing; a body that
 * cannot be read destroys the socket, so that the client never takes half an object for a whole one.
 */
export async function writeAnswer(
  response: ServerResponse,
  answer: Answer,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const isHead = response.req.method === 'HEAD';
  const { body } = answer;
  if (response.destroyed) {
    // The client left while the operation was carried out: there is nobody to answer.
    if (typeof body === 'object') body.stream.destroy();
    return;
  }
  const all: Record<string, string> = { ...answer.headers, ...headers };
  const hasBody = answer.status !== 204 && answer.status !== 304;
  if (typeof body === 'object') all['content-length'] = String(body.length);
  // An error or a redirect of a HEAD request has no body at all, so it announces none.
  else if (hasBody && !(isHead && answer.status >= 300)) {
    all['content-length'] ??= String(Buffer.byteLength(body ?? ''));
  }
  response.writeHead(answer.status, all);
  if (typeof body !== 'object') {
    response.end(isHead || !hasBody ? undefined : body);
    return;
  }
  if (isHead) {
    body.stream.destroy();
    response.end();
    return;
  }
  try {
    await pipeline(body.stream, response);
  } catch (error) {
    response.destroy();
    if (!isHangUp(error)) throw error;
  }
}
