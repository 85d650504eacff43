import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useEffect, useRef } from 'react';
import type { Access } from '../../../shared/model.ts';
import { CheckList } from './check-list.tsx';
import type { TestRun } from './test-run.ts';

interface TestPanelProps {
  readonly name: string;
  readonly access: Access['type'];
  readonly run: TestRun;
  readonly onClose: () => void;
  readonly onRetry: (check: string) => void;
}

/** The test of one destination, from its first check on. */
export function TestPanel({ name, access, run, onClose, onRetry }: TestPanelProps) {
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
            actions={<Button onClick={onClose}>{run.state === 'running' ? 'Stop' : 'Close'}</Button>}
          >
            Test of {name}
          </Header>
        }
      >
        <CheckList run={run} access={access} onRetry={onRetry} />
      </Container>
    </div>
  );
}
