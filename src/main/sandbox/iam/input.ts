/** The fields of IAM requests, and IAM's words for what is wrong with them. Source: AWS's IAM API reference. */
import { ServiceError } from '../http/service-error.ts';
import type { Account } from '../identity/account.ts';
import { type PolicyText, policyText } from '../identity/policy-text.ts';
import type { ManagedPolicy, Principal, Role, User } from '../identity/principals.ts';
import { storedPolicy } from '../identity/stored-principals.ts';
import { MalformedPolicy } from '../policy/document.ts';
import type { QueryRequest } from '../query/operation.ts';

type Form = QueryRequest['form'];

const invalid = (message: string): ServiceError => new ServiceError(400, 'ValidationError', message);

const constraint = (field: string, value: string, rule: string): ServiceError =>
  invalid(
    `1 validation error detected: Value '${value}' at '${field.charAt(0).toLowerCase()}${field.slice(1)}' failed to satisfy constraint: Member must ${rule}`,
  );

export function required(form: Form, field: string): string {
  const value = form.get(field);
  if (value !== undefined && value !== '') return value;
  throw constraint(field, value ?? 'null', 'not be null');
}

/** A name of `[\w+=,.@-]`; source of the lengths: "IAM and AWS STS quotas". */
export function nameIn(form: Form, field: string, longest: number): string {
  const name = required(form, field);
  if (name.length > longest) throw constraint(field, name, `have length less than or equal to ${longest}`);
  if (!/^[\w+=,.@-]+$/.test(name)) {
    throw invalid(
      `The specified value for ${field.charAt(0).toLowerCase()}${field.slice(1)} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    );
  }
  return name;
}

export function pathIn(form: Form): string {
  const path = form.get('Path') ?? '/';
  if (path.length <= 512 && /^(\/|\/[\u0021-\u007e]+\/)$/.test(path)) return path;
  throw invalid(
    'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  );
}

export const noSuchEntity = (message: string): ServiceError => new ServiceError(404, 'NoSuchEntity', message);
export const exists = (message: string): ServiceError =>
  new ServiceError(409, 'EntityAlreadyExists', message);
export const limitExceeded = (message: string): ServiceError =>
  new ServiceError(409, 'LimitExceeded', message);
export const deleteConflict = (message: string): ServiceError =>
  new ServiceError(409, 'DeleteConflict', message);

/** The user of that name; without one, the caller itself. */
export function userOf({ context, caller, form }: QueryRequest): User {
  const name = form.get('UserName') ?? caller.userName;
  if (name === undefined) throw invalid('Must specify userName when calling with non-User credentials');
  const user = context.account.users.get(name);
  if (user !== undefined) return user;
  throw noSuchEntity(`The user with name ${name} cannot be found.`);
}

export function roleOf({ context, form }: QueryRequest): Role {
  const name = required(form, 'RoleName');
  const role = context.account.roles.get(name);
  if (role !== undefined) return role;
  throw noSuchEntity(`The role with name ${name} cannot be found.`);
}

export function policyOf({ context, form }: QueryRequest): ManagedPolicy {
  const arn = required(form, 'PolicyArn');
  const policy = context.account.policies.get(arn);
  if (policy !== undefined) return policy;
  throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
}

/** ARNs for the permission check, which comes before anything is looked up. */
export const userArn = ({ context, caller, form }: QueryRequest): string => {
  const name = form.get('UserName') ?? caller.userName ?? '';
  return (
    context.account.users.get(name)?.arn ??
    `arn:aws:iam::${context.account.id}:user${form.get('Path') ?? '/'}${name}`
  );
};
export const roleArn = ({ context, form }: QueryRequest): string => {
  const name = form.get('RoleName') ?? '';
  return (
    context.account.roles.get(name)?.arn ??
    `arn:aws:iam::${context.account.id}:role${form.get('Path') ?? '/'}${name}`
  );
};
export const policyArn = ({ context, form }: QueryRequest): string =>
  form.get('PolicyArn') ??
  `arn:aws:iam::${context.account.id}:policy${form.get('Path') ?? '/'}${form.get('PolicyName') ?? ''}`;

/** White space does not count. */
const lengthOf = (text: string): number => text.replace(/\s/g, '').length;

function wellFormed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof MalformedPolicy)) throw error;
    throw new ServiceError(400, 'MalformedPolicyDocument', error.message);
  }
}

export function identityPolicyIn(form: Form): PolicyText {
  const text = required(form, 'PolicyDocument');
  return wellFormed(() => policyText(text, 'identity'));
}

/** Managed policies hold 6,144 characters. */
export function managedPolicyIn(form: Form): PolicyText {
  const policy = identityPolicyIn(form);
  if (lengthOf(policy.text) > 6144) throw limitExceeded('Cannot exceed quota for PolicySize: 6144');
  return policy;
}

export function trustPolicyIn(form: Form, field: string, account: Account): PolicyText {
  const text = required(form, field);
  if (lengthOf(text) > 2048) throw limitExceeded('Cannot exceed quota for ACLSizePerRole: 2048');
  return wellFormed(() => storedPolicy(text, 'trust', account));
}

/** All inline policies of a user hold 2,048 characters together, those of a role 10,240. */
export function checkInlineSize(owner: Principal, name: string, { text }: PolicyText): void {
  const others = [...owner.inline].filter(([other]) => other !== name);
  const total = others.reduce((sum, [, other]) => sum + lengthOf(other.text), lengthOf(text));
  const limit = owner.kind === 'user' ? 2048 : 10_240;
  if (total <= limit) return;
  throw limitExceeded(`Maximum policy size of ${limit} bytes exceeded for ${owner.kind} ${owner.name}`);
}

export function sessionSecondsIn(form: Form): number | undefined {
  const text = form.get('MaxSessionDuration');
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 3600 && seconds <= 43_200) return seconds;
  const rule = seconds < 3600 ? 'greater than or equal to 3600' : 'less than or equal to 43200';
  throw constraint('MaxSessionDuration', text, `have value ${rule}`);
}
