/** The IAM side of the sandbox: as much of the API as the setup of an access needs. */
import type { QueryContext } from '../query/operation.ts';
import { createQueryService } from '../query/query-service.ts';
import type { Service } from '../service.ts';
import type { Authenticator } from '../sigv4/authenticate.ts';
import { refuseUserSessions } from '../sts/user-sessions.ts';
import { boundaryOperations } from './boundaries.ts';
import { grantOperations } from './grants.ts';
import { policyOperations } from './policies.ts';
import { roleOperations } from './roles.ts';
import { userOperations } from './users.ts';

export const createIam = (context: QueryContext, authenticator: Authenticator): Service =>
  createQueryService(
    {
      service: 'iam',
      version: '2010-05-08',
      operations: [
        ...userOperations,
        ...roleOperations,
        ...policyOperations,
        ...grantOperations,
        ...boundaryOperations,
      ],
      admit: refuseUserSessions,
    },
    context,
    authenticator,
  );
