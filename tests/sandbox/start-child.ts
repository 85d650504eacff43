/** A sandbox in a process of its own. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import type { Sandbox } from '../../src/main/sandbox/sandbox.ts';

export interface ChildSandbox {
  readonly child: ChildProcess;
  /** Tries once only. */
  readonly s3: S3Client;
  /** The most memory that the process has had so far, in bytes. */
  readonly peakBytes: () => Promise<number>;
}

export async function startChild(store: string): Promise<ChildSandbox> {
  const child = fork(join(import.meta.dirname, 'child-sandbox.ts'), [store], { execArgv: [] });
  const [hello] = (await once(child, 'message')) as [
    { sandbox: Pick<Sandbox, 'endpoint' | 'region' | 'user'> },
  ];
  const { endpoint, region, user } = hello.sandbox;
  const s3 = new S3Client({ endpoint, region, credentials: user, forcePathStyle: true, maxAttempts: 1 });
  const peakBytes = async (): Promise<number> => {
    child.send('peak');
    const [answer] = (await once(child, 'message')) as [{ peakBytes: number }];
    return answer.peakBytes;
  };
  return { child, s3, peakBytes };
}
