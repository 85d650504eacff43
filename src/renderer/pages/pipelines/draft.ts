/** A pipeline while it is being typed, and what is still wrong with it. */
import { isTimeZone } from '../../../shared/clock.ts';
import { SluiceError } from '../../../shared/errors.ts';
import { defaultPartitionKey, nameSchema, type Pipeline } from '../../../shared/model.ts';
import { parsePartitionKey } from '../../../shared/partition-key.ts';

export interface Draft {
  readonly name: string;
  /** '' while none is chosen, here and for the destination. */
  readonly source: string;
  readonly destination: string;
  readonly destinationPrefix: string;
  readonly partitionKey: string;
  readonly timeZone: string;
  /** Whether each load writes a manifest, last of all. */
  readonly manifest: boolean;
  /** By `keyOf` of the tree. */
  readonly objects: ReadonlySet<string>;
}

export const emptyDraft: Draft = {
  name: '',
  source: '',
  destination: '',
  destinationPrefix: '',
  partitionKey: defaultPartitionKey,
  timeZone: 'UTC',
  manifest: false,
  objects: new Set(),
};

export type Problems = Readonly<Partial<Record<keyof Draft, string>>>;

/** What is wrong, field by field, in words for beside the field; empty when it can be saved. */
export function problemsOf(draft: Draft, pipelines: readonly Pipeline[]): Problems {
  return {
    ...problem('name', nameProblem(draft.name, pipelines)),
    ...problem('source', draft.source === '' ? 'Choose a source.' : undefined),
    ...problem('destination', draft.destination === '' ? 'Choose a destination.' : undefined),
    ...problem('objects', draft.objects.size === 0 ? 'Choose at least one object.' : undefined),
    ...problem('partitionKey', keyProblem(draft.partitionKey)?.message),
    ...problem('timeZone', isTimeZone(draft.timeZone) ? undefined : 'Choose a time zone.'),
  };
}

const problem = (field: keyof Draft, words: string | undefined): Problems =>
  words === undefined ? {} : { [field]: words };

/** @param typed as it stands in the field; white space at its ends does not count */
export function nameProblem(typed: string, pipelines: readonly Pipeline[]): string | undefined {
  const parsed = nameSchema.safeParse(typed);
  if (!parsed.success) {
    const words = parsed.error.issues[0]?.message ?? 'this name does not fit';
    return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
  }
  const taken = pipelines.some(({ name }) => name === parsed.data);
  return taken ? 'There is a pipeline of this name already. Choose another name.' : undefined;
}

/** Why a partition key does not parse; undefined when it does. */
export function keyProblem(text: string): SluiceError | undefined {
  try {
    parsePartitionKey(text);
    return undefined;
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
}
