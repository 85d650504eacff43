/** Items of a workspace compared and put into words. Pure. */
import {
  type DestinationSettings,
  displayName,
  type ObjectName,
  type Pipeline,
  type Source,
  tunnelOf,
} from '../../shared/model.ts';
import type { WorkspaceKind, WorkspacePlanItem } from '../../shared/workspace.ts';

/** What an installation has learnt or keeps for itself; no part of what is shared. */
const ownFields = new Set(['state', 'testedAt', 'passwordInKeychain', 'tunnel.auth.secretInKeychain']);

/** The longest value that is shown. */
const maxShown = 200;

/** True when the two say the same, in whatever order. */
export const sameContent = (one: object, other: object): boolean =>
  JSON.stringify(fieldsOf(one)) === JSON.stringify(fieldsOf(other));

/** Field by field, e.g. `access.roleArn`; what one of them does not have is shown as '–'. */
export function differences(mine: object, theirs: object): WorkspacePlanItem['differences'] {
  const here = new Map(fieldsOf(mine));
  const file = new Map(fieldsOf(theirs));
  return [...new Set([...here.keys(), ...file.keys()])]
    .filter((field) => here.get(field) !== file.get(field))
    .map((field) => ({ field, here: shown(here.get(field)), file: shown(file.get(field)) }));
}

const shown = (value: string | undefined): string => {
  if (value === undefined) return '–';
  return value.length <= maxShown ? value : `${value.slice(0, maxShown)}…`;
};

/** Every leaf by its path, sorted; the objects of a pipeline are one leaf. */
function fieldsOf(item: object, path = ''): [string, string][] {
  return Object.entries(item)
    .flatMap(([name, value]): [string, string][] => {
      const field = `${path}${name}`;
      if (value === undefined || ownFields.has(field)) return [];
      if (Array.isArray(value)) return [[field, value.map(objectText).join(', ')]];
      if (typeof value === 'object' && value !== null) return fieldsOf(value, `${field}.`);
      return [[field, typeof value === 'string' ? value : JSON.stringify(value)]];
    })
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Quoted where a name alone could be read in two ways. */
const objectText = (object: ObjectName): string => {
  const plain = /^[\w-]+$/.test(object.name) && /^[\w-]*$/.test(object.schema ?? '');
  return plain ? displayName(object) : JSON.stringify([object.schema, object.name]);
};

/** One line that says what it is. */
export function summaryOf(kind: WorkspaceKind, item: DestinationSettings | Source | Pipeline): string {
  if ('access' in item) return destinationText(item);
  if ('objects' in item) {
    const { length } = item.objects;
    return `${item.source} → ${item.destination}, ${length} object${length === 1 ? '' : 's'}`;
  }
  if ('url' in item) return `${item.url}${tunnelText(item)}`;
  return 'path' in item ? item.path : kind;
}

const tunnelText = (source: Source): string => {
  const tunnel = tunnelOf(source);
  return tunnel === undefined ? '' : ` through ${tunnel.user}@${tunnel.host}:${tunnel.port}`;
};

function destinationText({ access, bucket, pathPrefix, region, endpoint }: DestinationSettings): string {
  const place = `s3://${[bucket, pathPrefix].filter(Boolean).join('/')} in ${region}`;
  const through = access.type === 'role' ? `role ${access.roleArn}` : `access key ${access.accessKeyId}`;
  return `${place}${endpoint === undefined ? '' : ` at ${endpoint}`}, ${through}`;
}
