/** The text of a workspace file: written without any secret, read with suspicion. */
import { isTimeZone } from '../../shared/clock.ts';
import { SluiceError } from '../../shared/errors.ts';
import { displayName, type Settings, tunnelSecretIsStored } from '../../shared/model.ts';
import { parsePartitionKey } from '../../shared/partition-key.ts';
import { isObject, unknownProperty } from '../../shared/unknown-property.ts';
import {
  type WorkspaceExport,
  type WorkspaceFile,
  type WorkspaceKind,
  workspaceFileSchema,
  workspaceFormat,
  workspaceVersion,
} from '../../shared/workspace.ts';
import { parseServerUrl } from '../sources/index.ts';
import { checked } from './destinations.ts';
import { wordsOfIssue } from './input-issues.ts';
import { isPracticeSource } from './practice.ts';
import { isPractice } from './reach-destination.ts';

type Named = { readonly kind: WorkspaceKind; readonly name: string };

/** What practice mode made is left out: it means nothing on another computer. */
export function exportWorkspace(settings: Settings, at: Date, writtenBy: string): WorkspaceExport {
  const destinations = settings.destinations.filter((destination) => !isPractice(destination));
  const sources = settings.sources.filter((source) => !isPracticeSource(source));
  const has = (items: readonly { readonly name: string }[], name: string): boolean =>
    items.some((item) => item.name === name);
  const pipelines = settings.pipelines.filter(
    ({ source, destination }) => has(sources, source) && has(destinations, destination),
  );
  const file: WorkspaceFile = {
    format: workspaceFormat,
    version: workspaceVersion,
    exportedAt: at.toISOString(),
    writtenBy,
    externalId: settings.externalId,
    destinations: destinations.map(({ state: _, testedAt: __, ...destination }) => destination),
    sources,
    pipelines,
  };
  const kept = { destination: destinations, source: sources, pipeline: pipelines };
  const all = [
    ...named('destination', settings.destinations),
    ...named('source', settings.sources),
    ...named('pipeline', settings.pipelines),
  ];
  return {
    text: print(file),
    fileName: `sluice-workspace-${at.toISOString().slice(0, 10)}.sluice`,
    destinations: destinations.length,
    sources: sources.length,
    pipelines: pipelines.length,
    leftOut: all.filter(({ kind, name }) => !has(kept[kind], name)),
    needSecrets: [
      ...named(
        'destination',
        destinations.filter(({ access }) => access.type === 'keys'),
      ),
      ...named(
        'source',
        sources.filter((source) => hasPassword(source) || tunnelSecretIsStored(source)),
      ),
    ],
  };
}

/** True for a source whose password is, or was, in the keychain. */
export const hasPassword = (source: WorkspaceFile['sources'][number]): boolean =>
  'passwordInKeychain' in source && source.passwordInKeychain;

const named = (kind: WorkspaceKind, items: readonly { readonly name: string }[]): Named[] =>
  items.map(({ name }) => ({ kind, name }));

/** Indented, to be compared by people and by git; the name of an object takes one line. */
function print(file: WorkspaceFile): string {
  const text = '"(?:[^"\\\\]|\\\\.)*"';
  const object = new RegExp(`\\{\\n +("schema": (?:null|${text})),\\n +("name": ${text})\\n +\\}`, 'g');
  return `${JSON.stringify(file, undefined, 2).replaceAll(object, '{ $1, $2 }')}\n`;
}

/**
 * Reads the text of a file and believes nothing of it: form, references, and every item by the rules under which it
 * could be saved here. Messages name places in the file, never what stands there.
 *
 * @throws SluiceError INPUT_INVALID for what is foreign, newer or damaged
 */
export function readWorkspace(text: string): WorkspaceFile {
  const given = parse(text);
  if (!isObject(given) || given.format !== workspaceFormat) {
    throw new SluiceError('INPUT_INVALID', 'This is not a workspace file of Sluice', {
      fix: 'Take a file that "sluice workspace export" or the window has written.',
    });
  }
  if (typeof given.version === 'number' && given.version > workspaceVersion) {
    throw new SluiceError(
      'INPUT_INVALID',
      `The file was written by a newer version of Sluice (format ${given.version}; this version knows ${workspaceVersion})`,
      { fix: 'Update Sluice here, or export the workspace with the same version.' },
    );
  }
  const parsed = workspaceFileSchema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw damaged(issue === undefined ? 'it does not fit' : `${place(issue.path)} (${wordsOfIssue(issue)})`);
  }
  const unknown = unknownProperty(given, parsed.data);
  if (unknown !== undefined) throw damaged(`${place(unknown.split('.'))} is not part of a workspace`);
  return checkedFile(parsed.data);
}

function parse(text: string): unknown {
  try {
    // Some editors put a byte order mark there.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's message quotes the text; that it is not JSON is all there is to say.
    throw new SluiceError('INPUT_INVALID', 'The file is not JSON: it was cut off, or is no workspace file', {
      fix: 'Copy the file again, or export the workspace again.',
    });
  }
}

/** `destinations.0.bucket` for people: destinations[1].bucket, counted from one. */
const place = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (/^\d+$/.test(String(part)) ? `[${Number(part) + 1}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
    .slice(0, 200);

const damaged = (what: string): SluiceError =>
  new SluiceError('INPUT_INVALID', `The workspace file is damaged: ${what}`, {
    fix: 'Export the workspace again; if the file was edited by hand, mend that place.',
  });

function checkedFile(file: WorkspaceFile): WorkspaceFile {
  const kinds = { destination: file.destinations, source: file.sources, pipeline: file.pipelines };
  for (const [kind, items] of Object.entries(kinds)) {
    const twice = items.find(({ name }, index) => items.findIndex((item) => item.name === name) !== index);
    if (twice !== undefined) throw damaged(`it has two ${kind}s named "${twice.name}"`);
  }
  const destinations = file.destinations.map((destination) =>
    within(`the destination "${destination.name}"`, () => {
      if (isPractice(destination)) throw new SluiceError('INPUT_INVALID', 'It belongs to practice mode');
      return checked(destination);
    }),
  );
  for (const source of file.sources) within(`the source "${source.name}"`, () => checkSource(source));
  for (const pipeline of file.pipelines) {
    within(`the pipeline "${pipeline.name}"`, () => checkPipeline(pipeline, file));
  }
  return { ...file, destinations };
}

function checkSource(source: WorkspaceFile['sources'][number]): void {
  if (!('url' in source)) return;
  if (parseServerUrl(source.kind, source.url).hasPassword) {
    throw new SluiceError('INPUT_INVALID', 'Its URL holds a password, which no workspace file may');
  }
}

function checkPipeline(pipeline: WorkspaceFile['pipelines'][number], file: WorkspaceFile): void {
  for (const kind of ['source', 'destination'] as const) {
    const missing = !file[`${kind}s`].some(({ name }) => name === pipeline[kind]);
    if (missing) throw new SluiceError('INPUT_INVALID', `Its ${kind} is not in the file`);
  }
  parsePartitionKey(pipeline.partitionKey);
  if (!isTimeZone(pipeline.timeZone)) throw new SluiceError('INPUT_INVALID', 'Its time zone does not exist');
  const objects = new Set(pipeline.objects.map(({ schema, name }) => JSON.stringify([schema, name])));
  if (objects.size < pipeline.objects.length) {
    const names = pipeline.objects.map(displayName);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    throw new SluiceError('INPUT_INVALID', `It names the object ${twice} twice`);
  }
}

/** What is wrong inside an item is told with its name. */
function within<T>(what: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof SluiceError) throw damaged(`${what}: ${error.message}`);
    throw error;
  }
}
