/** Roles. */
import { ServiceError } from '../http/service-error.ts';
import { wrap } from '../http/xml.ts';
import type { QueryOperation, QueryRequest } from '../query/operation.ts';
import { boundaryIn } from './boundaries.ts';
import { describeRole, listed } from './describe.ts';
import {
  deleteConflict,
  exists,
  nameIn,
  pathIn,
  roleArn,
  roleOf,
  sessionSecondsIn,
  trustPolicyIn,
} from './input.ts';

const maxDescription = 1000;

function descriptionIn(form: QueryRequest['form']): string | undefined {
  const text = form.get('Description');
  if (text === undefined || text.length <= maxDescription) return text;
  throw new ServiceError(
    400,
    'ValidationError',
    `The description is longer than ${maxDescription} characters`,
  );
}

function createRole({ context, form }: QueryRequest): string {
  const { account } = context;
  const name = nameIn(form, 'RoleName', 64);
  const trust = trustPolicyIn(form, 'AssumeRolePolicyDocument', account);
  if (account.roles.has(name)) throw exists(`Role with name ${name} already exists.`);
  const role = account.addRole({
    name,
    path: pathIn(form),
    trust,
    description: descriptionIn(form),
    maxSessionSeconds: sessionSecondsIn(form),
    boundary: boundaryIn(form, account),
  });
  return wrap('Role', describeRole(role, account));
}

function updateRole(request: QueryRequest): string {
  const role = roleOf(request);
  role.description = descriptionIn(request.form) ?? role.description;
  role.maxSessionSeconds = sessionSecondsIn(request.form) ?? role.maxSessionSeconds;
  return '';
}

function updateTrust(request: QueryRequest): undefined {
  const role = roleOf(request);
  role.trust = trustPolicyIn(request.form, 'PolicyDocument', request.context.account);
}

function deleteRole(request: QueryRequest): undefined {
  const role = roleOf(request);
  if (role.attached.size > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.');
  if (role.inline.size > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
  request.context.account.roles.delete(role.name);
}

function listRoles({ context, form }: QueryRequest): string {
  const prefix = form.get('PathPrefix') ?? '/';
  const roles = [...context.account.roles.values()].filter(({ path }) => path.startsWith(prefix));
  return listed(
    'Roles',
    roles.map((role) => describeRole(role, context.account)),
  );
}

const ofRole = { parameters: ['RoleName'], resource: roleArn };
const settings = ['Description', 'MaxSessionDuration'];

export const roleOperations: readonly QueryOperation[] = [
  {
    ...ofRole,
    name: 'CreateRole',
    parameters: ['RoleName', 'Path', 'AssumeRolePolicyDocument', 'PermissionsBoundary', 'Tags', ...settings],
    run: createRole,
  },
  {
    ...ofRole,
    name: 'GetRole',
    run: (request) => wrap('Role', describeRole(roleOf(request), request.context.account)),
  },
  { ...ofRole, name: 'UpdateRole', parameters: ['RoleName', ...settings], run: updateRole },
  { ...ofRole, name: 'UpdateAssumeRolePolicy', parameters: ['RoleName', 'PolicyDocument'], run: updateTrust },
  { ...ofRole, name: 'DeleteRole', run: deleteRole },
  {
    name: 'ListRoles',
    parameters: ['PathPrefix', 'MaxItems', 'Marker'],
    resource: () => '*',
    run: listRoles,
  },
];
