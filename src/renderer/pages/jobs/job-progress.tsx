import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Receipt } from '../../../shared/model.ts';
import { formatCount, formatDuration, formatMany } from '../../components/format.ts';
import type { JobView } from './job-view.ts';
import { secondsLeft, totalsOf } from './pace.ts';
import { phasesOf } from './phases.ts';
import { RatePanel } from './rate-panel.tsx';
import { usePace } from './use-pace.ts';
import type { Watched } from './watched.ts';

interface JobProgressProps {
  readonly receipt: Receipt;
  readonly view: JobView;
  readonly watched: Watched;
  readonly elsewhere: boolean;
}

/** A load while it runs: how much is done, what it is at, how fast, and how long it will take. */
export function JobProgress({ receipt, view, watched, elsewhere }: JobProgressProps) {
  const totals = totalsOf(receipt, watched);
  const objects = { done: view.done, all: view.objects.length };
  const { samples, share } = usePace(totals, objects, watched.progress.size > 0);
  const left = secondsLeft(samples, totals);
  const rows =
    totals.expectedRows === null
      ? formatMany(totals.rows, 'row')
      : `${formatCount(totals.rows)} of about ${formatMany(totals.expectedRows, 'row')}`;
  return (
    <Container header={<Header variant="h2">How it goes</Header>}>
      <SpaceBetween size="l">
        <ProgressBar
          label="Done"
          ariaLabel="Part of the load that is done"
          value={Math.floor(share * 100)}
          description={`${formatCount(view.done)} of ${formatMany(view.objects.length, 'object')} done; ${rows}. ${phasesOf(view.objects)}`}
          additionalInfo={
            elsewhere
              ? 'This load runs in another process, for example in a terminal. The numbers follow its record; it can only be cancelled where it runs.'
              : `${leftWords(left)}You may leave this page: the load goes on.`
          }
        />
        {!elsewhere && <RatePanel samples={samples} />}
      </SpaceBetween>
    </Container>
  );
}

const leftWords = (seconds: number | undefined): string =>
  seconds === undefined ? '' : `About ${formatDuration(roundedUp(seconds) * 1000)} left. `;

/** Nobody wants to see tenths of seconds of a guess, nor seconds of one of minutes. */
function roundedUp(seconds: number): number {
  const step = seconds < 20 ? 1 : seconds < 120 ? 5 : 30;
  return Math.max(1, Math.ceil(seconds / step) * step);
}
