/** Calls of the contract over HTTP: JSON in, JSON or an event stream out. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/node';
import { SluiceError } from '../../../shared/errors.ts';
import { withContractErrors } from '../../core/contract-errors.ts';
import type { Core } from '../../core/index.ts';
import type { Refusal } from './answers.ts';
import { callPath } from './gate.ts';

const bodyLimit = 1024 * 1024;

export interface Calls {
  /** Carries the call out and answers; a refusal is left to be answered. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<Refusal | undefined>;
}

export function createCalls(router: Core['router']): Calls {
  const handler = new RPCHandler(router, {
    clientInterceptors: [withContractErrors],
    interceptors: [withPlainWords],
  });
  return {
    async answer(request, response) {
      if (!isJson(request.headers['content-type'])) return notJson();
      const text = await bodyOf(request);
      if (text === undefined) return tooLarge();
      let body: unknown;
      try {
        body = JSON.parse(text);
      } catch (error) {
        return { status: 400, error: malformed(error) };
      }
      // Where oRPC looks for a body that somebody has read already.
      const read = Object.assign(request, { body });
      const { matched } = await handler.handle(read, response, { prefix: callPath });
      return matched ? undefined : unknownCall();
    },
  };
}

const isJson = (type: string | undefined): boolean =>
  /^application\/json(; ?charset=utf-8)?$/i.test(type ?? '');

/** undefined when it is too long; what is too long is not read to its end. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > bodyLimit) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Destroyed, the request could not be answered any more.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bodyLimit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Whatever a procedure throws is an error of the contract by now; the rest was never a call. */
async function withPlainWords<T>({ next }: { next: () => Promise<T> }): Promise<T> {
  try {
    return await next();
  } catch (error) {
    if (error instanceof ORPCError) throw error;
    const { code, message, fix, details } = malformed(error);
    throw new ORPCError(code, { message, data: { fix, details } });
  }
}

const malformed = (cause: unknown): SluiceError =>
  new SluiceError('INPUT_INVALID', 'This is not a call that Sluice can read', { cause });

const notJson = (): Refusal => ({
  status: 415,
  error: new SluiceError('INPUT_INVALID', 'A call is JSON', { fix: 'Send it as application/json.' }),
});

const tooLarge = (): Refusal => ({
  status: 413,
  error: new SluiceError('INPUT_INVALID', 'The call is larger than 1 MiB', {
    fix: 'Send less at once, e.g. choose all objects instead of naming them.',
  }),
});

const unknownCall = (): Refusal => ({
  status: 404,
  error: new SluiceError('NOT_FOUND', 'Sluice has no such call', {
    fix: 'Reload the page; it may be older than the program.',
  }),
});
