/**
 * GetSessionToken and GetFederationToken: temporary credentials of a user, its own or narrowed for somebody else.
 * What they may not do is in the IAM user guide, "Compare AWS STS credentials".
 */
import { accessDenied, ServiceError } from '../http/service-error.ts';
import { element, wrap } from '../http/xml.ts';
import type { Caller } from '../identity/caller.ts';
import type { QueryOperation, QueryRequest } from '../query/operation.ts';
import { requiredText, secondsIn, sessionPolicyIn, type TextRule } from './input.ts';
import { describeCredentials, endOf } from './sessions.ts';

const duration = { byDefault: 43_200, min: 900, max: 129_600 };
const nameRule: TextRule = { field: 'Name', min: 2, max: 32, pattern: /^[\w+=,.@-]*$/ };

const isTemporary = ({ issuedAt }: Caller): boolean => issuedAt !== undefined;

function refuseSessions(operation: string, caller: Caller): void {
  if (isTemporary(caller)) throw accessDenied(`Cannot call ${operation} with session credentials`);
}

/** IAM knows nobody by the temporary credentials of a user who gave no second factor. @throws ServiceError */
export function refuseUserSessions(caller: Caller): void {
  if (!isTemporary(caller) || caller.kind === 'role') return;
  throw new ServiceError(
    403,
    'InvalidClientTokenId',
    'The security token included in the request is invalid',
  );
}

export const getSessionToken: QueryOperation = {
  name: 'GetSessionToken',
  parameters: ['DurationSeconds'],
  resource: () => '*',
  check: ({ caller, form }) => {
    secondsIn(form, duration);
    refuseSessions('GetSessionToken', caller);
  },
  run: ({ context, caller, form }) => {
    const end = endOf(secondsIn(form, duration), context);
    return describeCredentials(context.account.openSession(end, caller));
  },
};

const federatedArn = ({ caller, form }: QueryRequest): string =>
  `arn:aws:sts::${caller.accountId}:federated-user/${form.get('Name') ?? ''}`;

export const getFederationToken: QueryOperation = {
  name: 'GetFederationToken',
  parameters: ['Name', 'Policy', 'DurationSeconds'],
  resource: federatedArn,
  check: ({ caller, form }) => {
    requiredText(form, nameRule);
    secondsIn(form, duration);
    sessionPolicyIn(form);
    refuseSessions('GetFederationToken', caller);
  },
  run: (request) => {
    const { context, caller, form } = request;
    const session = context.account.openSession(endOf(secondsIn(form, duration), context), {
      ...caller,
      kind: 'federated',
      arn: federatedArn(request),
      userId: `${caller.accountId}:${requiredText(form, nameRule)}`,
      // Without a policy nothing is handed over.
      sessionPolicies: sessionPolicyIn(form) ?? [],
    });
    const user = element('FederatedUserId', session.caller.userId) + element('Arn', session.caller.arn);
    return describeCredentials(session) + wrap('FederatedUser', user);
  },
};
