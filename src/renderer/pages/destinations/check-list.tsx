import Button from '@cloudscape-design/components/button';
import LiveRegion from '@cloudscape-design/components/live-region';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { useEffect, useRef, useState } from 'react';
import type { Access } from '../../../shared/model.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { CheckDetails, hasDetails } from './check-details.tsx';
import { type CheckRow, plannedChecks, type RowState, rowsOf, titleOf } from './check-rows.ts';
import { Outcome } from './outcome.tsx';
import type { TestRun } from './test-run.ts';

const icons: Readonly<Record<RowState, StatusIndicatorProps.Type>> = {
  passed: 'success',
  failed: 'error',
  warning: 'warning',
  skipped: 'stopped',
  waiting: 'pending',
  running: 'in-progress',
  unreached: 'stopped',
};

const afterwards: Partial<Readonly<Record<RowState, string>>> = {
  skipped: ' (skipped)',
  unreached: ' (not reached)',
};

interface CheckListProps {
  readonly run: TestRun;
  readonly access: Access['type'];
  readonly onStop?: (() => void) | undefined;
  /** Tests again from a check on, with those before it as they are. Absent where the test cannot be repeated. */
  readonly onRetry?: ((check: string) => void) | undefined;
}

/**
 * Every check from the beginning, each in a line of its own that stays where it is; once the test has ended, what
 * failed opens, with what to do about it.
 */
export function CheckList({ run, access, onStop, onRetry }: CheckListProps) {
  const retry = run.state === 'failed' ? onRetry : undefined;
  const last = run.checks.at(-1);
  const ended = run.state === 'failed' || run.state === 'passed';
  return (
    <>
      <SpaceBetween size="s">
        <Outcome run={run} onStop={onStop} />
        <ul className="checks">
          {rowsOf(run, plannedChecks(access)).map((row) => (
            <OneCheck key={row.name} row={row} ended={ended} onRetry={retry} />
          ))}
        </ul>
        <FailureAlert error={run.error} header="The test could not go on" />
      </SpaceBetween>
      <LiveRegion hidden>{last === undefined ? '' : `${titleOf(last.check)}: ${last.verdict}`}</LiveRegion>
    </>
  );
}

interface OneCheckProps extends Pick<CheckListProps, 'onRetry'> {
  readonly row: CheckRow;
  /** True once the whole test has ended: before that, nothing opens under what is still moving. */
  readonly ended: boolean;
}

function OneCheck({ row, ended, onRetry }: OneCheckProps) {
  const { state, title, check } = row;
  const bad = state === 'failed' || state === 'warning';
  const [open, setOpen] = useState(ended && bad);
  const own = useRef(false);
  useEffect(() => {
    if (!own.current) setOpen(ended && bad);
  }, [ended, bad]);
  const details = check !== undefined && hasDetails(check) && ended ? check : undefined;
  return (
    <li>
      <div className="check-line">
        <StatusIndicator type={icons[state]}>
          {title}
          {afterwards[state]}
        </StatusIndicator>
        {details !== undefined && (
          <Button
            variant="icon"
            formAction="none"
            iconName={open ? 'angle-up' : 'angle-down'}
            ariaLabel={`Details: ${title}`}
            ariaExpanded={open}
            onClick={() => {
              own.current = true;
              setOpen(!open);
            }}
          />
        )}
      </div>
      {details !== undefined && open && (
        <CheckDetails
          check={details}
          retry={
            state === 'failed' &&
            onRetry !== undefined && (
              <Button
                formAction="none"
                iconName="refresh"
                ariaLabel={`Retry from here: ${title}`}
                onClick={() => onRetry(details.check)}
              >
                Retry from here
              </Button>
            )
          }
        />
      )}
    </li>
  );
}
