/** A policy that really lacks a right, on any S3 with an IAM, and the statement of the test pasted beside it. */
import { expect } from 'vitest';
import type { AccessContext } from '../../src/main/access/signing.ts';
import type { BucketAction } from '../../src/shared/iam.ts';
import type { Check, DestinationSettings } from '../../src/shared/model.ts';
import { tested } from './rig.ts';

export const actions: readonly BucketAction[] = [
  's3:ListBucket',
  's3:GetObject',
  's3:PutObject',
  's3:DeleteObject',
  's3:AbortMultipartUpload',
];

/** The check that each right is tried in. */
export const checkOf: Readonly<Record<BucketAction, string>> = {
  's3:ListBucket': 'list',
  's3:GetObject': 'get',
  's3:PutObject': 'put',
  's3:DeleteObject': 'delete',
  's3:AbortMultipartUpload': 'abort',
};

export interface Ground {
  readonly settings: DestinationSettings;
  readonly context: AccessContext;
  readonly bucket: string;
  /** Gives the one who is tested a policy of that name, or takes it away. */
  putPolicy(name: string, policy: object): Promise<unknown>;
  removePolicy(name: string): Promise<unknown>;
  /** Everything that is in the bucket, unfinished uploads included. */
  contents(): Promise<string[]>;
  /** Removes what a test without the right to delete has to leave. */
  empty(): Promise<void>;
}

/** Gives all rights but these, each by its own statement. */
export async function allowAllBut(
  { putPolicy, bucket }: Ground,
  missing: readonly BucketAction[],
): Promise<void> {
  const policy = {
    Version: '2012-10-17',
    Statement: actions
      .filter((action) => !missing.includes(action))
      .map((action) => ({
        Effect: 'Allow',
        Action: [action],
        Resource: action === 's3:ListBucket' ? `arn:aws:s3:::${bucket}` : `arn:aws:s3:::${bucket}/*`,
      })),
  };
  await putPolicy('rights', policy);
}

const unwell = (checks: readonly Check[]): Check[] =>
  checks.filter(
    ({ check, verdict }) => check !== 'clean-up' && (verdict === 'failed' || verdict === 'warning'),
  );

/** Takes rights away, tests, pastes what the test says, and tests again. */
export async function namesAndMends(ground: Ground, missing: readonly BucketAction[]): Promise<void> {
  await allowAllBut(ground, missing);
  const { checks } = await tested(ground.settings, ground.context);
  const named = unwell(checks);
  expect(named.map(({ check }) => check).sort()).toEqual(missing.map((action) => checkOf[action]).sort());
  for (const check of named) {
    expect(check.verdict).toBe(check.check === 'abort' ? 'warning' : 'failed');
    expect(JSON.parse(check.statement ?? '')).toMatchObject({
      Action: [actions.find((action) => checkOf[action] === check.check)],
    });
  }
  const left = await ground.contents();
  if (missing.includes('s3:DeleteObject')) {
    const said = checks.find(({ check }) => check === 'clean-up')?.cause ?? '';
    for (const key of left) expect(said).toContain(key);
    await ground.empty();
  } else expect(left).toEqual([]);
  const Statement = named.map(({ statement }) => JSON.parse(statement ?? ''));
  await ground.putPolicy('pasted', { Version: '2012-10-17', Statement });
  try {
    const again = await tested(ground.settings, ground.context);
    expect(unwell(again.checks)).toEqual([]);
    expect(await ground.contents()).toEqual([]);
  } finally {
    await ground.removePolicy('pasted');
  }
}

/** Each right alone, and every two of them. */
export const losses: readonly (readonly BucketAction[])[] = actions.flatMap((first, index) => [
  [first],
  ...actions.slice(index + 1).map((second) => [first, second] as const),
]);
