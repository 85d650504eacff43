/** What is said of loads outside of the window. */
import type { JobEvent } from '../../../shared/model.ts';
import type { RunningLoad } from './running-loads.ts';

type End = Extract<JobEvent, { event: 'end' }>;

const titles: Readonly<Record<End['state'], string>> = {
  completed: 'Loaded',
  completed_with_failures: 'Loaded in part',
  failed: 'Not loaded',
  cancelled: 'Cancelled',
  interrupted: 'Interrupted',
};

/** The notification at the end of a load. */
export function endWords(pipeline: string, { state, objects, error }: End): { title: string; body: string } {
  const loaded = objects.filter((object) => object.state === 'completed');
  const rows = loaded.reduce((sum, object) => sum + object.rows, 0);
  const sum = `${many(rows, 'row')} of ${many(loaded.length, 'object')}`;
  const missing = objects.length - loaded.length;
  const body = {
    completed: sum,
    completed_with_failures: `${sum}; ${many(missing, 'object')} not loaded`,
    failed: error?.message ?? 'Nothing was loaded',
    cancelled: loaded.length === 0 ? 'Nothing was loaded' : sum,
    interrupted: 'Open it to go on or to discard it',
  }[state];
  return { title: `${titles[state]}: ${pipeline}`, body };
}

/** The question when the app is to end while loads run. */
export function quitQuestion(loads: readonly RunningLoad[]): { message: string; detail: string } {
  const names = loads.map(({ pipeline }) => `“${pipeline}”`).join(', ');
  const one = loads.length === 1;
  return {
    message: one ? `The load ${names} is running` : `${loads.length} loads are running: ${names}`,
    detail: `If you quit and resume later, finished objects stay, and ${one ? 'it goes' : 'they go'} on from there. If you cancel, ${one ? 'its' : 'their'} unfinished files are removed.`,
  };
}

const many = (count: number, word: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? word : `${word}s`}`;
