/** The guided setup without its screens: which steps there are, and what is kept of them. */
import { describe, expect, it } from 'vitest';
import {
  type DestinationForm,
  emptyForm,
  type Field,
  formOf,
  problemsOf,
  settingsOf,
} from '../../src/renderer/pages/destinations/destination-form.ts';
import {
  fieldsOfStep,
  formOfSetup,
  setupOf,
  stepOfField,
  stepsOf,
  stepToOpen,
} from '../../src/renderer/pages/destinations/setup/setup-steps.ts';
import { setupSchema } from '../../src/shared/model.ts';

const keys: DestinationForm = {
  ...emptyForm,
  accessType: 'keys',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'never to be kept',
};

describe('the steps', () => {
  it.each(['role', 'keys'] as const)('with %s ask for every field that the form can refuse', (accessType) => {
    const steps = stepsOf(accessType);
    const asked = steps.flatMap((step) => [...fieldsOfStep(step)]);
    const refused = Object.keys(
      problemsOf(
        { ...emptyForm, accessType, signer: 'profile', endpoint: 'x', stsEndpoint: 'x', kmsKey: 'x' },
        [],
      ),
    ) as Field[];
    expect(refused.length).toBeGreaterThan(4);
    expect(asked).toEqual(expect.arrayContaining(refused));
    for (const field of refused) expect(stepOfField(field, steps)).toBeGreaterThanOrEqual(0);
  });

  it('with keys have no external ID', () => {
    expect(stepsOf('keys')).not.toContain('external-id');
    expect(stepsOf('role')).toContain('external-id');
  });
});

describe('what is kept', () => {
  it('fits the contract and holds no secret', () => {
    const setup = setupOf(keys, 3);
    expect(setupSchema.parse(setup)).toEqual(setup);
    expect(JSON.stringify(setup)).not.toContain(keys.secretAccessKey);
    expect(formOfSetup(setup)).toEqual({ ...keys, secretAccessKey: '' });
  });

  it('opens the step that was left, and with keys never one behind the secret', () => {
    expect(stepToOpen(setupOf(emptyForm, 5))).toBe(5);
    expect(stepToOpen(setupOf(emptyForm, 20))).toBe(5);
    expect(stepToOpen(setupOf(keys, 4))).toBe(stepsOf('keys').indexOf('keys'));
    expect(stepToOpen(setupOf(keys, 1))).toBe(1);
  });
});

describe('a saved destination in the form', () => {
  const filled: DestinationForm = {
    ...emptyForm,
    ...{
      name: 'lake',
      bucket: 'acme',
      region: 'eu-west-1',
      pathPrefix: 'in',
      endpoint: 'https://s3.example.com',
    },
  };
  it.each([
    ['a role by the default sign-in', { roleArn: 'arn:aws:iam::123456789012:role/r' }],
    [
      'a role by a profile',
      { roleArn: 'arn:aws:iam::123456789012:role/r', signer: 'profile', profile: 'dev' },
    ],
    ['keys', { accessType: 'keys', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }],
  ] as const)('is what was saved: %s', (_, access) => {
    const form = { ...filled, ...access };
    expect(formOf(settingsOf(form))).toEqual(form);
  });

  it('needs no secret for the key that the keychain knows, and one for another', () => {
    const form = { ...filled, accessType: 'keys', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } as const;
    expect(problemsOf(form, [], 'AKIAIOSFODNN7EXAMPLE')).toEqual({});
    expect(problemsOf(form, [], 'AKIAIOSFODNN7ANOTHER')).toHaveProperty('secretAccessKey');
    expect(problemsOf(form, [])).toHaveProperty('secretAccessKey');
  });
});
