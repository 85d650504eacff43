/** What the last connection test found, so that the next one may go on at the check that failed. */
import type { Check, DestinationSettings } from '../../shared/model.ts';
import type { CoreContext } from './context.ts';

/** Milliseconds for which what was found still holds; the rights may be changed meanwhile. */
const memory = 10 * 60_000;

interface LastTest {
  readonly of: string;
  readonly at: number;
  readonly checks: readonly Check[];
}

const lastTests = new WeakMap<CoreContext, LastTest>();

/** All that a test depends on; how the destination is called is no part of that. */
const subjectOf = ({ access, bucket, region, pathPrefix, ...more }: DestinationSettings): string =>
  JSON.stringify([access, bucket, region, pathPrefix, more.endpoint, more.stsEndpoint, more.pathStyle]);

/** What was told again instead of run is no newer for that: `kept` are such checks. */
export function rememberTest(
  core: CoreContext,
  settings: DestinationSettings,
  { checks, kept }: { readonly checks: readonly Check[]; readonly kept: readonly Check[] },
): void {
  const now = Date.now();
  const at = kept.length === 0 ? now : (lastTests.get(core)?.at ?? now);
  lastTests.set(core, { of: subjectOf(settings), at, checks });
}

/**
 * The checks before `from` as they were found a moment ago for the same settings. None when something has changed
 * since, or one of them had failed: a caller cannot talk its way past a check.
 */
export function checksBefore(
  core: CoreContext,
  settings: DestinationSettings,
  from: string | undefined,
): readonly Check[] {
  const last = lastTests.get(core);
  if (from === undefined || last === undefined) return [];
  if (last.of !== subjectOf(settings) || Date.now() - last.at > memory) return [];
  const before = last.checks.slice(
    0,
    last.checks.findIndex(({ check }) => check === from),
  );
  return before.some(({ verdict }) => verdict === 'failed') ? [] : before;
}
