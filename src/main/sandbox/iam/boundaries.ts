/** Permissions boundaries: the most that a user or role may do, as the ARN of a managed policy. */
import type { Account } from '../identity/account.ts';
import type { Principal } from '../identity/principals.ts';
import type { QueryOperation, QueryRequest } from '../query/operation.ts';
import { noSuchEntity, required, roleArn, roleOf, userArn, userOf } from './input.ts';

type Form = QueryRequest['form'];

/** Of a user or role that is being made. @throws ServiceError NoSuchEntity */
export function boundaryIn(form: Form, { policies }: Account): string | undefined {
  const arn = form.get('PermissionsBoundary');
  if (arn === undefined || policies.has(arn)) return arn;
  throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
}

function operationsFor(
  type: 'User' | 'Role',
  find: (request: QueryRequest) => Principal,
  resource: QueryOperation['resource'],
): QueryOperation[] {
  const name = `${type}Name`;
  const owner = (request: QueryRequest): Principal => {
    required(request.form, name);
    return find(request);
  };
  return [
    {
      name: `Put${type}PermissionsBoundary`,
      parameters: [name, 'PermissionsBoundary'],
      resource,
      run: (request) => {
        required(request.form, 'PermissionsBoundary');
        owner(request).boundary = boundaryIn(request.form, request.context.account);
        return undefined;
      },
    },
    {
      name: `Delete${type}PermissionsBoundary`,
      parameters: [name],
      resource,
      run: (request) => {
        const found = owner(request);
        if (found.boundary === undefined) {
          throw noSuchEntity(`No permissions boundary is set for ${found.kind} ${found.name}`);
        }
        found.boundary = undefined;
        return undefined;
      },
    },
  ];
}

export const boundaryOperations: readonly QueryOperation[] = [
  ...operationsFor('User', userOf, userArn),
  ...operationsFor('Role', roleOf, roleArn),
];
