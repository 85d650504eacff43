/** AssumeRole. Source of the limits: AWS's STS API reference. */
import { accessDenied, ServiceError } from '../http/service-error.ts';
import { element, wrap } from '../http/xml.ts';
import type { Role, SessionCredential } from '../identity/account.ts';
import { MalformedPolicy, type Policy, parsePolicy } from '../policy/document.ts';
import type { QueryOperation, QueryRequest } from '../query/operation.ts';

const minSeconds = 900;
const maxSeconds = 43_200;
const defaultSeconds = 3600;
/** A role that assumes a role gets an hour at most, whatever the role allows. */
const maxChainedSeconds = 3600;

const validationError = (message: string): ServiceError => new ServiceError(400, 'ValidationError', message);

function constraint(value: string, name: string, rule: string): ServiceError {
  return validationError(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must ${rule}`,
  );
}

interface TextRule {
  readonly field: string;
  readonly min: number;
  readonly max: number;
  readonly pattern: RegExp;
}

const roleArnRule: TextRule = { field: 'RoleArn', min: 20, max: 2048, pattern: /^[\u0020-\u00ff]+$/ };
const sessionNameRule: TextRule = { field: 'RoleSessionName', min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ };
const externalIdRule: TextRule = { field: 'ExternalId', min: 2, max: 1224, pattern: /^[\w+=,.@:/-]*$/ };

function checkText(value: string, { field, min, max, pattern }: TextRule): string {
  const name = (field[0] ?? '').toLowerCase() + field.slice(1);
  if (value.length < min) throw constraint(value, name, `have length greater than or equal to ${min}`);
  if (value.length > max) throw constraint(value, name, `have length less than or equal to ${max}`);
  if (!pattern.test(value)) {
    throw constraint(value, name, `satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`);
  }
  return value;
}

function requiredText(form: ReadonlyMap<string, string>, rule: TextRule): string {
  const value = form.get(rule.field);
  if (value !== undefined) return checkText(value, rule);
  const name = (rule.field[0] ?? '').toLowerCase() + rule.field.slice(1);
  throw validationError(
    `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
  );
}

function durationOf(form: ReadonlyMap<string, string>): number {
  const text = form.get('DurationSeconds');
  if (text === undefined) return defaultSeconds;
  if (!/^-?\d{1,9}$/.test(text)) throw validationError(`'${text}' is not a number of seconds`);
  const seconds = Number(text);
  const rule =
    seconds < minSeconds ? `greater than or equal to ${minSeconds}` : `less than or equal to ${maxSeconds}`;
  if (seconds < minSeconds || seconds > maxSeconds) {
    throw constraint(text, 'durationSeconds', `have value ${rule}`);
  }
  return seconds;
}

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

function describe(session: SessionCredential): string {
  const { caller } = session;
  return (
    wrap(
      'Credentials',
      element('AccessKeyId', session.accessKeyId),
      element('SecretAccessKey', session.secretAccessKey),
      element('SessionToken', session.session.token),
      element('Expiration', session.session.expiresAt.toISOString()),
    ) + wrap('AssumedRoleUser', element('AssumedRoleId', caller.userId), element('Arn', caller.arn))
  );
}

/** What is wrong with the request is told before who may send it is looked at. */
function check({ form }: QueryRequest): void {
  requiredText(form, roleArnRule);
  requiredText(form, sessionNameRule);
  const externalId = form.get('ExternalId');
  if (externalId !== undefined) checkText(externalId, externalIdRule);
  durationOf(form);
  sessionPolicyOf(form);
}

function sessionPolicyOf(form: ReadonlyMap<string, string>): readonly Policy[] | undefined {
  const text = form.get('Policy');
  if (text === undefined) return undefined;
  try {
    return [parsePolicy(text, 'identity')];
  } catch (error) {
    if (error instanceof MalformedPolicy)
      throw new ServiceError(400, 'MalformedPolicyDocument', error.message);
    throw error;
  }
}

const condition = (key: string, value: string | undefined): [string, string[]][] =>
  value === undefined ? [] : [[key, [value]]];

function run({ context, caller, form }: QueryRequest): string {
  const sessionName = requiredText(form, sessionNameRule);
  const seconds = durationOf(form);
  const role = context.account.roleOf(form.get('RoleArn') ?? '');
  // Nobody gets here whom the role's trust policy did not let in.
  if (role === undefined) throw accessDenied();
  checkDuration(seconds, role, caller.roleArn !== undefined);
  const lasts = context.sessionSeconds ?? seconds;
  const expiresAt = new Date(Math.floor(context.now().getTime() / 1000) * 1000 + lasts * 1000);
  return describe(context.account.openSession(role, sessionName, expiresAt, sessionPolicyOf(form)));
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
