/** The state of a job or of an object, as an icon with its word. */
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { JobState, ObjectState } from '../../shared/model.ts';

type Look = readonly [type: StatusIndicatorProps.Type, word: string];

const looks: Readonly<Record<JobState | ObjectState, Look>> = {
  pending: ['pending', 'Waiting'],
  running: ['in-progress', 'Running'],
  completed: ['success', 'Completed'],
  completed_with_failures: ['warning', 'Completed with failures'],
  failed: ['error', 'Failed'],
  cancelled: ['stopped', 'Cancelled'],
  interrupted: ['warning', 'Interrupted'],
};

/** The word of a state, as lists and filters show it. */
export const stateWord = (state: JobState | ObjectState): string => looks[state][1];

export function State({ state }: { readonly state: JobState | ObjectState }) {
  const [type, word] = looks[state];
  return <StatusIndicator type={type}>{word}</StatusIndicator>;
}
