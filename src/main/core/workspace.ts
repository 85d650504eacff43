/** A workspace is exported, looked at, and imported: all or nothing, and exactly as it was shown. */
import { SluiceError } from '../../shared/errors.ts';
import type { WorkspaceChoices, WorkspaceExport, WorkspacePlan } from '../../shared/workspace.ts';
import type { CoreContext } from './context.ts';
import { secretAccount } from './secret-account.ts';
import { passwordAccount, tunnelAccount } from './source-secrets.ts';
import { version } from './version.ts';
import { exportWorkspace, readWorkspace } from './workspace-file.ts';
import { type Merge, mergeWorkspace } from './workspace-plan.ts';

const noChoices: WorkspaceChoices = { items: [] };

export const exportOf = (core: CoreContext): WorkspaceExport =>
  exportWorkspace(core.settings.read(), new Date(), version);

/** @throws SluiceError INPUT_INVALID for a file that cannot be read, or choices that fit no conflict; NAME_TAKEN */
export const planOf = (
  core: CoreContext,
  { text, choices = noChoices }: { readonly text: string; readonly choices?: WorkspaceChoices | undefined },
): WorkspacePlan => mergeWorkspace(core.settings.read(), readWorkspace(text), choices).plan;

/**
 * One update of the settings, under their lock; whatever is refused leaves them as they were. Secrets here that the
 * import has left without an owner are removed afterwards.
 *
 * @throws SluiceError as {@link planOf}; INPUT_INVALID when the plan has changed since it was shown; NAME_TAKEN while
 * conflicts are open; the first of the plan's problems; what writing the settings raises
 */
export async function importWorkspace(
  core: CoreContext,
  input: {
    readonly text: string;
    readonly choices?: WorkspaceChoices | undefined;
    readonly fingerprint: string;
  },
): Promise<WorkspacePlan> {
  const file = readWorkspace(input.text);
  let merge: Merge | undefined;
  core.settings.update(
    (settings) => {
      merge = mergeWorkspace(settings, file, input.choices ?? noChoices);
      refuseUnready(merge.plan, input.fingerprint);
      return merge.next;
    },
    { externalId: 'may-be-taken' },
  );
  if (merge === undefined) throw new Error('the settings were updated without the change');
  const notes = await removeOrphans(core, merge.orphans);
  return { ...merge.plan, notes: [...merge.plan.notes, ...notes] };
}

function refuseUnready(plan: WorkspacePlan, fingerprint: string): void {
  if (plan.fingerprint !== fingerprint) {
    throw new SluiceError('INPUT_INVALID', 'Something has changed here since this import was looked at', {
      fix: 'Look at it again, then import.',
    });
  }
  const [conflict] = plan.items.filter(({ action }) => action === 'conflict');
  if (conflict !== undefined) {
    const { kind, name } = conflict;
    throw new SluiceError('NAME_TAKEN', `There is another ${kind} named "${name}" here`, {
      fix: 'Choose for each conflict: keep mine, take theirs, or rename.',
      details: { kind, name },
    });
  }
  const [problem] = plan.problems;
  if (problem === undefined) return;
  throw new SluiceError(problem.code, problem.message, { fix: problem.fix });
}

const accounts = { destination: secretAccount, source: passwordAccount, tunnel: tunnelAccount };

/** The settings no longer refer to them; one that cannot be removed is named, and is used for nothing. */
async function removeOrphans(core: CoreContext, orphans: Merge['orphans']): Promise<string[]> {
  const notes: string[] = [];
  for (const { kind, name } of orphans) {
    try {
      await core.secrets.delete(accounts[kind](name));
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      notes.push(
        `The old secret of the ${kind === 'tunnel' ? 'tunnel of the source' : kind} "${name}" is still in the keychain and no longer used: ${error.message}.`,
      );
    }
  }
  return notes;
}
