/** Which field of the form a failed save points at. Pure. */
import type { ErrorCode } from '../../../shared/errors.ts';
import type { Check, DestinationSettings } from '../../../shared/model.ts';
import { failureOf } from '../../app/failure.ts';
import type { Field, Problems } from './destination-form.ts';

const fieldOf: Partial<Readonly<Record<ErrorCode, Field>>> = {
  NAME_TAKEN: 'name',
  PATH_INVALID: 'pathPrefix',
  BUCKET_NOT_FOUND: 'bucket',
  BUCKET_WRONG_REGION: 'region',
  CREDENTIALS_INVALID: 'accessKeyId',
  SECRET_KEY_WRONG: 'secretAccessKey',
  ASSUME_ROLE_DENIED: 'roleArn',
  ROLE_OPEN: 'roleArn',
  KEYCHAIN_UNAVAILABLE: 'secretAccessKey',
  KEYCHAIN_LOCKED: 'secretAccessKey',
  KEYCHAIN_NO_KEYRING: 'secretAccessKey',
};

/** What the checks and the error say, at the field that it is about; the whole story stands in the checks. */
export function refusedFields(
  ended: { readonly checks: readonly Check[]; readonly error: unknown },
  { access }: DestinationSettings,
): Problems {
  const found: Partial<Record<Field, string>> = {};
  const note = (code: string | undefined, words: string, named?: Field): void => {
    const field = named ?? (fieldOf as Readonly<Record<string, Field>>)[code ?? ''];
    const shown = access.type === 'role' ? rolesOnly : keysOnly;
    if (field !== undefined && shown(field)) found[field] ??= `${words}.`;
  };
  for (const { verdict, code, cause, field } of ended.checks) {
    if (verdict === 'failed' && cause !== undefined) note(code, cause, field);
  }
  if (ended.error !== null) {
    const { code, message } = failureOf(ended.error);
    note(code, message);
  }
  return found;
}

const rolesOnly = (field: Field): boolean => field !== 'accessKeyId' && field !== 'secretAccessKey';
const keysOnly = (field: Field): boolean => field !== 'roleArn';
