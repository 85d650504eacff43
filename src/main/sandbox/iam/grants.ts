/** What users and roles may do: their inline policies, and the managed ones that are attached. */
import { element, wrap } from '../http/xml.ts';
import type { Principal } from '../identity/principals.ts';
import type { QueryOperation, QueryRequest } from '../query/operation.ts';
import { encoded, listed } from './describe.ts';
import {
  checkInlineSize,
  identityPolicyIn,
  limitExceeded,
  nameIn,
  noSuchEntity,
  policyOf,
  required,
  roleArn,
  roleOf,
  userArn,
  userOf,
} from './input.ts';

const maxAttached = 10;

interface Owners {
  /** `User` or `Role`, as it stands in the names of operations and fields. */
  readonly type: 'User' | 'Role';
  readonly find: (request: QueryRequest) => Principal;
  readonly arn: (request: QueryRequest) => string;
}

/** The same operations exist for users and for roles. */
function operationsFor({ type, find, arn }: Owners): QueryOperation[] {
  const nameField = `${type}Name`;
  const owner = (request: QueryRequest): Principal => {
    required(request.form, nameField);
    return find(request);
  };
  const common = { resource: arn };
  return [
    {
      ...common,
      name: `Put${type}Policy`,
      parameters: [nameField, 'PolicyName', 'PolicyDocument'],
      run: (request) => putInline(request, owner(request)),
    },
    {
      ...common,
      name: `Get${type}Policy`,
      parameters: [nameField, 'PolicyName'],
      run: (request) => {
        const found = owner(request);
        const policyName = inlineName(request, found);
        return (
          element(nameField, found.name) +
          element('PolicyName', policyName) +
          element('PolicyDocument', encoded(found.inline.get(policyName)?.text ?? ''))
        );
      },
    },
    {
      ...common,
      name: `Delete${type}Policy`,
      parameters: [nameField, 'PolicyName'],
      run: (request) => {
        const found = owner(request);
        found.inline.delete(inlineName(request, found));
        return undefined;
      },
    },
    {
      ...common,
      name: `List${type}Policies`,
      parameters: [nameField, 'MaxItems', 'Marker'],
      run: (request) => {
        const names = [...owner(request).inline.keys()];
        const members = names.map((name) => element('member', name));
        return wrap('PolicyNames', ...members) + element('IsTruncated', false);
      },
    },
    {
      ...common,
      name: `Attach${type}Policy`,
      parameters: [nameField, 'PolicyArn'],
      run: (request) => attach(request, owner(request)),
    },
    {
      ...common,
      name: `Detach${type}Policy`,
      parameters: [nameField, 'PolicyArn'],
      run: (request) => detach(request, owner(request)),
    },
    {
      ...common,
      name: `ListAttached${type}Policies`,
      parameters: [nameField, 'PathPrefix', 'MaxItems', 'Marker'],
      run: (request) => listAttached(request, owner(request)),
    },
  ];
}

function putInline({ form }: QueryRequest, owner: Principal): undefined {
  const name = nameIn(form, 'PolicyName', 128);
  const policy = identityPolicyIn(form);
  checkInlineSize(owner, name, policy);
  owner.inline.set(name, policy);
}

function inlineName({ form }: QueryRequest, owner: Principal): string {
  const name = required(form, 'PolicyName');
  if (owner.inline.has(name)) return name;
  throw noSuchEntity(`The ${owner.kind} policy with name ${name} cannot be found.`);
}

function attach(request: QueryRequest, owner: Principal): undefined {
  const { arn } = policyOf(request);
  if (!owner.attached.has(arn) && owner.attached.size >= maxAttached) {
    const quota = owner.kind === 'user' ? 'PoliciesPerUser' : 'PoliciesPerRole';
    throw limitExceeded(`Cannot exceed quota for ${quota}: ${maxAttached}`);
  }
  owner.attached.add(arn);
}

function detach({ form }: QueryRequest, owner: Principal): undefined {
  const arn = required(form, 'PolicyArn');
  if (!owner.attached.delete(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
}

function listAttached({ context }: QueryRequest, owner: Principal): string {
  return listed(
    'AttachedPolicies',
    [...owner.attached].map(
      (arn) => element('PolicyName', context.account.policies.get(arn)?.name) + element('PolicyArn', arn),
    ),
  );
}

export const grantOperations: readonly QueryOperation[] = [
  ...operationsFor({ type: 'User', find: userOf, arn: userArn }),
  ...operationsFor({ type: 'Role', find: roleOf, arn: roleArn }),
];
