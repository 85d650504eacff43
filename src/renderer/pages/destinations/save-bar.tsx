import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef } from 'react';
import { CheckList } from './check-list.tsx';
import { Outcome } from './test-panel.tsx';
import type { TestRun } from './use-test-run.ts';

interface SaveBarProps {
  readonly run: TestRun;
  readonly onDraft: () => void;
  readonly onStop: () => void;
  readonly onRetry: ((check: string) => void) | undefined;
}

/** The test as it goes, and the buttons below it. */
export function SaveBar({ run, onDraft, onStop, onRetry }: SaveBarProps) {
  const running = run.state === 'running';
  const end = useRef<HTMLDivElement>(null);
  // The buttons stay in view while the checks push them down.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each check moves the end
  useEffect(() => {
    if (run.state !== 'idle') end.current?.scrollIntoView({ block: 'nearest' });
  }, [run.state, run.checks.length]);
  return (
    <SpaceBetween size="l">
      {run.state !== 'idle' && (
        <Container
          header={
            <Header variant="h2" description={<Outcome run={run} />}>
              {run.state === 'failed' ? 'Not saved' : 'Connection test'}
            </Header>
          }
        >
          <CheckList run={run} onRetry={onRetry} />
        </Container>
      )}
      <div ref={end}>
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            {running ? (
              <Button variant="link" formAction="none" onClick={onStop}>
                Stop
              </Button>
            ) : (
              <Button variant="link" formAction="none" href="#/destinations">
                Cancel
              </Button>
            )}
            <Button formAction="none" disabled={running} onClick={onDraft}>
              Save as draft
            </Button>
            <Button variant="primary" formAction="submit" loading={running} loadingText="Testing">
              Test and save
            </Button>
          </SpaceBetween>
        </Box>
      </div>
    </SpaceBetween>
  );
}
