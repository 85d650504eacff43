/** The errors that every list of named things shares. */
import { SluiceError } from '../../shared/errors.ts';
import { nearest } from '../../shared/nearest.ts';

type Kind = 'destination' | 'source' | 'pipeline';

/** @throws SluiceError NOT_FOUND, with the nearest name where one is near */
export function find<T extends { readonly name: string }>(items: readonly T[], name: string, kind: Kind): T {
  const found = items.find((item) => item.name === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    items.map((item) => item.name),
  );
  throw new SluiceError('NOT_FOUND', `There is no ${kind} named "${name}"`, {
    fix: near === undefined ? `List what there is: sluice ${kind} list` : `Did you mean "${near}"?`,
    details: { kind, name },
  });
}

export const nameTaken = (kind: Kind, name: string): SluiceError =>
  new SluiceError('NAME_TAKEN', `There is a ${kind} named "${name}" already`, { details: { kind, name } });

export const inUse = (
  kind: Kind,
  name: string,
  pipelines: readonly { readonly name: string }[],
): SluiceError => {
  const names = pipelines.map((pipeline) => `"${pipeline.name}"`).join(', ');
  return new SluiceError('IN_USE', `The ${kind} "${name}" is used by the pipeline ${names}`, {
    fix: 'Remove the pipeline first: sluice pipeline remove NAME',
    details: { kind, name, pipelines: pipelines.map((pipeline) => pipeline.name) },
  });
};
