import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Steps from '@cloudscape-design/components/steps';
import { usePractice } from '../../app/practice.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { useStartPractice } from './use-start-practice.ts';

interface NextStepProps {
  readonly hasDestination: boolean;
  readonly hasSource: boolean;
}

interface Step {
  readonly title: string;
  readonly why: string;
  readonly href: string;
  readonly action: string;
  readonly done: boolean;
}

/** What is still missing before the first load, in order, with a button for the first of it. */
export function NextStep({ hasDestination, hasSource }: NextStepProps) {
  const practice = usePractice();
  const start = useStartPractice();
  const steps: readonly Step[] = [
    {
      title: 'Destination',
      why: 'The bucket that the files go to.',
      href: '#/destinations/new',
      action: 'New destination',
      done: hasDestination,
    },
    {
      title: 'Source',
      why: 'The database that the tables come from.',
      href: '#/sources/new',
      action: 'New source',
      done: hasSource,
    },
    {
      title: 'Pipeline',
      why: 'Which tables go where.',
      href: '#/pipelines/new',
      action: 'New pipeline',
      done: false,
    },
  ];
  const next = steps.find(({ done }) => !done);
  return (
    <Container header={<Header variant="h2">Before the first load</Header>}>
      <SpaceBetween size="m">
        <Steps
          ariaLabel="What a load needs"
          steps={steps.map(({ title, why, done }) => ({
            status: done ? 'success' : 'pending',
            statusIconAriaLabel: done ? 'Done' : 'To do',
            header: <Box variant="strong">{title}</Box>,
            details: why,
          }))}
        />
        <SpaceBetween direction="horizontal" size="xs">
          {next !== undefined && (
            <Button variant="primary" href={next.href}>
              {next.action}
            </Button>
          )}
          {!practice.exists && (
            <Button variant="link" loading={start.isPending} onClick={() => start.mutate()}>
              Practise first
            </Button>
          )}
        </SpaceBetween>
        <FailureAlert error={start.error} header="Practice mode did not start" />
      </SpaceBetween>
    </Container>
  );
}
