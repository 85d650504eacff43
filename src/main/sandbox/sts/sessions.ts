/** What the operations that hand out temporary credentials have in common. */
import { element, wrap } from '../http/xml.ts';
import type { SessionCredential } from '../identity/caller.ts';
import type { QueryContext } from '../query/operation.ts';

/** When a session of so many seconds ends, in whole seconds as STS tells it. */
export function endOf(seconds: number, { now, sessionSeconds }: QueryContext): Date {
  const begin = Math.floor(now().getTime() / 1000);
  return new Date((begin + (sessionSeconds ?? seconds)) * 1000);
}

export const describeCredentials = ({ accessKeyId, secretAccessKey, session }: SessionCredential): string =>
  wrap(
    'Credentials',
    element('AccessKeyId', accessKeyId),
    element('SecretAccessKey', secretAccessKey),
    element('SessionToken', session.token),
    element('Expiration', session.expiresAt.toISOString()),
  );
