/**
 * Practice mode: the embedded sandbox with a bucket, a role that trusts only its own user with this folder's
 * external ID, and a sample database. Nothing leaves the computer, and no keychain is needed.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { trustPolicy } from '../../shared/iam.ts';
import type { DestinationSettings } from '../../shared/model.ts';
import { type Core, openCore } from '../core/index.ts';
import { writeSampleDatabase } from '../sandbox/sample-database.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';

export interface Practice extends AsyncDisposable {
  readonly core: Core;
  readonly sandbox: Sandbox;
  /** Absolute path of the sample database. */
  readonly database: string;
  /** What to save as destination. */
  readonly destination: DestinationSettings;
}

const bucket = 'sluice-practice';

/**
 * @param folder the data folder of practice mode; not the one with the user's own settings
 * @throws SluiceError IN_USE when another process practises in the folder
 */
export async function startPractice(folder: string): Promise<Practice> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sandbox = await startSandbox({ store: join(folder, 's3') });
  try {
    const core = openCore(folder, { sandbox: sandbox.user });
    const { roleArn } = await furnish(sandbox, core);
    const database = join(folder, 'shop.sqlite');
    writeSampleDatabase(database);
    return {
      core,
      sandbox,
      database,
      destination: {
        name: 'practice',
        access: { type: 'role', roleArn, signer: { kind: 'sandbox' } },
        bucket,
        region: sandbox.region,
        pathPrefix: 'landing',
        endpoint: sandbox.endpoint,
        stsEndpoint: sandbox.endpoint,
        pathStyle: true,
      },
      async [Symbol.asyncDispose]() {
        await core[Symbol.asyncDispose]();
        await sandbox.close();
      },
    };
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

/** Makes a bucket and a role to practise on, as an administrator would. */
export async function furnish(sandbox: Sandbox, core: Core): Promise<{ bucket: string; roleArn: string }> {
  const { externalId } = await core.client.access.externalId();
  sandbox.createBucket(bucket);
  const policy = trustPolicy({ principal: { aws: sandbox.user.arn }, externalId });
  return { bucket, roleArn: sandbox.createRole({ name: 'sluice-practice', trustPolicy: policy }) };
}
