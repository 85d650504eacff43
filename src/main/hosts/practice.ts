/**
 * The ground of practice mode: the embedded sandbox with a bucket, a role that trusts only its own user with
 * this installation's external ID, and a sample database. Nothing leaves the computer.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { permissionsPolicy, trustPolicy } from '../../shared/iam.ts';
import type { PracticeGround, PracticeHost } from '../core/index.ts';
import { writeSampleDatabase } from '../sandbox/sample-database.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';

export interface Practice extends PracticeHost, AsyncDisposable {
  /** Where the bytes of an object are on disk; undefined when there is none. */
  fileOf(bucket: string, key: string): string | undefined;
}

interface Started {
  readonly sandbox: Sandbox;
  readonly ground: PracticeGround;
}

/**
 * Practice mode in a folder of its own. Nothing is started before it is needed.
 * @param folder made when absent, deleted by `remove`
 */
export function practiceIn(folder: string): Practice {
  let started: Promise<Started> | undefined;
  let trusted: string | undefined;
  const stop = async (): Promise<void> => {
    const running = started;
    started = undefined;
    // A start that failed left nothing to stop.
    await (await running?.catch(() => undefined))?.sandbox.close();
  };
  let latest: Started | undefined;
  return {
    async ground(externalId) {
      // The role trusts one external ID; an imported workspace may have brought another.
      if (trusted !== externalId) await stop();
      trusted = externalId;
      started ??= start(folder, externalId);
      try {
        latest = await started;
        return latest.ground;
      } catch (error) {
        started = undefined;
        throw error;
      }
    },
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
    fileOf: (bucket, key) => latest?.sandbox.fileOf(bucket, key),
    [Symbol.asyncDispose]: stop,
  };
}

async function start(folder: string, externalId: string): Promise<Started> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sandbox = await startSandbox({ store: join(folder, 's3') });
  try {
    const database = join(folder, 'shop.sqlite');
    writeSampleDatabase(database);
    const { endpoint, region, user } = sandbox;
    const credentials = { accessKeyId: user.accessKeyId, secretAccessKey: user.secretAccessKey };
    return { sandbox, ground: { endpoint, region, credentials, database, ...furnish(sandbox, externalId) } };
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

/** Makes a bucket and a role to practise on, as an administrator would. */
export function furnish(sandbox: Sandbox, externalId: string): Pick<PracticeGround, 'bucket' | 'roleArn'> {
  const bucket = 'sluice-practice';
  sandbox.createBucket(bucket);
  const roleArn = sandbox.createRole({
    name: 'sluice-practice',
    trustPolicy: trustPolicy({ principal: { aws: sandbox.user.arn }, externalId }),
    permissionsPolicy: permissionsPolicy({
      ...{ bucket, pathPrefix: '', scope: 'bucket', partition: 'aws', withAbort: true },
    }),
  });
  return { bucket, roleArn };
}
