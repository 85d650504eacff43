import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import Modal from '@cloudscape-design/components/modal';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { UpdateState } from '../../../shared/updates.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { asSentence, formatSize } from '../../components/format.ts';
import { api, client, refresh } from '../api.ts';

type Now = UpdateState['now'];
type Step<Name extends Now['step']> = Extract<Now, { step: Name }>;
type Act = 'check' | 'download' | 'stop' | 'openPage' | 'now' | 'quit';

interface DialogProps {
  readonly state: UpdateState;
  readonly onClose: () => void;
}

/** What is new, how far it is, and what may be done: nothing happens without a click here. */
export function UpdatesDialog({ state, onClose }: DialogProps) {
  const act = useMutation({
    mutationFn: async (what: Act) => {
      if (what === 'now' || what === 'quit') await client.updates.install({ when: what });
      else await client.updates[what]();
    },
  });
  return (
    <Modal
      visible
      size="medium"
      header="Updates"
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Close
            </Button>
            {actsOf(state).map(([what, words], index, { length }) => (
              <Button
                key={what}
                variant={index === length - 1 && what !== 'stop' ? 'primary' : 'normal'}
                onClick={() => act.mutate(what)}
              >
                {words}
              </Button>
            ))}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="l">
        <div aria-live="polite">
          <Outcome state={state} />
        </div>
        <FailureAlert error={act.error} header="Not now" />
        <Automatic />
      </SpaceBetween>
    </Modal>
  );
}

/** What can be done, the most likely last. */
function actsOf({ now, support }: UpdateState): readonly (readonly [what: Act, words: string])[] {
  const page = now.step === 'available' && now.page !== null;
  switch (now.step) {
    case 'available':
      return [
        ...(page ? [['openPage', 'Open its page'] as const] : []),
        ...(support === 'itself' ? [['download', 'Download'] as const] : []),
      ];
    case 'downloading':
      return [['stop', 'Stop the download']];
    case 'ready':
      return [...(now.atQuit ? [] : [['quit', 'Install when I quit'] as const]), ['now', 'Restart now']];
    case 'checking':
      return [];
    default:
      return [['check', 'Check now']];
  }
}

function Outcome({ state: { now, current, support } }: { readonly state: UpdateState }) {
  switch (now.step) {
    case 'idle':
      return <Box>This is Sluice {current}.</Box>;
    case 'checking':
      return <StatusIndicator type="loading">Looking for a new version</StatusIndicator>;
    case 'up-to-date':
      return <StatusIndicator type="success">Sluice {current} is the newest version</StatusIndicator>;
    case 'available':
      return <Available now={now} current={current} byHand={support === 'by-hand'} />;
    case 'downloading':
      return <Downloading now={now} />;
    case 'ready':
      return (
        <SpaceBetween size="xs">
          <StatusIndicator type="success">Sluice {now.version} is downloaded and checked</StatusIndicator>
          <Box>
            {now.atQuit
              ? 'It is installed when you quit Sluice.'
              : 'It is not installed until you say so. A load that runs is never interrupted for it.'}
          </Box>
        </SpaceBetween>
      );
    case 'failed':
      return (
        <Alert type="error" header="The update did not work">
          <Box variant="p" padding="n">
            {asSentence(now.message)}
          </Box>
          <Box variant="p" padding="n">
            {now.fix}
          </Box>
        </Alert>
      );
  }
}

interface AvailableProps {
  readonly now: Step<'available'>;
  readonly current: string;
  readonly byHand: boolean;
}

function Available({ now: { version, notes, page }, current, byHand }: AvailableProps) {
  return (
    <SpaceBetween size="s">
      <Box variant="h3" padding="n">
        Sluice {version} is there
      </Box>
      <Box>You have {current}. Nothing is downloaded until you say so.</Box>
      {byHand && (
        <Box>
          This package does not install updates by itself.{' '}
          {page === null
            ? 'Get the new one where you got this one.'
            : 'Download the new one from its page, and install it as you installed this one.'}
        </Box>
      )}
      {page !== null && <Box color="text-body-secondary">{page}</Box>}
      {notes !== null && (
        // Scrolls by itself, so it must be reachable by the keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is focused to be scrolled by keys
        <section className="release-notes" aria-label={`What ${version} brings`} tabIndex={0}>
          {notes}
        </section>
      )}
    </SpaceBetween>
  );
}

function Downloading({ now: { version, received, total } }: { readonly now: Step<'downloading'> }) {
  return (
    <ProgressBar
      label={`Downloading Sluice ${version}`}
      description="You can go on working, and close this."
      value={total === 0 ? 0 : (received / total) * 100}
      additionalInfo={total === 0 ? '' : `${formatSize(received)} of ${formatSize(total)}`}
    />
  );
}

/** The one thing that happens by itself, and how to switch it off. */
function Automatic() {
  const settings = useQuery(api.updates.settings.queryOptions());
  const save = useMutation({
    mutationFn: (automatic: boolean) => client.updates.saveSettings({ automatic }),
    onSuccess: refresh,
  });
  return (
    <SpaceBetween size="xs">
      <Checkbox
        checked={settings.data?.automatic ?? false}
        disabled={settings.data === undefined || save.isPending}
        description="After the start and once a day. It asks where Sluice is published, and tells nothing about you."
        onChange={({ detail }) => save.mutate(detail.checked)}
      >
        Look for new versions by itself
      </Checkbox>
      <FailureAlert error={save.error ?? settings.error} />
    </SpaceBetween>
  );
}
