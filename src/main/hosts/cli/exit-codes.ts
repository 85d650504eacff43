/** What a shell learns from the exit status. */
import { type ErrorCode, type ErrorFamily, familyOf } from '../../../shared/errors.ts';

const byFamily = {
  failed: 1,
  input: 2,
  access: 3,
  source: 4,
  keychain: 5,
  cancelled: 130,
} as const satisfies Record<ErrorFamily, number>;

/** 0 done, 1 failed, 2 wrong usage or bad input, 3 access, 4 source, 5 keychain, 130 cancelled. */
export const exitCodeOf = (code: ErrorCode): number => byFamily[familyOf(code)];
