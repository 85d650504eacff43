import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Wizard from '@cloudscape-design/components/wizard';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { Setup } from '../../../../shared/model.ts';
import { api } from '../../../app/api.ts';
import { Confirm } from '../../../components/confirm.tsx';
import { FailureAlert } from '../../../components/failure-alert.tsx';
import { useFields } from '../../../components/use-fields.ts';
import { emptyForm, problemsOf } from '../destination-form.ts';
import { type SaveOptions, useSave } from '../use-save.ts';
import {
  fieldsOfStep,
  formOfSetup,
  type StepId,
  setupOf,
  stepOfField,
  stepsOf,
  stepToOpen,
} from './setup-steps.ts';
import { StepBucket } from './step-bucket.tsx';
import { StepExternalId } from './step-external-id.tsx';
import { StepIdentity } from './step-identity.tsx';
import { StepKeys } from './step-keys.tsx';
import { StepPolicy } from './step-policy.tsx';
import { StepRole } from './step-role.tsx';
import { StepTest } from './step-test.tsx';
import { HelpLink } from '../../../help/help-link.tsx';
import { setScreenTopic } from '../../../help/help-state.ts';
import type { Topic } from '../../../help/topics.ts';
import { useKeepSetup } from './use-keep-setup.ts';

interface GuidedSetupProps {
  /** What was kept of an earlier sitting. */
  readonly begun: Setup | null;
  readonly onStartOver: () => void;
}

const titles: Readonly<Record<StepId, readonly [title: string, description: string]>> = {
  identity: ['Who you are', 'How Sluice gets into your AWS account, and who asks.'],
  bucket: ['Bucket', 'An S3 bucket is where AWS keeps files. Yours can be new or in use.'],
  policy: ['Permissions policy', 'A text that says what Sluice may do in the bucket, and nothing more.'],
  'external-id': ['External ID', 'What keeps others from using your role.'],
  role: ['Role', 'Something that you take on for an hour to be allowed what its policy says.'],
  keys: ['User and keys', 'A user of its own for Sluice, with the policy and one access key.'],
  test: ['Test and save', 'Every right is tried on your bucket. Only what works is saved.'],
};

const helpOf: Readonly<Record<StepId, Topic>> = {
  ...{ identity: 'identity', bucket: 'bucket', policy: 'policy', 'external-id': 'externalId' },
  ...{ role: 'role', keys: 'keys', test: 'test' },
};

export function GuidedSetup({ begun, onStartOver }: GuidedSetupProps) {
  const [, navigate] = useLocation();
  const { data: others = [] } = useQuery(api.destinations.list.queryOptions());
  const taken = others.map(({ name }) => name);
  const [initial] = useState(() => (begun === null ? emptyForm : formOfSetup(begun)));
  const [active, setActive] = useState(() => (begun === null ? 0 : stepToOpen(begun)));
  const fields = useFields(initial, (form) => problemsOf(form, taken));
  const { run, save, stop } = useSave(fields);
  const steps = stepsOf(fields.values.accessType);
  const kept = useKeepSetup(setupOf(fields.values, active), begun ?? setupOf(emptyForm, 0));
  const touched = begun !== null || fields.values !== initial || active > 0;
  const [asking, setAsking] = useState(false);
  const running = run.state === 'running';
  const page = useTitle();
  const shown = steps[active];
  useEffect(() => {
    if (shown !== undefined) setScreenTopic(helpOf[shown]);
  }, [shown]);

  const go = (requested: number) => {
    // Back is always open; forward, each step on the way must be right.
    for (let index = active; index < requested; index++) {
      const step = steps[index];
      if (step === undefined || fields.check(fieldsOfStep(step))) continue;
      setActive(index);
      return;
    }
    setActive(requested);
  };
  const finish = async (options: SaveOptions = {}) => {
    if (running) return;
    const problems = problemsOf(fields.values, taken);
    const first = Math.min(
      ...(Object.keys(problems) as (keyof typeof problems)[]).map((field) => stepOfField(field, steps)),
    );
    if (Number.isFinite(first) && first !== active) setActive(Math.max(0, first));
    if (!fields.check() || !(await save(options))) return;
    await kept.forget();
    navigate('/destinations');
  };
  const startOver = async () => {
    await kept.forget();
    onStartOver();
  };
  const content: Readonly<Record<StepId, ReactNode>> = {
    identity: <StepIdentity fields={fields} />,
    bucket: <StepBucket fields={fields} />,
    policy: <StepPolicy fields={fields} />,
    'external-id': <StepExternalId />,
    role: <StepRole fields={fields} />,
    keys: <StepKeys fields={fields} />,
    test: (
      <StepTest
        fields={fields}
        run={run}
        onStop={stop}
        onRetry={(from) => void finish({ from })}
        secretMissing={fields.values.accessType === 'keys' && fields.values.secretAccessKey === ''}
        onEnterSecret={() => setActive(steps.indexOf('keys'))}
      />
    ),
  };
  const restored = begun !== null && active === stepToOpen(begun);
  return (
    <div ref={page}>
      <Wizard
        steps={steps.map((step, index) => ({
          title: titles[step][0],
          info: <HelpLink topic={helpOf[step]} of={titles[step][0]} />,
          description: index === 0 ? <Beginning text={titles[step][1]} /> : titles[step][1],
          content: (
            <SpaceBetween size="l">
              <FailureAlert error={kept.error} header="The setup could not be kept for later" />
              {restored && <Restored setup={begun} onStartOver={() => void startOver()} />}
              {content[step]}
            </SpaceBetween>
          ),
        }))}
        activeStepIndex={active}
        isLoadingNextStep={running}
        submitButtonText="Test and save"
        i18nStrings={{ nextButtonLoadingAnnouncement: 'Testing', submitButtonLoadingAnnouncement: 'Testing' }}
        onNavigate={({ detail }) => go(detail.requestedStepIndex)}
        onCancel={() => (touched ? setAsking(true) : navigate('/destinations'))}
        onSubmit={() => void finish()}
        secondaryActions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => void kept.keep().then(() => navigate('/'))}>Finish later</Button>
            {steps[active] === 'test' && (
              <Button disabled={running} onClick={() => void finish({ draft: true })}>
                Save as draft
              </Button>
            )}
          </SpaceBetween>
        }
      />
      {asking && (
        <Confirm
          title="Discard the setup?"
          action="Discard"
          busy={false}
          error={null}
          onConfirm={() => void kept.forget().then(() => navigate('/destinations'))}
          onClose={() => setAsking(false)}
        >
          What you have entered here is forgotten. “Finish later” keeps it. What you made in AWS stays there.
        </Confirm>
      )}
    </div>
  );
}

/** The wizard's own heading is the page's; whoever comes here by keyboard or screen reader begins there. */
function useTitle() {
  const page = useRef<HTMLDivElement>(null);
  useEffect(() => {
    document.title = 'New destination - Sluice';
    const heading = page.current?.querySelector('h1');
    if (heading === null || heading === undefined) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }, []);
  return page;
}

const Beginning = ({ text }: { readonly text: string }) => (
  <>
    {text} Have everything at hand? <Link href="#/destinations/new/all">All fields on one page</Link>
  </>
);

interface RestoredProps {
  readonly setup: Setup;
  readonly onStartOver: () => void;
}

function Restored({ setup, onStartOver }: RestoredProps) {
  return (
    <Alert type="info" action={<Button onClick={onStartOver}>Start over</Button>}>
      You go on where you left off.
      {setup.accessType === 'keys' && ' The secret access key was not kept: enter it again.'}
    </Alert>
  );
}
