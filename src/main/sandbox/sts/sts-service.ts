/** The STS side of the sandbox. */
import { element } from '../http/xml.ts';
import type { QueryContext, QueryOperation } from '../query/operation.ts';
import { createQueryService } from '../query/query-service.ts';
import type { Service } from '../service.ts';
import type { Authenticator } from '../sigv4/authenticate.ts';
import { assumeRole } from './assume-role.ts';
import { getFederationToken, getSessionToken } from './user-sessions.ts';

const getCallerIdentity: QueryOperation = {
  name: 'GetCallerIdentity',
  parameters: [],
  resource: () => '*',
  run: ({ caller }) =>
    element('Arn', caller.arn) + element('UserId', caller.userId) + element('Account', caller.accountId),
};

export const createSts = (context: QueryContext, authenticator: Authenticator): Service =>
  createQueryService(
    {
      service: 'sts',
      version: '2011-06-15',
      operations: [getCallerIdentity, assumeRole, getSessionToken, getFederationToken],
    },
    context,
    authenticator,
  );
