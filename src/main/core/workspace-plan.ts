/** What an import would do to the settings of this installation. Pure: nothing is read or written here. */
import { createHash } from 'node:crypto';
import { SluiceError } from '../../shared/errors.ts';
import { rolesThatKnow } from '../../shared/external-id.ts';
import {
  type Destination,
  type DestinationSettings,
  type Pipeline,
  type Settings,
  type Source,
  tunnelOf,
  tunnelSecretIsStored,
} from '../../shared/model.ts';
import type {
  ConflictChoice,
  WorkspaceChoices,
  WorkspaceFile,
  WorkspaceKind,
  WorkspacePlan,
  WorkspacePlanItem,
} from '../../shared/workspace.ts';
import { isPractice } from './reach-destination.ts';
import { isPracticeSource } from './practice.ts';
import { keepsSecret } from './replace-destination.ts';
import { hasPassword } from './workspace-file.ts';
import { differences, sameContent, summaryOf } from './workspace-items.ts';
import { problemsOf } from './workspace-problems.ts';

export interface Merge {
  readonly plan: WorkspacePlan;
  /** The settings as they would be; to be used only when the plan is ready. */
  readonly next: Settings;
  /** Secrets here that belong to nothing any more, once the file's has replaced their owner. */
  readonly orphans: readonly { readonly kind: 'destination' | 'source' | 'tunnel'; readonly name: string }[];
}

interface Decided<T> {
  readonly action: WorkspacePlanItem['action'];
  readonly savedAs: string;
  readonly theirs: T;
  readonly mine: T | undefined;
}

/** @throws SluiceError INPUT_INVALID, NAME_TAKEN for choices that cannot be carried out */
export function mergeWorkspace(settings: Settings, file: WorkspaceFile, choices: WorkspaceChoices): Merge {
  const chooser = choicesOf(choices);
  const destinations = decide<DestinationSettings>(
    'destination',
    chooser,
    settings.destinations,
    file.destinations,
  );
  const sources = decide('source', chooser, settings.sources, file.sources);
  // A pipeline follows what its source and its destination are called here.
  const rewritten = file.pipelines.map((pipeline) => ({
    ...pipeline,
    source: savedAs(sources, pipeline.source),
    destination: savedAs(destinations, pipeline.destination),
  }));
  const pipelines = decide('pipeline', chooser, settings.pipelines, rewritten);
  chooser.refuseLeftOver();
  const externalId = externalIdOf(settings, file, destinations);
  const next: Settings = {
    ...settings,
    externalId: externalId.action === 'take' ? file.externalId : settings.externalId,
    destinations: merged(settings.destinations, destinations, draft),
    sources: merged(settings.sources, sources, importedSource),
    pipelines: merged(settings.pipelines, pipelines, ({ theirs }) => theirs),
  };
  const items = [
    ...destinations.map((one) => itemOf('destination', one, settings, needsKeys(one))),
    ...sources.map((one) => itemOf('source', one, settings, needsPassword(one) || needsTunnelSecret(one))),
    ...pipelines.map((one) => itemOf('pipeline', one, settings, false)),
  ];
  const problems = problemsOf(next, items);
  const conflicts = items.some(({ action }) => action === 'conflict');
  const plan = {
    ready: !conflicts && problems.length === 0,
    externalId,
    items,
    notes: notesOf(destinations, sources),
    problems,
  };
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([plan, file]))
    .digest('hex');
  const replaced = <T>(all: readonly Decided<T>[]) => all.filter(({ action }) => action === 'theirs');
  return {
    plan: { fingerprint, ...plan },
    next,
    orphans: [
      ...replaced(destinations).flatMap(({ mine, theirs }) =>
        mine?.access.type === 'keys' && !keepsSecret(mine, theirs)
          ? [{ kind: 'destination' as const, name: mine.name }]
          : [],
      ),
      ...replaced(sources).flatMap(({ mine, theirs }) =>
        mine !== undefined && hasPassword(mine) && !keepsPassword(mine, theirs)
          ? [{ kind: 'source' as const, name: mine.name }]
          : [],
      ),
      ...replaced(sources).flatMap(({ mine, theirs }) =>
        mine !== undefined && tunnelSecretIsStored(mine) && !keepsTunnelSecret(mine, theirs)
          ? [{ kind: 'tunnel' as const, name: mine.name }]
          : [],
      ),
    ],
  };
}

// ---------------------------------------------------------------- choices

interface Chooser {
  /** What becomes of a conflict; undefined when nobody has chosen. */
  choose(kind: WorkspaceKind, name: string): { choice: ConflictChoice; newName?: string } | undefined;
  /** A choice about what is no conflict was made for another plan. */
  refuseLeftOver(): void;
}

function choicesOf({ all, items }: WorkspaceChoices): Chooser {
  const keyOf = (kind: WorkspaceKind, name: string): string => JSON.stringify([kind, name]);
  const named = new Map(items.map((item) => [keyOf(item.kind, item.name), item]));
  return {
    choose(kind, name) {
      const key = keyOf(kind, name);
      const item = named.get(key);
      if (item === undefined) return all === undefined ? undefined : { choice: all };
      named.delete(key);
      const { choice, newName } = item;
      return { choice, ...(newName === undefined ? {} : { newName }) };
    },
    refuseLeftOver() {
      const [left] = named.values();
      if (left === undefined) return;
      throw new SluiceError('INPUT_INVALID', `The ${left.kind} "${left.name}" is no conflict`, {
        fix: 'Look at the plan again and choose for its conflicts only.',
      });
    },
  };
}

function decide<T extends { readonly name: string }>(
  kind: WorkspaceKind,
  chooser: Chooser,
  here: readonly T[],
  file: readonly T[],
): Decided<T>[] {
  const mineByName = new Map(here.map((item) => [item.name, item]));
  const taken = new Set([...here, ...file].map(({ name }) => name));
  return file.map((theirs) => {
    const { name } = theirs;
    const mine = mineByName.get(name);
    const decided = (action: WorkspacePlanItem['action'], savedAs = name) => ({
      action,
      savedAs,
      theirs,
      mine,
    });
    if (mine === undefined) return decided('add');
    if (sameContent(mine, theirs)) return decided('same');
    const chosen = chooser.choose(kind, name);
    if (chosen === undefined) return decided('conflict');
    if (chosen.choice === 'theirs' && isPracticeItem(kind, mine)) throw practiceStays(kind, name);
    if (chosen.choice !== 'rename') return decided(chosen.choice);
    const newName = chosen.newName ?? freeName(name, taken);
    if (taken.has(newName)) {
      throw new SluiceError(
        'NAME_TAKEN',
        `There is a ${kind} named "${newName}" already, here or in the file`,
        {
          fix: 'Choose another name.',
        },
      );
    }
    taken.add(newName);
    return decided('rename', newName);
  });
}

const isPracticeItem = (kind: WorkspaceKind, item: { readonly name: string }): boolean =>
  (kind === 'destination' && isPractice(item as Destination)) ||
  (kind === 'source' && isPracticeSource(item));

const practiceStays = (kind: WorkspaceKind, name: string): SluiceError =>
  new SluiceError('INPUT_INVALID', `The ${kind} "${name}" of practice mode cannot be replaced`, {
    fix: 'Keep mine, give the imported one another name, or remove practice mode first.',
  });

/** `NAME (2)`, or the next number that is free; at most 255 characters as every name. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 2; ; number++) {
    const suffix = ` (${number})`;
    const free = `${name.slice(0, 255 - suffix.length).trimEnd()}${suffix}`;
    if (!taken.has(free)) return free;
  }
}

const savedAs = (decided: readonly Decided<{ readonly name: string }>[], name: string): string =>
  decided.find(({ theirs }) => theirs.name === name)?.savedAs ?? name;

// ---------------------------------------------------------------- what is saved

function merged<T extends { readonly name: string }, Theirs>(
  here: readonly T[],
  decided: readonly Decided<Theirs>[],
  imported: (one: Decided<Theirs>) => T,
): T[] {
  const replacing = new Map(
    decided.filter(({ action }) => action === 'theirs').map((one) => [one.savedAs, imported(one)]),
  );
  const added = decided.filter(({ action }) => action === 'add' || action === 'rename');
  return [
    ...here.map((item) => replacing.get(item.name) ?? item),
    ...added.map((one) => ({ ...imported(one), name: one.savedAs })),
  ];
}

/** Its profile, its keys and its network may be others here: untested until it is tested here. */
const draft = ({ theirs }: Decided<DestinationSettings>): Destination => ({
  ...theirs,
  state: 'draft',
  testedAt: null,
});

/**
 * The keychain may hold an entry of this name that belongs to another server: of what is replaced, or of another data
 * folder. A file must not be able to have it sent to a server of the file's choice, so an imported source has no
 * password until one is entered.
 */
function importedSource({ theirs, mine }: Decided<Source>): Source {
  if (!('passwordInKeychain' in theirs)) return theirs;
  const passwordInKeychain = mine !== undefined && keepsPassword(mine, theirs);
  const { tunnel } = theirs;
  if (tunnel === undefined || tunnel.auth.type === 'agent') return { ...theirs, passwordInKeychain };
  const secretInKeychain = mine !== undefined && keepsTunnelSecret(mine, theirs);
  return { ...theirs, passwordInKeychain, tunnel: { ...tunnel, auth: { ...tunnel.auth, secretInKeychain } } };
}

/** Only to the very same server, database and user, on the very same way there. */
const keepsPassword = (mine: Source, theirs: Source): boolean =>
  hasPassword(mine) &&
  'url' in mine &&
  'url' in theirs &&
  mine.kind === theirs.kind &&
  mine.url === theirs.url &&
  sameTunnel(mine, theirs);

const keepsTunnelSecret = (mine: Source, theirs: Source): boolean =>
  tunnelSecretIsStored(mine) && sameTunnel(mine, theirs);

const sameTunnel = (mine: Source, theirs: Source): boolean =>
  sameContent({ tunnel: tunnelOf(mine) ?? null }, { tunnel: tunnelOf(theirs) ?? null });

const isImported = ({ action }: Pick<WorkspacePlanItem, 'action'>): boolean =>
  action === 'add' || action === 'theirs' || action === 'rename';

function needsKeys(one: Decided<DestinationSettings>): boolean {
  const { action, theirs, mine } = one;
  if (!isImported(one) || theirs.access.type !== 'keys') return false;
  return action !== 'theirs' || mine === undefined || !keepsSecret(mine, theirs);
}

const needsPassword = (one: Decided<Source>): boolean =>
  isImported(one) &&
  hasPassword(one.theirs) &&
  (one.action !== 'theirs' || one.mine === undefined || !keepsPassword(one.mine, one.theirs));

const needsTunnelSecret = (one: Decided<Source>): boolean =>
  isImported(one) &&
  tunnelSecretIsStored(one.theirs) &&
  (one.action !== 'theirs' || one.mine === undefined || !keepsTunnelSecret(one.mine, one.theirs));

// ---------------------------------------------------------------- what is said

function itemOf(
  kind: WorkspaceKind,
  { action, savedAs, theirs, mine }: Decided<Destination | DestinationSettings | Source | Pipeline>,
  settings: Settings,
  needsSecret: boolean,
): WorkspacePlanItem {
  const clash = action !== 'add' && action !== 'same' && mine !== undefined;
  const users =
    kind === 'pipeline' || !clash
      ? []
      : settings.pipelines.filter((pipeline) => pipeline[kind] === theirs.name);
  return {
    ...{ kind, name: theirs.name, action, savedAs, needsSecret },
    summary: summaryOf(kind, theirs),
    differences: clash ? differences(mine, theirs) : [],
    usedBy: users.map(({ name }) => name),
  };
}

function externalIdOf(
  settings: Settings,
  file: WorkspaceFile,
  destinations: readonly Decided<DestinationSettings>[],
): WorkspacePlan['externalId'] {
  const ids = { here: settings.externalId, file: file.externalId };
  if (ids.here === ids.file) return { ...ids, action: 'same', reason: null, roles: [] };
  const here = rolesThatKnow(settings);
  if (here.length === 0) return { ...ids, action: 'take', reason: null, roles: [] };
  const roles = destinations.filter(isImported).flatMap(({ theirs }) => roleOf(theirs));
  const stays = `The external ID here stays ${ids.here}, because ${listed(here)} knows this installation by it`;
  const follows =
    roles.length === 0
      ? ''
      : ` The roles of the imported destinations know ${ids.file} only: in the trust policy of each, sts:ExternalId must become ["${ids.file}", "${ids.here}"], which lets both in.`;
  return { ...ids, action: 'keep', reason: `${stays}.${follows}`, roles: [...new Set(roles)] };
}

const roleOf = ({ access }: DestinationSettings): string[] =>
  access.type === 'role' ? [access.roleArn] : [];

const listed = (roles: readonly string[]): string =>
  roles.length === 1 ? `the role ${roles[0]}` : `each of the roles ${roles.join(', ')}`;

function notesOf(
  destinations: readonly Decided<DestinationSettings>[],
  sources: readonly Decided<Source>[],
): string[] {
  const imported = destinations.filter(isImported);
  const notes: string[] = [];
  if (imported.length > 0) notes.push('Imported destinations are drafts until they are tested here.');
  if (imported.some(({ theirs }) => theirs.access.type === 'role')) {
    notes.push(
      'A role lets in only who its trust policy names: you, too, have to be named there ("sluice trust" prints how).',
    );
  }
  for (const { savedAs: name, theirs } of imported) {
    const { access } = theirs;
    if (access.type !== 'role' || access.signer.kind !== 'profile') continue;
    notes.push(`The destination "${name}" signs in with the AWS profile "${access.signer.profile}".`);
  }
  for (const { savedAs: name, theirs } of sources.filter(isImported)) {
    const tunnel = tunnelOf(theirs);
    if (tunnel?.auth.type === 'key') {
      notes.push(
        `The source "${name}" logs in at ${tunnel.host} with the key ${tunnel.auth.path}, which has to be here, too.`,
      );
    }
    if ('path' in theirs) notes.push(`The source "${name}" reads ${theirs.path}, which has to be here, too.`);
  }
  return notes;
}
