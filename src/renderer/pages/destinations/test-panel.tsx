import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useEffect, useRef } from 'react';
import { formatMany } from '../../components/format.ts';
import { CheckList } from './check-list.tsx';
import type { TestRun } from './use-test-run.ts';

interface TestPanelProps {
  readonly name: string;
  readonly run: TestRun;
  readonly onClose: () => void;
  readonly onRetry: (check: string) => void;
}

/** The test of one destination, from its first check on. */
export function TestPanel({ name, run, onClose, onRetry }: TestPanelProps) {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (run.state !== 'idle') panel.current?.scrollIntoView({ block: 'nearest' });
  }, [run.state]);
  return (
    <div ref={panel}>
      <Container
        header={
          <Header
            variant="h2"
            description={<Outcome run={run} />}
            actions={<Button onClick={onClose}>{run.state === 'running' ? 'Stop' : 'Close'}</Button>}
          >
            Test of {name}
          </Header>
        }
      >
        <CheckList run={run} onRetry={onRetry} />
      </Container>
    </div>
  );
}

/** How the test ended, in one line. */
export function Outcome({ run }: { readonly run: TestRun }) {
  const failed = run.checks.filter(({ verdict }) => verdict === 'failed').length;
  if (run.state === 'passed') return <StatusIndicator type="success">Everything works</StatusIndicator>;
  if (run.state !== 'failed') return null;
  return (
    <StatusIndicator type="error">
      {failed === 0 ? 'The test could not go on' : `${formatMany(failed, 'check')} failed`}
    </StatusIndicator>
  );
}
