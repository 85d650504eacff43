/** The HTTP server: sockets, errors and answers; what a request means is decided behind the gate. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isCancelled } from '../../shared/errors.ts';
import { HangUp } from './calls.ts';
import { type GateOptions, passGate } from './gate.ts';
import { type Answer, writeAnswer } from './http/answer.ts';
import { type AwsRequest, readRequest } from './http/request.ts';
import { ClientGone, incompleteBody, internalError, ServiceError } from './http/service-error.ts';
import { requestId } from './identity/ids.ts';
import type { Service } from './service.ts';

/** Longer than the pauses of a client that keeps its connections, so that no request meets a closing socket. */
const keepAliveMs = 120_000;

export interface ServerOptions {
  readonly s3: Service;
  readonly sts: Service;
  readonly iam: Service;
  readonly gate: GateOptions;
  readonly now: () => Date;
  /** Gets what no client caused: a full disk, a fault of ours. */
  readonly onFault: (error: unknown) => void;
}

export interface RunningServer {
  readonly server: Server;
  /** Resolves when no request is being worked on. */
  readonly idle: () => Promise<void>;
}

/** STS and IAM are spoken at the root with a form; nothing of S3 looks like that. The signature tells them apart. */
function serviceOf(incoming: IncomingMessage, { s3, sts, iam }: ServerOptions): Service {
  const isForm = incoming.method === 'POST' && /^\/($|\?)/.test(incoming.url ?? '');
  if (!isForm) return s3;
  return /\/iam\/aws4_request/.test(incoming.headers.authorization ?? '') ? iam : sts;
}

/** `undefined` when nobody is there to be answered. */
function asServiceError(error: unknown, options: ServerOptions): ServiceError | undefined {
  if (error instanceof ServiceError) return error;
  if (error instanceof HangUp || error instanceof ClientGone || isCancelled(error)) return undefined;
  options.onFault(error);
  return internalError();
}

async function answerOf(
  service: Service,
  request: AwsRequest,
  options: ServerOptions,
): Promise<Answer | undefined> {
  try {
    return await passGate(service, request, options.gate);
  } catch (error) {
    if (error instanceof HangUp && error.reset) request.incoming.socket.resetAndDestroy();
    const serviceError = asServiceError(error, options);
    return serviceError === undefined ? undefined : service.errorAnswer(serviceError, request);
  }
}

/** A request whose address cannot even be read, for the sake of answering it. */
const unreadable = (incoming: IncomingMessage, id: string): AwsRequest => ({
  id,
  method: incoming.method ?? '',
  path: '/',
  query: [],
  parameters: new Map(),
  headers: new Map(),
  header: () => undefined,
  incoming,
});

async function handle(incoming: IncomingMessage, response: ServerResponse, options: ServerOptions) {
  const id = requestId();
  const service = serviceOf(incoming, options);
  let request = unreadable(incoming, id);
  let answer: Answer | undefined;
  try {
    request = readRequest(incoming, id);
    answer = await answerOf(service, request, options);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    answer = service.errorAnswer(error, request);
  }
  if (answer === undefined) {
    incoming.socket.destroy();
    return;
  }
  response.strictContentLength = true;
  // Of our clock, which the SDK takes as the true time when it finds its own one wrong.
  const date = { date: options.now().toUTCString() };
  await writeAnswer(response, answer, { ...date, ...service.answerHeaders(request) });
  // What an early refusal left of the body, so that the connection can go on.
  incoming.resume();
}

function refuseBrokenHttp(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { code, message } =
    error.code === 'HPE_INVALID_EOF_STATE'
      ? incompleteBody()
      : new ServiceError(400, 'BadRequest', 'The request is not valid HTTP');
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/xml\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
}

export function createSandboxServer(options: ServerOptions): RunningServer {
  const working = new Set<Promise<void>>();
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (incoming, response) => {
    const work = handle(incoming, response, options)
      .catch((error: unknown) => {
        incoming.socket.destroy();
        options.onFault(error);
      })
      .finally(() => working.delete(work));
    working.add(work);
  });
  // A slow upload is not an attack here, and may take longer than Node's five minutes.
  server.requestTimeout = 0;
  server.on('clientError', refuseBrokenHttp);
  return {
    server,
    idle: async () => {
      await Promise.allSettled(working);
    },
  };
}
