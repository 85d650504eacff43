/** AssumeRole. Source of the limits: AWS's STS API reference. */
import { accessDenied } from '../http/service-error.ts';
import { element, wrap } from '../http/xml.ts';
import type { Role } from '../identity/principals.ts';
import type { QueryOperation, QueryRequest } from '../query/operation.ts';
import {
  checkText,
  requiredText,
  secondsIn,
  sessionPolicyIn,
  type TextRule,
  validationError,
} from './input.ts';
import { describeCredentials, endOf } from './sessions.ts';

/** A role that assumes a role gets an hour at most, whatever the role allows. */
const maxChainedSeconds = 3600;

const duration = { byDefault: 3600, min: 900, max: 43_200 };
const roleArnRule: TextRule = { field: 'RoleArn', min: 20, max: 2048, pattern: /^[\u0020-\u00ff]+$/ };
const sessionNameRule: TextRule = { field: 'RoleSessionName', min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ };
const externalIdRule: TextRule = { field: 'ExternalId', min: 2, max: 1224, pattern: /^[\w+=,.@:/-]*$/ };

function checkDuration(seconds: number, role: Role, chained: boolean): void {
  if (chained && seconds > maxChainedSeconds) {
    throw validationError(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  if (seconds > role.maxSessionSeconds) {
    throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
}

/** What is wrong with the request is told before who may send it is looked at. */
function check({ caller, form }: QueryRequest): void {
  requiredText(form, roleArnRule);
  requiredText(form, sessionNameRule);
  const externalId = form.get('ExternalId');
  if (externalId !== undefined) checkText(externalId, externalIdRule);
  secondsIn(form, duration);
  sessionPolicyIn(form);
  if (caller.kind === 'root') throw accessDenied('Roles may not be assumed by root accounts.');
}

const condition = (key: string, value: string | undefined): [string, string[]][] =>
  value === undefined ? [] : [[key, [value]]];

function run({ context, caller, form }: QueryRequest): string {
  const sessionName = requiredText(form, sessionNameRule);
  const seconds = secondsIn(form, duration);
  const role = context.account.roleOf(form.get('RoleArn') ?? '');
  // Nobody gets here whom the role's trust policy did not let in.
  if (role === undefined) throw accessDenied();
  checkDuration(seconds, role, caller.kind === 'role');
  const session = context.account.assume(role, sessionName, endOf(seconds, context), sessionPolicyIn(form));
  const user = element('AssumedRoleId', session.caller.userId) + element('Arn', session.caller.arn);
  return describeCredentials(session) + wrap('AssumedRoleUser', user);
}

export const assumeRole: QueryOperation = {
  name: 'AssumeRole',
  parameters: ['RoleArn', 'RoleSessionName', 'ExternalId', 'DurationSeconds', 'Policy'],
  resource: ({ form }) => form.get('RoleArn') ?? '*',
  conditions: ({ form }) =>
    new Map([
      ...condition('sts:externalid', form.get('ExternalId')),
      ...condition('sts:rolesessionname', form.get('RoleSessionName')),
    ]),
  check,
  run,
};
