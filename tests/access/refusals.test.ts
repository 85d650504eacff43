/** What S3 and STS refuse, as the SDK meets it: the right code, plain words, and no secret in any of them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bucket, openBucket } from '../../src/main/access/bucket.ts';
import { destinationIdentity } from '../../src/main/access/identity.ts';
import { type AccessContext, assumeRole, type Credentials } from '../../src/main/access/signing.ts';
import type { ErrorCode, SluiceError } from '../../src/shared/errors.ts';
import type { DestinationSettings } from '../../src/shared/model.ts';
import { failure } from '../support/source-reading.ts';
import { type AccessRig, externalId, startAccessRig } from './rig.ts';

describe('refusals', () => {
  let rig: AccessRig;
  let now = new Date();
  beforeAll(async () => {
    rig = await startAccessRig({ clock: () => now });
  });
  afterAll(() => rig[Symbol.asyncDispose]());
  beforeEach(() => {
    rig.faults.intercept = undefined;
    now = new Date();
  });

  const secret = 'canary/not+the+secret+access+key/0123456';

  /** What a request fails with; nothing secret may be in it. */
  async function refused(
    settings: DestinationSettings,
    code: ErrorCode,
    context: AccessContext = rig.context,
    request: (bucket: Bucket) => Promise<unknown> = (bucket) => bucket.list('', 1),
  ): Promise<SluiceError> {
    using bucket = openBucket(settings, context);
    return checked(await failure(request(bucket), code));
  }

  function checked(error: SluiceError): SluiceError {
    const shown = JSON.stringify([error.message, error.fix, error.details, error]);
    expect(shown).not.toMatch(/unknown ?error/i);
    expect(shown).not.toContain('canary');
    expect(shown).not.toContain(rig.sandbox.user.secretAccessKey);
    return error;
  }

  const other = (credentials: Partial<Credentials>): AccessContext => ({
    ...rig.context,
    sandbox: { ...rig.sandbox.user, ...credentials },
    secretAccessKey: async () => credentials.secretAccessKey ?? rig.sandbox.user.secretAccessKey,
  });

  it('a wrong secret, at S3 and at STS', async () => {
    await refused(rig.keys(), 'SECRET_KEY_WRONG', other({ secretAccessKey: secret }));
    await refused(rig.role(), 'SECRET_KEY_WRONG', other({ secretAccessKey: secret }));
  });

  it('an unknown key, at S3 and at STS', async () => {
    const accessKeyId = 'AKIAABCDEFGHIJKLMNOP';
    await refused(rig.keys({ access: { type: 'keys', accessKeyId } }), 'CREDENTIALS_INVALID');
    await refused(rig.role(), 'CREDENTIALS_INVALID', other({ accessKeyId }));
  });

  it('a wrong session token', async () => {
    const session = await assumeRole(rig.role(), rig.context, { externalId });
    const wrong = other({ ...session, sessionToken: 'canary' });
    checked(await failure(destinationIdentity(rig.role(), wrong), 'CREDENTIALS_INVALID'));
  });

  it('a session that is over is made anew where we made it, and told where we cannot', async () => {
    const session = await assumeRole(rig.role(), rig.context, { externalId });
    now = new Date(Date.now() + 3_700_000);
    checked(await failure(destinationIdentity(rig.role(), other(session)), 'SESSION_EXPIRED'));
  });

  it('a missing bucket', async () => {
    const error = await refused(rig.keys({ bucket: 'no-such-bucket-here' }), 'BUCKET_NOT_FOUND');
    expect(error.message).toContain('no-such-bucket-here');
  });

  it('a wrong region', async () => {
    const error = await refused(rig.keys({ region: 'ap-south-2' }), 'BUCKET_WRONG_REGION');
    expect(error.message).toContain('us-east-1');
    expect(error.fix).toContain('us-east-1');
  });

  it('a denied action, in bare words and with a reason', async () => {
    rig.faults.intercept = () => ({ deny: true });
    expect((await refused(rig.keys(), 'ACCESS_DENIED')).message).toContain('Access Denied');
    rig.faults.intercept = () => ({ deny: 'no identity-based policy allows the s3:ListBucket action' });
    expect((await refused(rig.keys(), 'ACCESS_DENIED')).message).toContain('no identity-based policy');
  });

  it('HEAD, whose answers have no body', async () => {
    const head = (bucket: Bucket) => bucket.head('k');
    rig.faults.intercept = () => ({ deny: true });
    const denied = await refused(rig.keys(), 'ACCESS_DENIED', rig.context, head);
    expect(denied.message).toMatch(/s3:GetObject on access-tests\/k: HTTP 403/);
    rig.faults.intercept = () => ({ status: 500, code: 'InternalError', message: 'x' });
    await refused(rig.keys(), 'DESTINATION_FAILED', rig.context, head);
    rig.faults.intercept = undefined;
    using bucket = openBucket(rig.keys(), rig.context);
    expect(await bucket.head('no-such-key')).toBeUndefined();
  });

  it('a clock that is an hour off is mended by the SDK, which takes the time from the refusal', async () => {
    now = new Date(Date.now() + 3_600_000);
    using bucket = openBucket(rig.keys(), rig.context);
    expect(await bucket.list('', 1)).toEqual([]);
  });

  it('a refused connection', async () => {
    const endpoint = 'http://127.0.0.1:1';
    const error = await refused(rig.keys({ endpoint }), 'DESTINATION_UNREACHABLE');
    expect(error.message).toContain('ECONNREFUSED');
    await refused(rig.role({ stsEndpoint: endpoint }), 'DESTINATION_UNREACHABLE');
  });

  it('a name that nobody knows', async () => {
    const error = await refused(rig.keys({ endpoint: 'http://host.invalid' }), 'DESTINATION_UNREACHABLE');
    expect(error.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  it('a request that is cancelled while the service is silent', async () => {
    const cancel = new AbortController();
    rig.faults.intercept = () => {
      cancel.abort();
      return new Promise(() => undefined);
    };
    await refused(rig.keys(), 'CANCELLED', rig.context, (bucket) => bucket.list('', 1, cancel.signal));
  });

  it('a role whose sandbox does not run', async () => {
    const { sandbox: _, ...context } = rig.context;
    await refused(rig.role(), 'NOT_SIGNED_IN', context);
  });
});
