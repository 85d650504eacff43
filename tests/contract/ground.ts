/** The world around a host under test: an S3 and STS that can be held, a silent server, and databases. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { dataFolder } from '../../src/main/core/index.ts';
import { writeSampleDatabase } from '../../src/main/sandbox/sample-database.ts';
import { type Call, type Sandbox, startSandbox } from '../../src/main/sandbox/sandbox.ts';

export const bucket = 'contract-tests';

export interface Ground extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** A data folder of its own for each name. */
  folder(name: string): string;
  /** The sample shop. */
  readonly shop: string;
  /** 5,000 tables. */
  readonly wide: string;
  /** Holds the calls to S3 that match until the returned function is called. */
  hold(matches: (call: Call) => boolean): () => void;
}

/** Starts it, and makes its user the one who is signed in, in this process and those that it starts. */
export async function prepareGround(): Promise<Ground> {
  const root = mkdtempSync(join(tmpdir(), 'sluice-contract-'));
  const held = new Set<{ matches: (call: Call) => boolean; until: Promise<void> }>();
  const sandbox = await startSandbox({
    store: join(root, 's3'),
    intercept: async (call) => {
      for (const { matches, until } of held) if (matches(call)) await until;
      return undefined;
    },
  });
  sandbox.createBucket(bucket);
  const [shop, wide] = [join(root, 'shop.sqlite'), join(root, 'wide.sqlite')];
  writeSampleDatabase(shop);
  writeWideDatabase(wide);
  const signOut = signIn(sandbox, join(root, 'no-aws-config'));
  return {
    sandbox,
    folder: (name) => dataFolder(join(root, name)),
    shop,
    wide,
    hold(matches) {
      const { promise: until, resolve } = Promise.withResolvers<void>();
      const hold = { matches, until };
      held.add(hold);
      return () => {
        held.delete(hold);
        resolve();
      };
    },
    async [Symbol.asyncDispose]() {
      signOut();
      await sandbox.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function writeWideDatabase(path: string): void {
  const database = new DatabaseSync(path);
  database.exec('BEGIN');
  for (let table = 0; table < 5000; table++) {
    database.exec(`CREATE TABLE measurements_of_sensor_${table} (at TEXT NOT NULL, value REAL)`);
  }
  database.exec('COMMIT');
  database.close();
}

/** Nothing of the computer's own AWS settings may take part. */
function signIn({ user, endpoint, region }: Sandbox, nothing: string): () => void {
  writeFileSync(nothing, '');
  const environment: Readonly<{ [name: string]: string | undefined }> = {
    AWS_ACCESS_KEY_ID: user.accessKeyId,
    AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    AWS_REGION: region,
    AWS_CONFIG_FILE: nothing,
    AWS_SHARED_CREDENTIALS_FILE: nothing,
    AWS_ENDPOINT_URL_STS: endpoint,
  };
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  assign(Object.entries(environment));
  return () => assign(before);
}

function assign(variables: Iterable<readonly [string, string | undefined]>): void {
  for (const [name, value] of variables) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

export interface SilentServer extends AsyncDisposable {
  readonly port: number;
  /** Resolves when somebody has connected. */
  readonly called: Promise<void>;
  /** Resolves when that connection is over. */
  readonly left: Promise<void>;
}

/** Takes connections and never says a word, so that whoever calls it waits. */
export async function silentServer(): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  const called = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    sockets.add(socket);
    called.resolve();
    socket.on('error', () => undefined).once('close', () => left.resolve());
    socket.resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    called: called.promise,
    left: left.promise,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
