/** What a load is at, in words. */
import type { ObjectPhase } from '../../../shared/model.ts';
import { formatCount } from '../../components/format.ts';
import type { ObjectView } from './job-view.ts';

const words: Readonly<Record<ObjectPhase, string>> = {
  waiting: 'Waiting',
  reading: 'Reading',
  uploading: 'Sending the rest',
  committing: 'Making it visible',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
};

/** The phase of an object, e.g. "Reading". */
export const phaseWord = (phase: ObjectPhase): string => words[phase];

const atWork: readonly ObjectPhase[] = ['reading', 'uploading', 'committing'];

/** The objects that are worked on, by what they are at, e.g. "Reading 2 objects, making 1 visible". */
export function phasesOf(objects: readonly ObjectView[]): string {
  const counts = atWork.flatMap((phase) => {
    const count = objects.filter((object) => object.phase === phase).length;
    return count === 0 ? [] : [`${phaseWord(phase)}: ${formatCount(count)}`];
  });
  return counts.length === 0 ? '' : `${counts.join(', ')}.`;
}
