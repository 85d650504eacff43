import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ErrorInfo, Receipt } from '../../../shared/model.ts';
import { screenFix } from '../../app/failure.ts';
import { asSentence, formatCount, formatMany } from '../../components/format.ts';
import { DiscardButton, ResumeButton } from './resume-discard.tsx';
import { HelpLink } from '../../help/help-link.tsx';

interface InterruptedProps {
  readonly receipt: Receipt;
  /** Where it is known; a process that died could not say. */
  readonly reason: ErrorInfo | undefined;
}

/** The two ways out of a job whose process ended before the job did. */
export function Interrupted({ receipt, reason }: InterruptedProps) {
  const { jobId, objects } = receipt;
  const completed = objects.filter(({ state }) => state === 'completed').length;
  return (
    <Container
      header={
        <Header variant="h2" info={<HelpLink topic="resume" of="Go on, or give up?" />}>
          Go on, or give up?
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Alert type="warning" header="This load was interrupted">
          {reason === undefined
            ? 'The program that ran it ended before the load did.'
            : `${asSentence(reason.message)} ${screenFix(reason.code, reason.fix)}`}{' '}
          {completed === 0
            ? 'No object was completed.'
            : `${formatCount(completed)} of ${formatMany(objects.length, 'object')} ${completed === 1 ? 'was' : 'were'} completed and can be used.`}
        </Alert>
        <ColumnLayout columns={2} borders="vertical">
          <SpaceBetween size="s">
            <Box variant="p" padding="n">
              Reads the objects that were not completed again from the start, and loads them under the same
              job id and into the same directories. Every row ends up there exactly once.
            </Box>
            <ResumeButton jobId={jobId} />
          </SpaceBetween>
          <SpaceBetween size="s">
            <Box variant="p" padding="n">
              Removes from the bucket what the unfinished objects left there, and ends the load. Completed
              objects stay.
            </Box>
            <DiscardButton jobId={jobId} />
          </SpaceBetween>
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  );
}
