import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import LiveRegion from '@cloudscape-design/components/live-region';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { Check } from '../../../shared/model.ts';
import { screenFix } from '../../app/failure.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { FailureAlert } from '../../components/failure-alert.tsx';
import type { TestRun } from './use-test-run.ts';

/** What each check of the connection test looks at; a check that is not here is shown by its own name. */
const titles: Readonly<Record<string, string>> = {
  identity: 'Who is signed in',
  'assume-role': 'The role opens with your external ID',
  'assume-role-without-external-id': 'The role stays closed without an external ID',
  'assume-role-with-wrong-external-id': 'The role stays closed with a wrong external ID',
  bucket: 'The bucket is there, in this region',
  list: 'List the files of the bucket',
  put: 'Write a test file',
  get: 'Read the test file back',
  abort: 'Take back an unfinished upload',
  delete: 'Delete the test file',
  'clean-up': 'Nothing stays behind',
};

const icons: Readonly<Record<Check['verdict'], StatusIndicatorProps.Type>> = {
  passed: 'success',
  failed: 'error',
  warning: 'warning',
  skipped: 'stopped',
};

const titleOf = ({ check }: Check): string => titles[check] ?? check;

interface CheckListProps {
  readonly run: TestRun;
  /** Tests again from a check on, with those before it as they are. Absent where the test cannot be repeated. */
  readonly onRetry?: ((check: string) => void) | undefined;
}

/** The checks so far, each with its verdict, and what to do about what failed. */
export function CheckList({ run, onRetry }: CheckListProps) {
  const retry = run.state === 'failed' ? onRetry : undefined;
  const last = run.checks.at(-1);
  return (
    <>
      <SpaceBetween size="s">
        {run.checks.map((check) => (
          <OneCheck key={check.check} check={check} onRetry={retry} />
        ))}
        {run.state === 'running' && <StatusIndicator type="in-progress">Testing…</StatusIndicator>}
        <FailureAlert error={run.error} header="The test could not go on" />
      </SpaceBetween>
      <LiveRegion hidden>{last === undefined ? '' : `${titleOf(last)}: ${last.verdict}`}</LiveRegion>
    </>
  );
}

interface OneCheckProps extends Pick<CheckListProps, 'onRetry'> {
  readonly check: Check;
}

function OneCheck({ check, onRetry }: OneCheckProps) {
  const { verdict, cause, fix, statement, code } = check;
  return (
    <div>
      <StatusIndicator type={icons[verdict]}>
        {titleOf(check)}
        {verdict === 'skipped' && ' (skipped)'}
      </StatusIndicator>
      <div className="check-words">
        {cause !== undefined && (
          <Box variant="p" padding="n" color={verdict === 'failed' ? 'inherit' : 'text-body-secondary'}>
            {sentence(cause)}
          </Box>
        )}
        {fix !== undefined && (
          <Box variant="p" padding="n">
            <strong>What to do:</strong> {sentence(screenFix(code, fix))}
          </Box>
        )}
        {statement !== undefined && <CodeBlock text={statement} label="Text to paste in the IAM console" />}
        {verdict === 'failed' && onRetry !== undefined && (
          <div className="check-retry">
            <Button
              formAction="none"
              iconName="refresh"
              ariaLabel={`Retry from here: ${titleOf(check)}`}
              onClick={() => onRetry(check.check)}
            >
              Retry from here
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

const sentence = (text: string): string => (/[.!?:]$/.test(text) ? text : `${text}.`);
