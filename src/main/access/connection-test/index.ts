/**
 * The connection test: tries each right that a load needs, on the path that a load would use, and leaves
 * nothing behind. Each check is reported as it ends, with the plain cause and what to paste.
 */
import type { Check, DestinationSettings } from '../../../shared/model.ts';
import { openBucket } from '../bucket.ts';
import type { AccessContext } from '../signing.ts';
import { checkBucket } from './bucket-checks.ts';
import { checkFiles } from './file-checks.ts';
import { checkIdentity } from './identity-check.ts';
import { checkRole, roleChecks } from './role-checks.ts';
import { checkSettings } from './settings-check.ts';
import type { Step, TestRun } from './test-run.ts';
import type { Waits } from './waiting.ts';

export type { Step } from './test-run.ts';
export type { Waits } from './waiting.ts';

export interface TestOptions {
  readonly signal: AbortSignal;
  /**
   * Found a moment ago and told again instead of run: the checks of the role all together, and those of the bucket.
   * Settings and identity are looked at in any case, since what to paste depends on them; writing, reading and
   * deleting are one.
   */
  readonly kept?: readonly Check[];
  readonly waits?: Waits | undefined;
}

/**
 * Runs the checks in order. The consumer decides by the verdicts: one `failed` fails the test.
 * @throws SluiceError CANCELLED only; everything else becomes a verdict
 */
export async function* testConnection(
  settings: DestinationSettings,
  context: AccessContext,
  { signal, kept = [], waits }: TestOptions,
): AsyncGenerator<Step> {
  const run: TestRun = {
    ...{ settings, context, signal, kept, waits },
    toWork: { until: undefined },
    toClose: { until: undefined },
  };
  if (!(yield* checkSettings(settings))) return;
  const identity = yield* checkIdentity(run);
  if (identity === 'failed') return;
  if (settings.access.type === 'role') {
    const roleKept = kept.filter(({ check }) => roleChecks.includes(check));
    if (roleKept.length === roleChecks.length) yield* roleKept;
    else if (!(yield* checkRole(run, identity))) return;
  }
  using bucket = openBucket(settings, context);
  const found = yield* checkBucket({ ...run, identity }, bucket);
  if (found === 'out of reach') return;
  yield* checkFiles({ ...run, identity }, bucket, found);
}
