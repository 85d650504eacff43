/**
 * The embedded sandbox: an S3, STS and IAM server on 127.0.0.1 inside our own process, for practice mode, the demo and
 * the tests. Signatures, checksums and conditions are verified as AWS does it; objects lie as plain files in a
 * folder.
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SluiceError } from '../../shared/errors.ts';
import {
  addKmsKey,
  disableKmsKey,
  keysOf,
  type NewSandboxRole,
  practiceUser,
  putRole,
  type SandboxUser,
} from './administrator.ts';
import { HangUp, type Intercept } from './calls.ts';
import { createIam } from './iam/iam-service.ts';
import { Account } from './identity/account.ts';
import type { Credential } from './identity/caller.ts';
import { BucketPolicies } from './s3/bucket-policy.ts';
import { isBucketName } from './s3/names.ts';
import { createS3 } from './s3/s3-service.ts';
import { createSandboxServer } from './server.ts';
import type { Authenticator } from './sigv4/authenticate.ts';
import { openStore, type Store } from './store/store.ts';
import { createSts } from './sts/sts-service.ts';

export type { NewSandboxRole, SandboxUser } from './administrator.ts';
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
  /** What AccessDenied says: `detailed`, the default, names the kind of policy that is to blame. */
  readonly denials?: 'detailed' | 'bare';
  /** For the tests: sessions of roles end after so many seconds, whatever was asked for. */
  readonly sessionSeconds?: number;
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
  /** An administrator of the account; the keys are new at every start, its ARN is not. */
  readonly user: SandboxUser;
  /** Makes a bucket unless it is there. @throws SluiceError INPUT_INVALID when S3 would refuse the name */
  createBucket(name: string): void;
  /**
   * Makes a role, or gives the one of that name other policies, and returns its ARN. Roles are not kept over a
   * restart. The IAM API can do the same, and more.
   * @throws SluiceError INPUT_INVALID
   */
  createRole(role: NewSandboxRole): string;
  /** Makes a user with an access key who may do nothing yet. */
  createUser(name: string): SandboxUser;
  /** A user of another account, who may do everything there and nothing here. */
  createForeignUser(accountId: string, name: string): SandboxUser;
  /** Makes an access key of the account's root user, who may do everything but assume a role. */
  createRootKey(): SandboxUser;
  /**
   * Makes a KMS key and returns its ARN.
   * @param policy who may use it; without one, whoever a policy of the account allows it
   * @throws SluiceError INPUT_INVALID
   */
  createKmsKey(policy?: string | object): string;
  /** @throws SluiceError NOT_FOUND */
  disableKmsKey(arn: string): void;
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

const shown = ({ caller, accessKeyId, secretAccessKey }: Credential): SandboxUser => ({
  arn: caller.arn,
  accessKeyId,
  secretAccessKey,
});

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
  const { region = 'us-east-1', accountId = '123456789012', sessionSeconds, denials = 'detailed' } = options;
  const now = options.clock ?? (() => new Date());
  if (!/^\d{12}$/.test(accountId)) throw new SluiceError('INPUT_INVALID', 'An account id has 12 digits');
  const store = openStore(options.store);
  const account = new Account(accountId, now);
  const practice = practiceUser(account);
  const bucketPolicies = new BucketPolicies(store, account);
  const authenticator: Authenticator = { region, now, credential: (id) => account.credential(id) };
  const query = { account, now, sessionSeconds };
  const bucketPolicy = (bucket: string) => bucketPolicies.policyOf(bucket);
  const authority = { account, region, now, bucketPolicy, denials };
  const closing = new Closing();
  const { server, idle } = createSandboxServer({
    s3: createS3({ store, region, account, bucketPolicies, now, closing: closing.signal }, authenticator),
    sts: createSts(query, authenticator),
    iam: createIam(query, authenticator),
    gate: { authority, intercept: options.intercept, closed: closing.closed },
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
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region,
    accountId,
    user: practice,
    createBucket: (name) => createBucket(store, name, now()),
    createUser: (name) => keysOf(account.addUser({ name }), account),
    createForeignUser: (foreignId, name) => shown(account.addForeigner(foreignId, name)),
    createRootKey: () => shown(account.addRootKey()),
    createKmsKey: (policy) => addKmsKey(account, region, policy),
    disableKmsKey: (arn) => disableKmsKey(account, arn),
    createRole: (role) => putRole(account, role),
    fileOf: (bucket, key) => store.objects.fileOf(bucket, key),
    pendingUploads: (bucket) => pendingUploads(store, bucket),
    close,
    [Symbol.asyncDispose]: close,
  };
}
