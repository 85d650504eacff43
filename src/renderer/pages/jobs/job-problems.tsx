import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ErrorInfo, Receipt } from '../../../shared/model.ts';
import { screenFix } from '../../app/failure.ts';
import { asSentence, formatMany } from '../../components/format.ts';
import { MoreAboutError } from '../../help/more-about-error.tsx';

/** More objects than that are counted, not named. */
const named = 10;

interface Problem {
  readonly error: ErrorInfo;
  readonly objects: readonly string[];
}

/** What went wrong, each reason once with the objects that it concerns. */
export function JobProblems({ receipt }: { readonly receipt: Receipt }) {
  const problems = problemsOf(receipt);
  if (problems.length === 0) return null;
  const type = receipt.state === 'cancelled' ? 'info' : 'error';
  return (
    <SpaceBetween size="s">
      {problems.map(({ error, objects }) => (
        <Alert key={error.message} type={type} header={headerOf(receipt, objects)}>
          <Box variant="p" padding="n">
            {asSentence(error.message)}
          </Box>
          <Box variant="p" padding="n">
            {screenFix(error.code, error.fix)}
            {error.details.left !== undefined && (
              <>
                {' '}
                What was left is listed under <Link href="#/jobs/uploads">Unfinished uploads</Link>.
              </>
            )}
          </Box>
          <MoreAboutError code={error.code} />
        </Alert>
      ))}
    </SpaceBetween>
  );
}

function problemsOf({ state, error, objects }: Receipt): Problem[] {
  if (state === 'running' || state === 'completed') return [];
  const own = objects.flatMap(({ object, error: reason }) => {
    // A cancelled job says once that it was cancelled; an object adds only what it left behind.
    const known = state === 'cancelled' && reason?.message.endsWith(error?.message ?? '') === true;
    return reason === undefined || known ? [] : [{ object, reason }];
  });
  const byMessage = Map.groupBy(own, ({ reason }) => reason.message);
  const groups = [...byMessage.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ error: first.reason, objects: group.map(({ object }) => object) }];
  });
  const said = error === undefined || groups.some((group) => group.error.message === error.message);
  // "Each for its own reason" is what the list of reasons shows already.
  const needed = state === 'cancelled' || groups.length === 0;
  return said || !needed ? groups : [{ error, objects: [] }, ...groups];
}

function headerOf({ state }: Receipt, objects: readonly string[]): string {
  if (objects.length === 0) return state === 'cancelled' ? 'Cancelled' : 'The load failed';
  const which = objects.length > named ? formatMany(objects.length, 'object') : objects.join(', ');
  return `${which} ${objects.length === 1 ? 'was' : 'were'} not loaded`;
}
