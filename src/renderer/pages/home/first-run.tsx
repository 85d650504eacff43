import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import type { ReactNode } from 'react';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { Page } from '../../components/page.tsx';
import { GoOnWithSetup } from './go-on-with-setup.tsx';
import { useStartPractice } from './use-start-practice.ts';

/** Nothing is set up: two ways to begin. Below them stands what there was before. */
export function FirstRun({ children }: { readonly children?: ReactNode }) {
  const practice = useStartPractice();
  return (
    <Page
      help="home"
      title="Welcome to Sluice"
      description="Sluice reads tables from your databases and writes them to Amazon S3 as compressed CSV files. How do you want to begin?"
    >
      <FailureAlert error={practice.error} header="Practice mode did not start" />
      <GoOnWithSetup />
      <ColumnLayout columns={2}>
        <Choice
          title="Practise first"
          points={[
            'An S3 on this computer and a sample shop to load from',
            'No account needed, and nothing leaves this computer',
            'Ready in a few seconds, removed with one click',
          ]}
          button={
            <Button variant="primary" loading={practice.isPending} onClick={() => practice.mutate()}>
              Practise first
            </Button>
          }
        />
        <Choice
          title="Set up Amazon S3"
          points={[
            'For a bucket in your own AWS account',
            'Shows what to create in AWS, ready to paste',
            'Tests every right before anything is saved',
          ]}
          button={<Button href="#/destinations/new">Set up Amazon S3</Button>}
        />
      </ColumnLayout>
      {children}
    </Page>
  );
}

interface ChoiceProps {
  readonly title: string;
  readonly points: readonly string[];
  readonly button: ReactNode;
}

function Choice({ title, points, button }: ChoiceProps) {
  return (
    <Container fitHeight header={<Header variant="h2">{title}</Header>} footer={button}>
      <Box variant="div">
        <ul className="points">
          {points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      </Box>
    </Container>
  );
}
