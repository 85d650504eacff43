/** Users and their access keys. */

import { ServiceError } from '../http/service-error.ts';
import { element, wrap } from '../http/xml.ts';
import type { AccessKey, User } from '../identity/principals.ts';
import type { QueryOperation, QueryRequest } from '../query/operation.ts';
import { boundaryIn } from './boundaries.ts';
import { describeKey, describeUser, listed } from './describe.ts';
import {
  deleteConflict,
  exists,
  limitExceeded,
  nameIn,
  noSuchEntity,
  pathIn,
  required,
  userArn,
  userOf,
} from './input.ts';

const maxKeys = 2;

function createUser({ context, form }: QueryRequest): string {
  const name = nameIn(form, 'UserName', 64);
  if (context.account.users.has(name)) throw exists(`User with name ${name} already exists.`);
  const boundary = boundaryIn(form, context.account);
  return wrap('User', describeUser(context.account.addUser({ name, path: pathIn(form), boundary })));
}

function deleteUser(request: QueryRequest): undefined {
  required(request.form, 'UserName');
  const user = userOf(request);
  if (user.attached.size > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.');
  if (user.inline.size > 0) throw deleteConflict('Cannot delete entity, must delete policies first.');
  if (user.keys.length > 0) throw deleteConflict('Cannot delete entity, must delete access keys first.');
  request.context.account.users.delete(user.name);
}

function listUsers({ context, form }: QueryRequest): string {
  const prefix = form.get('PathPrefix') ?? '/';
  const users = [...context.account.users.values()].filter(({ path }) => path.startsWith(prefix));
  return listed('Users', users.map(describeUser));
}

function createAccessKey(request: QueryRequest): string {
  const user = userOf(request);
  if (user.keys.length >= maxKeys) {
    throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${maxKeys}`);
  }
  const key = request.context.account.addKey(user);
  return wrap('AccessKey', describeKey(user, key), element('SecretAccessKey', key.secret));
}

function listAccessKeys(request: QueryRequest): string {
  const user = userOf(request);
  return listed(
    'AccessKeyMetadata',
    user.keys.map((key) => describeKey(user, key)),
  );
}

function keyOf(user: User, id: string): AccessKey {
  const key = user.keys.find((candidate) => candidate.id === id);
  if (key !== undefined) return key;
  throw noSuchEntity(`The Access Key with id ${id} cannot be found.`);
}

function updateAccessKey(request: QueryRequest): undefined {
  const status = required(request.form, 'Status');
  if (status !== 'Active' && status !== 'Inactive') {
    throw new ServiceError(400, 'ValidationError', `Value '${status}' at 'status' is not Active or Inactive`);
  }
  keyOf(userOf(request), required(request.form, 'AccessKeyId')).active = status === 'Active';
}

function deleteAccessKey(request: QueryRequest): undefined {
  const user = userOf(request);
  const key = keyOf(user, required(request.form, 'AccessKeyId'));
  user.keys.splice(user.keys.indexOf(key), 1);
}

const ofUser = { parameters: ['UserName'], resource: userArn };

export const userOperations: readonly QueryOperation[] = [
  {
    ...ofUser,
    name: 'CreateUser',
    parameters: ['UserName', 'Path', 'Tags', 'PermissionsBoundary'],
    run: createUser,
  },
  { ...ofUser, name: 'GetUser', run: (request) => wrap('User', describeUser(userOf(request))) },
  { ...ofUser, name: 'DeleteUser', run: deleteUser },
  {
    name: 'ListUsers',
    parameters: ['PathPrefix', 'MaxItems', 'Marker'],
    resource: () => '*',
    run: listUsers,
  },
  { ...ofUser, name: 'CreateAccessKey', run: createAccessKey },
  { ...ofUser, name: 'ListAccessKeys', parameters: ['UserName', 'MaxItems', 'Marker'], run: listAccessKeys },
  {
    ...ofUser,
    name: 'UpdateAccessKey',
    parameters: ['UserName', 'AccessKeyId', 'Status'],
    run: updateAccessKey,
  },
  { ...ofUser, name: 'DeleteAccessKey', parameters: ['UserName', 'AccessKeyId'], run: deleteAccessKey },
];
