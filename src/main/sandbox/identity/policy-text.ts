/** A policy as it was handed in, with what it says. */
import { type Policy, type PolicyKind, parsePolicy } from '../policy/document.ts';

export interface PolicyText {
  readonly text: string;
  readonly policy: Policy;
}

/** @throws MalformedPolicy */
export const policyText = (text: string, kind: PolicyKind): PolicyText => ({
  text,
  policy: parsePolicy(text, kind),
});

/** As AWS's managed policy of that name. */
export const administratorAccess = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});
