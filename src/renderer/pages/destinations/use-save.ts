/** Testing and saving a destination from whatever page holds its form. */
import { client, refresh } from '../../app/api.ts';
import { type Flash, flash } from '../../app/flash.ts';
import type { Fields } from '../../components/use-fields.ts';
import { type DestinationForm, settingsOf } from './destination-form.ts';
import { refusedFields } from './refused-fields.ts';
import { leaveTest } from './saved-test.ts';
import type { TestRun } from './test-run.ts';
import { useTestRun } from './use-test-run.ts';

export interface SaveOptions {
  /** Saves without a test. */
  readonly draft?: boolean;
  /** The name of the saved destination that is changed. */
  readonly replaces?: string | undefined;
  /** The check to go on at. */
  readonly from?: string;
}

export interface Saving {
  readonly run: TestRun;
  /** True when it was saved; what was refused stands at its field. The form must have been checked. */
  readonly save: (options?: SaveOptions) => Promise<boolean>;
  readonly stop: () => void;
}

export function useSave(fields: Fields<DestinationForm>): Saving {
  const { run, start, reset } = useTestRun();
  const save = async ({ draft = false, replaces, from }: SaveOptions = {}): Promise<boolean> => {
    const settings = settingsOf(fields.values);
    const typed = fields.values.secretAccessKey;
    const secret = settings.access.type === 'keys' && typed !== '' ? { secretAccessKey: typed } : {};
    // It goes inward once; the page keeps no copy.
    fields.clear('secretAccessKey');
    const more = { ...(replaces === undefined ? {} : { replaces }), ...(from === undefined ? {} : { from }) };
    const ended = await start((signal) =>
      client.destinations.save({ settings, draft, ...secret, ...more }, { signal }),
    );
    if (!ended.saved) {
      fields.refuse(refusedFields(ended, settings));
      return false;
    }
    await refresh();
    flash(...newsOf(settings.name, draft, ended));
    return true;
  };
  return { run, save, stop: reset };
}

/** What the list says about it; a test that has something to tell beyond that comes along. */
function newsOf(name: string, draft: boolean, run: TestRun): [text: string, type: Flash['type']] {
  if (draft) return [`The destination “${name}” was saved as a draft. Test it before you load.`, 'success'];
  if (run.checks.every(({ verdict }) => verdict !== 'warning')) {
    return [`Everything works. The destination “${name}” was saved.`, 'success'];
  }
  leaveTest({ name, run });
  return [`The destination “${name}” was saved. Below stands what its test found.`, 'info'];
}
