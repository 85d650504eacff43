import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { formatMany } from '../../components/format.ts';
import type { TestRun } from './test-run.ts';
import { WaitingNote } from './waiting-note.tsx';

interface OutcomeProps {
  readonly run: TestRun;
  /** Ends the test; absent where another button does. */
  readonly onStop?: (() => void) | undefined;
}

/** How the test stands, in a line that is there from the beginning. */
export function Outcome({ run, onStop }: OutcomeProps) {
  return (
    <div className="check-outcome">
      {run.waiting === undefined ? <InWords run={run} /> : <WaitingNote waiting={run.waiting} />}
      {run.state === 'running' && onStop !== undefined && (
        <Button variant="inline-link" formAction="none" ariaLabel="Stop the test" onClick={onStop}>
          Stop
        </Button>
      )}
    </div>
  );
}

function InWords({ run: { state, checks } }: { readonly run: TestRun }) {
  const count = (verdict: string): number => checks.filter((check) => check.verdict === verdict).length;
  const [failed, notes] = [count('failed'), count('warning')];
  switch (state) {
    case 'idle':
      return <StatusIndicator type="pending">Not tested yet</StatusIndicator>;
    case 'running':
      return <StatusIndicator type="in-progress">Testing</StatusIndicator>;
    case 'passed':
      return (
        <StatusIndicator type="success">
          Everything works{notes > 0 && `, with ${formatMany(notes, 'thing')} to know`}
        </StatusIndicator>
      );
    case 'failed':
      return (
        <StatusIndicator type="error">
          {failed === 0 ? 'The test could not go on' : `${formatMany(failed, 'check')} failed`}
        </StatusIndicator>
      );
  }
}
