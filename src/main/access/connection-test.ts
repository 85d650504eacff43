/**
 * The connection test: tries each right that a load needs, on the path that a load would use, and leaves
 * nothing behind. Each check is reported as it ends, with the plain cause and what to paste.
 */
import { crc32 } from 'node:zlib';
import { parseArn } from '../../shared/aws-names.ts';
import { SluiceError } from '../../shared/errors.ts';
import {
  assumeRoleStatement,
  type BucketAction,
  printPolicy,
  statementFor,
  trustPolicy,
} from '../../shared/iam.ts';
import type { Check, DestinationSettings, Identity } from '../../shared/model.ts';
import { type Bucket, openBucket } from './bucket.ts';
import { destinationIdentity } from './identity.ts';
import { type AccessContext, assumeRole } from './signing.ts';

/**
 * Runs the checks in order. The consumer decides by the verdicts: one `failed` fails the test. The checks in `kept`
 * were found a moment ago and are told again instead of run: those of the role all together, and the listing. The
 * identity is asked for in any case, since what to paste depends on it, and writing, reading and deleting are one.
 * @throws SluiceError CANCELLED only; everything else becomes a verdict
 */
export async function* testConnection(
  settings: DestinationSettings,
  context: AccessContext,
  signal: AbortSignal,
  kept: readonly Check[] = [],
): AsyncGenerator<Check> {
  const identity = yield* checkIdentity(settings, context, signal);
  if (identity === 'failed') return;
  if (settings.access.type === 'role') {
    const roleKept = kept.filter(({ check }) => roleChecks.includes(check));
    if (roleKept.length === roleChecks.length) yield* roleKept;
    else if (!(yield* checkRole(settings, context, identity, signal))) return;
  }
  using bucket = openBucket(settings, context);
  yield* checkBucket(settings, bucket, signal, kept);
}

const roleChecks: readonly string[] = [
  'assume-role',
  'assume-role-without-external-id',
  'assume-role-with-wrong-external-id',
];

async function* checkIdentity(
  settings: DestinationSettings,
  context: AccessContext,
  signal: AbortSignal,
): AsyncGenerator<Check, Identity | undefined | 'failed'> {
  const { access } = settings;
  if (access.type === 'keys' && settings.endpoint !== undefined && settings.stsEndpoint === undefined) {
    const cause = 'This S3 endpoint has no STS endpoint beside it, so nobody can say who the keys belong to';
    yield { check: 'identity', verdict: 'skipped', cause };
    return undefined;
  }
  try {
    const identity = await destinationIdentity(settings, context, signal);
    yield { check: 'identity', verdict: 'passed', cause: `Signed in as ${identity.arn}` };
    return identity;
  } catch (error) {
    yield failed('identity', cancelledOr(error));
    return 'failed';
  }
}

/** The role must open with the external ID, and with nothing else. */
async function* checkRole(
  settings: DestinationSettings,
  context: AccessContext,
  identity: Identity | undefined,
  signal: AbortSignal,
): AsyncGenerator<Check, boolean> {
  try {
    await assumeRole(settings, context, { externalId: context.externalId, signal });
    yield { check: 'assume-role', verdict: 'passed' };
  } catch (error) {
    const problem = cancelledOr(error);
    yield { ...failed('assume-role', problem), ...assumeRoleHelp(problem, settings, context, identity) };
    return false;
  }
  const closed = [
    yield* checkRefused('assume-role-without-external-id', undefined),
    yield* checkRefused('assume-role-with-wrong-external-id', crypto.randomUUID()),
  ];
  return !closed.includes(false);

  async function* checkRefused(
    check: string,
    externalId: string | undefined,
  ): AsyncGenerator<Check, boolean> {
    try {
      await assumeRole(settings, context, { externalId, signal });
    } catch (error) {
      const problem = cancelledOr(error);
      if (problem.code === 'ASSUME_ROLE_DENIED') {
        yield { check, verdict: 'passed', cause: 'Refused, as it should be' };
      } else {
        yield { check, verdict: 'warning', cause: `Could not tell: ${problem.message}`, fix: problem.fix };
      }
      return true;
    }
    const how = externalId === undefined ? 'without an external ID' : 'with a wrong external ID';
    yield {
      ...failed(check, new SluiceError('ROLE_OPEN', `The role can be assumed ${how}`)),
      ...trustStatement(context, identity),
    };
    return false;
  }
}

/** What to paste where AssumeRole was refused: the caller's own statement, or the role's trust policy. */
function assumeRoleHelp(
  problem: SluiceError,
  settings: DestinationSettings,
  context: AccessContext,
  identity: Identity | undefined,
): Partial<Check> {
  if (problem.code !== 'ASSUME_ROLE_DENIED' || settings.access.type !== 'role') return {};
  if (/no identity-based policy allows/i.test(problem.message)) {
    return {
      fix: 'Your own identity may not assume roles yet. Add this statement to its policy.',
      statement: printPolicy(assumeRoleStatement(settings.access.roleArn)),
    };
  }
  return {
    fix: 'Check that the role exists, and that its trust policy is this one. A new role takes up to a minute to work.',
    ...trustStatement(context, identity),
  };
}

function trustStatement(context: AccessContext, identity: Identity | undefined): { statement?: string } {
  if (identity === undefined || identity.principal === null) return {};
  const { aws, arnLike } = identity.principal;
  const principal = arnLike === undefined ? { aws } : { aws, arnLike };
  return { statement: printPolicy(trustPolicy({ principal, externalId: context.externalId })) };
}

async function* checkBucket(
  settings: DestinationSettings,
  bucket: Bucket,
  signal: AbortSignal,
  kept: readonly Check[],
): AsyncGenerator<Check> {
  const folder = settings.pathPrefix === '' ? '' : `${settings.pathPrefix}/`;
  const key = `${folder}.sluice-test-${crypto.randomUUID()}`;
  const body = Buffer.from(`Sluice connection test ${crypto.randomUUID()}\n`);

  const listKept = kept.find(({ check }) => check === 'list');
  if (listKept !== undefined) yield listKept;
  else {
    const listed = yield* right('list', 's3:ListBucket', settings, () => bucket.list(folder, 1, signal));
    if (listed !== undefined && bucketIsOutOfReach(listed)) return;
  }
  // From the moment that it is sent the test file may exist, whatever the answer, and must go in any case.
  let mayExist = true;
  try {
    const put = yield* right('put', 's3:PutObject', settings, () => putTestFile(bucket, key, body, signal));
    if (put !== undefined) {
      mayExist = put.code !== 'ACCESS_DENIED';
      for (const check of ['get', 'delete']) {
        yield { check, verdict: 'skipped', cause: 'The test file could not be written' };
      }
      return;
    }
    yield* right('get', 's3:GetObject', settings, async () => {
      const read: Buffer[] = [];
      for await (const chunk of await bucket.get(key, signal)) read.push(chunk);
      if (!Buffer.concat(read).equals(body)) {
        throw new SluiceError('CHECKSUM_MISMATCH', 'The test file came back with other bytes');
      }
    });
    const kept = yield* right('delete', 's3:DeleteObject', settings, () => bucket.delete(key, signal));
    mayExist = false;
    if (kept !== undefined)
      yield { check: 'clean-up', verdict: 'warning', cause: `The test file stays: ${key}` };
  } finally {
    // The consumer stopped in the middle, or an answer was lost; what the test had to say is said.
    if (mayExist) await bucket.delete(key).catch(() => undefined);
  }
}

/** Not cut off by the signal: a file that is written while we look away would stay. */
async function putTestFile(bucket: Bucket, key: string, body: Buffer, signal: AbortSignal): Promise<void> {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  const headers = { contentType: 'text/plain', metadata: {} };
  try {
    await bucket.put(key, body, checksum.toString('base64'), headers);
  } catch (error) {
    // Nobody else has this random key: a first try succeeded, its answer was lost, and the second found the file.
    if (!(error instanceof SluiceError) || error.code !== 'KEY_EXISTS') throw error;
  }
  if (signal.aborted) throw new SluiceError('CANCELLED', 'The test was cancelled');
}

/** One right: passed, or failed with the statement that grants it. Returns the failure. */
async function* right(
  check: string,
  action: BucketAction,
  settings: DestinationSettings,
  attempt: () => Promise<unknown>,
): AsyncGenerator<Check, SluiceError | undefined> {
  try {
    await attempt();
    yield { check, verdict: 'passed' };
    return undefined;
  } catch (error) {
    const problem = cancelledOr(error);
    yield { ...failed(check, problem), ...missingRight(problem, action, settings) };
    return problem;
  }
}

function missingRight(
  problem: SluiceError,
  action: BucketAction,
  settings: DestinationSettings,
): Partial<Check> {
  if (problem.code !== 'ACCESS_DENIED') return {};
  const { access, bucket, pathPrefix } = settings;
  const partition = (access.type === 'role' ? parseArn(access.roleArn)?.partition : undefined) ?? 'aws';
  const who = access.type === 'role' ? 'the role' : 'the IAM user';
  return {
    fix: `Add this statement to the permissions policy of ${who}.`,
    statement: printPolicy(statementFor(action, { bucket, pathPrefix, scope: 'bucket', partition })),
  };
}

/** After one of these the other checks would only say the same again. */
const bucketIsOutOfReach = (problem: SluiceError): boolean =>
  problem.code !== 'ACCESS_DENIED' && problem.code !== 'DESTINATION_FAILED';

const failed = (check: string, problem: SluiceError): Check => ({
  check,
  verdict: 'failed',
  cause: problem.message,
  fix: problem.fix,
  code: problem.code,
});

/** Passes a cancellation on; everything else is a verdict. */
function cancelledOr(error: unknown): SluiceError {
  if (!(error instanceof SluiceError)) throw error;
  if (error.code === 'CANCELLED') throw error;
  return error;
}
