/** Who signs the first request. */
import type { Check, Identity } from '../../../shared/model.ts';
import { destinationIdentity } from '../identity.ts';
import { adviceFor } from './advice.ts';
import { failed, outcomeOf, type TestRun } from './test-run.ts';
import { SluiceError } from '../../../shared/errors.ts';

const check = 'identity';

/** Milliseconds. AWS refuses what is signed fifteen minutes off; a third of that deserves a word. */
const tolerated = 5 * 60_000;

/** `failed` ends the test; undefined where nobody can tell. */
export async function* checkIdentity(run: TestRun): AsyncGenerator<Check, Identity | undefined | 'failed'> {
  const { settings, context, signal } = run;
  const { access, endpoint, stsEndpoint } = settings;
  if (access.type === 'keys' && endpoint !== undefined && stsEndpoint === undefined) {
    const cause = 'This S3 endpoint has no STS endpoint beside it, so nobody can say who the keys belong to';
    yield { check, verdict: 'skipped', cause };
    return undefined;
  }
  const found = await outcomeOf(() => destinationIdentity(settings, context, signal));
  if (found instanceof SluiceError) {
    yield failed(check, found, adviceFor(found, settings));
    return 'failed';
  }
  const { identity, clockOffset } = found;
  const cause = `Signed in as ${identity.arn}, by ${identity.foundBy.words}`;
  if (access.type === 'role' && identity.principal === null) {
    const fix = 'Sign in as an IAM user, through IAM Identity Center or with a role; or use access keys.';
    yield { check, verdict: 'warning', cause: `${cause}. ${identity.problem}`, fix };
  } else if (Math.abs(clockOffset) > tolerated) {
    yield {
      check,
      verdict: 'warning',
      cause: `${cause}. ${clockWords(clockOffset)}`,
      fix: 'Set the clock of this computer.',
    };
  } else yield { check, verdict: 'passed', cause };
  return identity;
}

/** @param offset milliseconds by which the service is ahead */
function clockWords(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60_000);
  return `The clock of this computer is ${minutes} minutes ${offset > 0 ? 'behind' : 'ahead'}; Sluice works around it`;
}
