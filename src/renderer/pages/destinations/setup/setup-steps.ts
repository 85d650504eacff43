/** The guided setup as steps, and as what is kept of it between two sittings. Pure. */
import type { Setup } from '../../../../shared/model.ts';
import type { DestinationForm, Field } from '../destination-form.ts';

export type StepId = 'identity' | 'bucket' | 'policy' | 'external-id' | 'role' | 'keys' | 'test';

const fieldsOf: Readonly<Record<StepId, readonly Field[]>> = {
  identity: ['accessType', 'signer', 'profile'],
  bucket: ['bucket', 'region', 'pathPrefix', 'endpoint', 'stsEndpoint'],
  policy: ['kmsKey'],
  'external-id': [],
  role: ['roleArn'],
  keys: ['accessKeyId', 'secretAccessKey'],
  test: ['name'],
};

/** A role needs the external ID, and keys do not. */
export const stepsOf = (accessType: DestinationForm['accessType']): readonly StepId[] =>
  accessType === 'role'
    ? ['identity', 'bucket', 'policy', 'external-id', 'role', 'test']
    : ['identity', 'bucket', 'policy', 'keys', 'test'];

/** The fields that a step asks for: they must be right before the next one opens. */
export const fieldsOfStep = (step: StepId): readonly Field[] => fieldsOf[step];

/** The step that asks for a field. */
export const stepOfField = (field: Field, steps: readonly StepId[]): number =>
  steps.findIndex((step) => fieldsOf[step].includes(field));

/** What may be kept: everything but the secret. */
export function setupOf({ secretAccessKey: _, ...form }: DestinationForm, step: number): Setup {
  return { ...form, step };
}

export const formOfSetup = ({ step: _, ...form }: Setup): DestinationForm => ({
  ...form,
  secretAccessKey: '',
});

/** The step to open again. Behind the keys their secret is missing now, so that step comes first. */
export function stepToOpen({ step, accessType }: Setup): number {
  const steps = stepsOf(accessType);
  const last = accessType === 'keys' ? steps.indexOf('keys') : steps.length - 1;
  return Math.min(step, last);
}
