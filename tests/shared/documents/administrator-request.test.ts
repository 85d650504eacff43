/** The letter to an administrator holds everything that has to be made, and nothing else. */
import { describe, expect, it } from 'vitest';
import { administratorRequest } from '../../../src/shared/documents/administrator-request.ts';
import { permissionsPolicy, printPolicy, trustPolicy } from '../../../src/shared/iam.ts';

const place = { bucket: 'company-lake', partition: 'aws', region: 'ap-southeast-1' };
const policy = {
  name: 'sluice-company-lake',
  document: permissionsPolicy({ ...place, pathPrefix: '', scope: 'bucket', withAbort: true }),
};
const trust = trustPolicy({
  principal: { aws: 'arn:aws:iam::123456789012:user/anna' },
  externalId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
});

describe('a request for an administrator', () => {
  it('for a role has both documents as they stand, numbered, and asks for the ARN', () => {
    const text = administratorRequest({ policy, role: { name: 'loader', document: trust } }, place);
    expect(text).toContain(
      `1. Make an IAM policy named sluice-company-lake:\n\n${printPolicy(policy.document)}`,
    );
    expect(text).toMatch(/\n2\. Make an IAM role named loader /);
    expect(text).toContain(printPolicy(trust));
    expect(text).toContain('Asia Pacific (Singapore) ap-southeast-1');
    expect(text).toMatch(/sts:ExternalId exactly as it is[\s\S]*send me the ARN of the role\.$/);
  });

  it('for a user asks for the key on a safe way, and speaks of no role', () => {
    const text = administratorRequest({ policy, user: { name: 'loader' } }, { ...place, region: '' });
    expect(text).toMatch(/2\. Make an IAM user named loader[\s\S]*3\. Make an access key/);
    expect(text).toMatch(/others cannot read\.$/);
    expect(text).not.toMatch(/role|ExternalId/);
  });

  it('is refused for a name that IAM would not take', () => {
    expect(() => administratorRequest({ user: { name: 'two words' } }, place)).toThrow(/name of a user/);
  });
});
