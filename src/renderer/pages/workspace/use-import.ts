/** An import from the choice of a file to its end: nothing is written before `act`. */
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { maxWorkspaceText, type WorkspaceChoices, type WorkspacePlan } from '../../../shared/workspace.ts';
import { client, refresh } from '../../app/api.ts';
import { useOpenedWorkspace } from '../../app/opened-workspace.ts';
import { type Choices, type Chosen, choicesOf, stillConflicts } from './plan-words.ts';

interface ChosenFile {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

const none: Choices = new Map();

export interface Import {
  readonly file: ChosenFile | undefined;
  /** What is wrong with what was chosen, before the core has seen it. */
  readonly problem: string | undefined;
  /** The latest plan that could be made. */
  readonly plan: WorkspacePlan | undefined;
  /** True while the plan is not yet the one of the choices. */
  readonly planning: boolean;
  /** Why there is no plan for these choices. */
  readonly planError: unknown;
  /** Why the import did not happen. */
  readonly error: unknown;
  readonly choices: Choices;
  readonly choose: (key: string, chosen: Chosen) => void;
  readonly open: (file: File) => Promise<void>;
  readonly act: () => void;
  readonly busy: boolean;
  /** What was imported. */
  readonly done: WorkspacePlan | undefined;
  /** Back to the beginning. */
  readonly close: () => void;
}

export function useImport(): Import {
  const [file, setFile] = useState<ChosenFile>();
  const [problem, setProblem] = useState<string>();
  const [choices, setChoices] = useState(none);
  const [known, setKnown] = useState<WorkspacePlan>();
  const chosen = choicesOf(known?.items ?? [], choices);
  const plan = useQuery({
    // The text itself is long; a file is one by its id.
    queryKey: ['workspace', 'plan', file?.id, chosen],
    queryFn: () => planFor(file?.text ?? '', chosen),
    enabled: file !== undefined,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  useEffect(() => {
    if (plan.data !== undefined) setKnown(plan.data.plan);
  }, [plan.data]);
  const act = useMutation({
    mutationFn: async () => {
      if (file === undefined || plan.data === undefined) return undefined;
      return await client.workspace.import({
        text: file.text,
        choices: plan.data.choices,
        fingerprint: plan.data.plan.fingerprint,
      });
    },
    // Done or refused: what was shown is no longer how things are.
    onSettled: () => refresh(),
  });
  const forget = () => {
    setFile(undefined);
    setProblem(undefined);
    setChoices(none);
    setKnown(undefined);
    act.reset();
  };
  const open = async (given: File) => {
    forget();
    // A character takes up to three bytes.
    if (given.size > maxWorkspaceText * 3) {
      setProblem(`“${given.name}” is too large to be a workspace file.`);
      return;
    }
    try {
      setFile({ id: crypto.randomUUID(), name: given.name, text: await given.text() });
    } catch {
      setProblem(`“${given.name}” could not be read. Choose it again.`);
    }
  };
  const { file: waiting, taken } = useOpenedWorkspace();
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a file that comes is waited for
  useEffect(() => {
    if (waiting === undefined) return;
    forget();
    setFile({ id: crypto.randomUUID(), ...waiting });
    taken();
  }, [waiting]);
  return {
    file,
    problem,
    plan: file === undefined ? undefined : known,
    planning: plan.isFetching || plan.isPlaceholderData,
    planError: plan.error,
    error: act.error,
    choices,
    choose: (key, one) => {
      act.reset();
      setChoices((now) => new Map([...now, [key, one]]));
    },
    open,
    act: () => act.mutate(),
    busy: act.isPending,
    done: act.data,
    close: forget,
  };
}

interface Planned {
  readonly plan: WorkspacePlan;
  /** The choices that the plan was made with. */
  readonly choices: WorkspaceChoices;
}

/**
 * What becomes of a source or a destination can end, or begin, the conflict of a pipeline; a choice for one that has
 * ended would be refused.
 */
async function planFor(text: string, choices: WorkspaceChoices): Promise<Planned> {
  const ends = { items: choices.items.filter(({ kind }) => kind !== 'pipeline') };
  const first = await client.workspace.plan({ text, choices: ends });
  const all = { items: [...ends.items, ...stillConflicts(first, choices)] };
  if (all.items.length === ends.items.length) return { plan: first, choices: ends };
  return { plan: await client.workspace.plan({ text, choices: all }), choices: all };
}
