/** The fields of STS requests, and STS's words for what is wrong with them. Source of the limits: AWS's STS API reference. */
import { ServiceError } from '../http/service-error.ts';
import { MalformedPolicy, type Policy, parsePolicy } from '../policy/document.ts';

type Form = ReadonlyMap<string, string>;

export const validationError = (message: string): ServiceError =>
  new ServiceError(400, 'ValidationError', message);

function constraint(value: string, name: string, rule: string): ServiceError {
  return validationError(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must ${rule}`,
  );
}

export interface TextRule {
  readonly field: string;
  readonly min: number;
  readonly max: number;
  readonly pattern: RegExp;
}

export function checkText(value: string, { field, min, max, pattern }: TextRule): string {
  const name = (field[0] ?? '').toLowerCase() + field.slice(1);
  if (value.length < min) throw constraint(value, name, `have length greater than or equal to ${min}`);
  if (value.length > max) throw constraint(value, name, `have length less than or equal to ${max}`);
  if (!pattern.test(value)) {
    throw constraint(value, name, `satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`);
  }
  return value;
}

export function requiredText(form: Form, rule: TextRule): string {
  const value = form.get(rule.field);
  if (value !== undefined) return checkText(value, rule);
  const name = (rule.field[0] ?? '').toLowerCase() + rule.field.slice(1);
  throw validationError(
    `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
  );
}

export interface DurationRule {
  /** All in seconds. */
  readonly byDefault: number;
  readonly min: number;
  readonly max: number;
}

export function secondsIn(form: Form, { byDefault, min, max }: DurationRule): number {
  const text = form.get('DurationSeconds');
  if (text === undefined) return byDefault;
  if (!/^-?\d{1,9}$/.test(text)) throw validationError(`'${text}' is not a number of seconds`);
  const seconds = Number(text);
  if (seconds >= min && seconds <= max) return seconds;
  const rule = seconds < min ? `greater than or equal to ${min}` : `less than or equal to ${max}`;
  throw constraint(text, 'durationSeconds', `have value ${rule}`);
}

/** The policy that narrows a session; undefined for none. @throws ServiceError MalformedPolicyDocument */
export function sessionPolicyIn(form: Form): readonly Policy[] | undefined {
  const text = form.get('Policy');
  if (text === undefined) return undefined;
  try {
    return [parsePolicy(text, 'identity')];
  } catch (error) {
    if (!(error instanceof MalformedPolicy)) throw error;
    throw new ServiceError(400, 'MalformedPolicyDocument', error.message);
  }
}
