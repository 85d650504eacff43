/** The plan of an import in words, and the choices that a user makes for it. Pure. */
import type {
  ConflictChoice,
  WorkspaceChoices,
  WorkspaceKind,
  WorkspacePlan,
  WorkspacePlanItem,
} from '../../../shared/workspace.ts';
import { formatMany } from '../../components/format.ts';

/** A choice for one conflict; `newName` as typed. */
export interface Chosen {
  readonly choice: ConflictChoice;
  readonly newName: string;
}

/** By {@link keyOf}. */
export type Choices = ReadonlyMap<string, Chosen>;

export const keyOf = ({ kind, name }: { readonly kind: WorkspaceKind; readonly name: string }): string =>
  `${kind}/${name}`;

/** The choices as the contract takes them; an empty new name leaves it to the core to find a free one. */
export function choicesOf(items: WorkspacePlan['items'], choices: Choices): WorkspaceChoices {
  return {
    items: items.flatMap(({ kind, name }) => {
      const chosen = choices.get(keyOf({ kind, name }));
      if (chosen === undefined) return [];
      const newName = chosen.newName.trim();
      const renamed = chosen.choice === 'rename' && newName !== '' ? { newName } : {};
      return [{ kind, name, choice: chosen.choice, ...renamed }];
    }),
  };
}

/** The choices for pipelines whose names are taken in a plan that was made without them. */
export const stillConflicts = (plan: WorkspacePlan, { items }: WorkspaceChoices): WorkspaceChoices['items'] =>
  items.filter(
    ({ kind, name }) =>
      kind === 'pipeline' &&
      plan.items.some((item) => item.kind === kind && item.name === name && isConflict(item)),
  );

/** What had to be, or has to be, decided. */
export const isConflict = ({ action }: WorkspacePlanItem): boolean => action !== 'add' && action !== 'same';

/** What the import writes. */
export const isChange = ({ action }: WorkspacePlanItem): boolean =>
  action === 'add' || action === 'theirs' || action === 'rename';

/** The plan in one sentence, e.g. `3 are added, 1 is replaced, 2 stay as they are.` */
export function planSentence(items: WorkspacePlan['items']): string {
  const count = (...actions: WorkspacePlanItem['action'][]): number =>
    items.filter(({ action }) => actions.includes(action)).length;
  const parts = [
    part(count('add', 'rename'), 'is added', 'are added'),
    part(count('theirs'), 'is replaced', 'are replaced'),
    part(count('same', 'mine'), 'stays as it is', 'stay as they are'),
    part(count('conflict'), 'waits for your choice', 'wait for your choice'),
  ].filter((words) => words !== '');
  return parts.length === 0 ? 'The file is empty.' : `${parts.join(', ')}.`;
}

const part = (count: number, one: string, many: string): string =>
  count === 0 ? '' : `${count} ${count === 1 ? one : many}`;

/** What happens with one item. */
export function actionWords({ action, savedAs }: WorkspacePlanItem): string {
  switch (action) {
    case 'add':
      return 'Is added';
    case 'same':
      return 'Is here already';
    case 'conflict':
      return 'The name is taken by another one';
    case 'mine':
      return 'The one here stays';
    case 'theirs':
      return 'The one here is replaced';
    case 'rename':
      return `Is added as “${savedAs}”`;
  }
}

const fields: Readonly<Record<string, string>> = {
  'access.type': 'Access type',
  'access.roleArn': 'Role ARN',
  'access.accessKeyId': 'Access key ID',
  'access.signer.kind': 'AWS sign-in',
  'access.signer.profile': 'Profile',
  bucket: 'Bucket',
  pathPrefix: 'Path prefix',
  region: 'Region',
  endpoint: 'S3 endpoint',
  stsEndpoint: 'STS endpoint',
  pathStyle: 'Path-style addresses',
  gzipLevel: 'Compression level',
  url: 'Server',
  path: 'File',
  database: 'Database',
  source: 'Source',
  destination: 'Destination',
  destinationPrefix: 'Destination prefix',
  partitionKey: 'Partition key',
  timeZone: 'Time zone',
  objects: 'Objects',
};

/** A field of an item as the screens call it; an unknown one by its own name. */
export const fieldWords = (field: string): string => fields[field] ?? field;

/** What a file holds, e.g. `2 destinations, 1 source`. */
export const contentWords = (counts: Readonly<Record<`${WorkspaceKind}s`, number>>): string =>
  (['destination', 'source', 'pipeline'] as const)
    .filter((kind) => counts[`${kind}s`] > 0)
    .map((kind) => formatMany(counts[`${kind}s`], kind))
    .join(', ');

/** A note of the core without its advice for the command line. */
export const noteWords = (note: string): string => note.replace(/ \("sluice [^"]*"[^)]*\)/, '');
