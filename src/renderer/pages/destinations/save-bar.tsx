import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef } from 'react';
import type { Access } from '../../../shared/model.ts';
import { CheckList } from './check-list.tsx';
import type { TestRun } from './test-run.ts';
import { HelpLink } from '../../help/help-link.tsx';

interface SaveBarProps {
  readonly access: Access['type'];
  readonly run: TestRun;
  readonly onDraft: () => void;
  readonly onStop: () => void;
  readonly onRetry: ((check: string) => void) | undefined;
}

/** The test as it goes, and the buttons below it. */
export function SaveBar({ access, run, onDraft, onStop, onRetry }: SaveBarProps) {
  const running = run.state === 'running';
  const end = useRef<HTMLDivElement>(null);
  // The buttons stay in view when the checks push them down.
  useEffect(() => {
    if (run.state !== 'idle') end.current?.scrollIntoView({ block: 'nearest' });
  }, [run.state]);
  return (
    <SpaceBetween size="l">
      {run.state !== 'idle' && (
        <Container
          header={
            <Header variant="h2" info={<HelpLink topic="test" of="Connection test" />}>
              {run.state === 'failed' ? 'Not saved' : 'Connection test'}
            </Header>
          }
        >
          <CheckList run={run} access={access} onRetry={onRetry} />
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
