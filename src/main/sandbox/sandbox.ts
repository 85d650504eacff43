/**
 * The embedded sandbox: an S3 and STS server on 127.0.0.1 inside our own process, for practice mode, the demo and
 * the tests. Signatures, checksums and conditions are verified as AWS does it; objects lie as plain files in a
 * folder.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SluiceError } from '../../shared/errors.ts';
import { HangUp, type Intercept } from './calls.ts';
import { Principals } from './identity/principals.ts';
import { isBucketName } from './s3/names.ts';
import { createS3 } from './s3/s3-service.ts';
import { createSandboxServer } from './server.ts';
import type { Authenticator } from './sigv4/authenticate.ts';
import { openStore, type Store } from './store/store.ts';
import { createSts } from './sts/sts-service.ts';

export type { Call, Intercept, Interception } from './calls.ts';

export interface SandboxOptions {
  /** The folder for the objects; made when absent. One sandbox at a time. */
  readonly store: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** `us-east-1` when absent. */
  readonly region?: string;
  /** 12 digits; `123456789012` when absent. */
  readonly accountId?: string;
  /** The longest session of the roles made here, in seconds, 3,600 (the default) to 43,200. */
  readonly maxSessionSeconds?: number;
  /** For the tests: the time by which requests, sessions and objects are dated. */
  readonly clock?: () => Date;
  /** For the tests: sees every call before it is carried out, and may refuse it or break the connection. */
  readonly intercept?: Intercept;
  /** Gets the errors that were answered with InternalError; a process warning when absent. */
  readonly onFault?: (error: unknown) => void;
}

export interface PendingUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly started: Date;
  readonly parts: readonly { readonly number: number; readonly size: number }[];
}

export interface Sandbox extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, for S3 (path style) and STS alike. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** The one user of the account; its keys are new at every start, its ARN is not. */
  readonly user: { readonly arn: string; readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Makes a bucket unless it is there. @throws SluiceError INPUT_INVALID when S3 would refuse the name */
  createBucket(name: string): void;
  /**
   * Makes a role, or gives the one of that name another trust policy, and returns its ARN. Roles are not kept over
   * a restart.
   * @param role trustPolicy is JSON text or an object
   * @throws SluiceError INPUT_INVALID
   */
  createRole(role: { readonly name: string; readonly trustPolicy: string | object }): string;
  /** Where the bytes of an object are on disk; undefined when there is no such object. */
  fileOf(bucket: string, key: string): string | undefined;
  /** Multipart uploads that were neither completed nor aborted, oldest first. */
  pendingUploads(bucket: string): readonly PendingUpload[];
  /** Breaks open connections and frees the folder; may be called again. */
  close(): Promise<void>;
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    const inUse = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    const reason = inUse ? 'another program is using it' : String(cause);
    throw new SluiceError('IN_USE', `The sandbox cannot listen on port ${port} of 127.0.0.1: ${reason}`, {
      cause,
      fix: 'Choose another port, or 0 for a free one.',
    });
  }
  return (server.address() as AddressInfo).port;
}

function warn(error: unknown): void {
  process.emitWarning(
    `The sandbox answered InternalError: ${error instanceof Error ? error.message : error}`,
  );
}

function pendingUploads({ uploads }: Store, bucket: string): PendingUpload[] {
  return uploads.ofBucket(bucket).map(({ id, key, started }) => ({
    key,
    uploadId: id,
    started: new Date(started),
    parts: uploads.parts(id).map(({ number, size }) => ({ number, size })),
  }));
}

function createBucket({ objects }: Store, name: string, now: Date): void {
  if (!isBucketName(name)) throw new SluiceError('INPUT_INVALID', `"${name}" is not a bucket name`);
  objects.createBucket(name, now.getTime());
}

/** Ends what is going on: held calls, copies, then the sockets. */
class Closing {
  readonly closed: Promise<never>;
  private readonly controller = new AbortController();

  constructor() {
    const { signal } = this.controller;
    this.closed = new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new HangUp('the sandbox is closing')));
    });
    // Nobody may be waiting for it.
    this.closed.catch(() => undefined);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  begin(): void {
    this.controller.abort(new HangUp('the sandbox is closing'));
  }
}

/**
 * Starts a sandbox on the folder `options.store`.
 * @throws SluiceError IN_USE when the folder or the port is taken; DATA_FOLDER_UNUSABLE; INPUT_INVALID
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { region = 'us-east-1', accountId = '123456789012', maxSessionSeconds = 3600 } = options;
  const now = options.clock ?? (() => new Date());
  if (!/^\d{12}$/.test(accountId)) throw new SluiceError('INPUT_INVALID', 'An account id has 12 digits');
  const store = openStore(options.store);
  const principals = new Principals(accountId);
  const authenticator: Authenticator = { region, now, credential: (id) => principals.credential(id) };
  const closing = new Closing();
  const { server, idle } = createSandboxServer({
    s3: createS3({ store, region, accountId, now, closing: closing.signal }, authenticator),
    sts: createSts({ principals, now }, authenticator),
    gate: { accountId, intercept: options.intercept, closed: closing.closed },
    now,
    onFault: options.onFault ?? warn,
  });
  let port: number;
  try {
    port = await listen(server, options.port ?? 0);
  } catch (error) {
    store.close();
    throw error;
  }
  const shutDown = async (): Promise<void> => {
    closing.begin();
    server.close();
    server.closeAllConnections();
    await idle();
    store.close();
  };
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= shutDown();
    return closed;
  };
  const { accessKeyId, secretAccessKey, caller } = principals.user;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region,
    accountId,
    user: { arn: caller.arn, accessKeyId, secretAccessKey },
    createBucket: (name) => createBucket(store, name, now()),
    createRole: ({ name, trustPolicy }) => principals.putRole({ name, trustPolicy, maxSessionSeconds }).arn,
    fileOf: (bucket, key) => store.objects.fileOf(bucket, key),
    pendingUploads: (bucket) => pendingUploads(store, bucket),
    close,
    [Symbol.asyncDispose]: close,
  };
}
