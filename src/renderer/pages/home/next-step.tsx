import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
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
      why: 'the bucket that the files go to',
      href: '#/destinations/new',
      action: 'New destination',
      done: hasDestination,
    },
    {
      title: 'Source',
      why: 'the database that the tables come from',
      href: '#/sources/new',
      action: 'New source',
      done: hasSource,
    },
    {
      title: 'Pipeline',
      why: 'which tables go where',
      href: '#/pipelines/new',
      action: 'New pipeline',
      done: false,
    },
  ];
  const next = steps.find(({ done }) => !done);
  return (
    <Container header={<Header variant="h2">Before the first load</Header>}>
      <SpaceBetween size="m">
        {steps.map((step) => (
          <div key={step.title}>
            <StatusIndicator type={step.done ? 'success' : 'pending'}>
              {step.done || step === next ? step.title : <Link href={step.href}>{step.title}</Link>}
            </StatusIndicator>{' '}
            <Box variant="span" color="text-body-secondary">
              {step.why}
            </Box>
          </div>
        ))}
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
