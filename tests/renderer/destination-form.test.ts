import { describe, expect, it } from 'vitest';
import {
  type DestinationForm,
  emptyForm,
  examplePath,
  formOf,
  problemsOf,
  settingsOf,
} from '../../src/renderer/pages/destinations/destination-form.ts';
import { refusedFields } from '../../src/renderer/pages/destinations/refused-fields.ts';
import { destinationSettingsSchema } from '../../src/shared/model.ts';

const good: DestinationForm = {
  ...emptyForm,
  name: ' Landing zone ',
  roleArn: ' arn:aws:iam::123456789012:role/sluice ',
  bucket: ' acme-landing ',
  region: 'ap-southeast-1',
};

describe('the form of a new destination', () => {
  it('is what the contract takes, trimmed', () => {
    expect(problemsOf(good, [])).toEqual({});
    expect(destinationSettingsSchema.parse(settingsOf(good))).toEqual({
      name: 'Landing zone',
      access: {
        type: 'role',
        roleArn: 'arn:aws:iam::123456789012:role/sluice',
        signer: { kind: 'default' },
      },
      bucket: 'acme-landing',
      region: 'ap-southeast-1',
      pathPrefix: '',
      pathStyle: false,
    });
  });

  it('keeps the compression of a destination that is changed', () => {
    const settings = destinationSettingsSchema.parse({ ...settingsOf(good), gzipLevel: 6 });
    expect(formOf(settings).gzipLevel).toBe('6');
    expect(settingsOf(formOf(settings))).toEqual(settings);
    expect(settingsOf({ ...good, gzipLevel: '3' })).not.toHaveProperty('gzipLevel');
  });

  it('asks for nothing that the chosen access type does not need', () => {
    expect(Object.keys(problemsOf(emptyForm, []))).toEqual(['roleArn', 'bucket', 'region', 'name']);
    const keys = problemsOf({ ...emptyForm, accessType: 'keys' }, []);
    expect(Object.keys(keys)).toEqual(['accessKeyId', 'secretAccessKey', 'bucket', 'region', 'name']);
  });

  it.each([
    ['name', { name: 'x'.repeat(256) }, /255/],
    ['name', { name: 'Taken' }, /already/],
    ['roleArn', { roleArn: 'arn:aws:sts::123456789012:assumed-role/r/s' }, /session/],
    ['profile', { signer: 'profile', profile: ' ' }, /no name/],
    ['accessKeyId', { accessType: 'keys', accessKeyId: 'short', secretAccessKey: 's' }, /access key ID/],
    ['bucket', { bucket: 's3://acme' }, /alone/],
    ['region', { region: 'Asia Pacific' }, /ap-southeast-1/],
    ['pathPrefix', { pathPrefix: 'a//b' }, /without a name/],
    ['kmsKey', { kmsKey: 'arn:aws:kms:eu-west-1:123456789012:alias/lake' }, /alias/],
    ['endpoint', { endpoint: 's3.example.com' }, /https:/],
    ['endpoint', { endpoint: 'https://' }, /https:/],
  ] as const)('%s is refused in plain words: %j', (field, change, words) => {
    const problems = problemsOf({ ...good, ...change } as DestinationForm, ['Taken']);
    expect(Object.keys(problems)).toEqual([field]);
    expect(problems[field]).toMatch(words);
    expect(problems[field]).toMatch(/^[A-Z].*\.$/s);
  });

  it('shows the path that the rule makes, and none while the prefix is wrong', () => {
    const at = new Date('2024-11-27T09:00:00Z');
    const job = 'd12d74f4-d647-4929-a5a6-d329afd916f4';
    expect(examplePath('/landing/', at, job)).toBe(
      `landing/shop_public_orders/year=2024/month=11/day=27/job_id=${job}/`,
    );
    expect(examplePath('a//b', at, job)).toBeUndefined();
  });
});

describe('a save that failed', () => {
  const settings = settingsOf(good);

  it('points at the field that a check is about', () => {
    const checks = [
      { check: 'identity', verdict: 'passed' },
      { check: 'list', verdict: 'failed', code: 'BUCKET_NOT_FOUND', cause: 'There is no bucket acme' },
    ] as const;
    expect(refusedFields({ checks, error: null }, settings)).toEqual({ bucket: 'There is no bucket acme.' });
  });

  it('points at the field that a check names itself', () => {
    const checks = [
      {
        check: 'bucket',
        verdict: 'failed',
        code: 'BUCKET_WRONG_REGION',
        field: 'region',
        cause: 'The bucket acme is in eu-west-1',
      },
    ] as const;
    expect(refusedFields({ checks, error: null }, settings)).toEqual({
      region: 'The bucket acme is in eu-west-1.',
    });
  });

  it('points at no field that is not on the screen', () => {
    const checks = [
      { check: 'identity', verdict: 'failed', code: 'SECRET_KEY_WRONG', cause: 'Wrong' },
    ] as const;
    expect(refusedFields({ checks, error: null }, settings)).toEqual({});
  });
});
