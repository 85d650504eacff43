/** A letter to whoever may change IAM, with everything that has to be made. Nothing in it is secret. */
import { printPolicy } from '../iam.ts';
import { regionTitle } from '../regions.ts';
import { checkedPieces, type SetupPieces } from './setup-pieces.ts';
import type { SetupPlace } from './written-steps.ts';

/** @throws SluiceError INPUT_INVALID for a name that IAM would not take */
export function administratorRequest(pieces: SetupPieces, { bucket, region }: SetupPlace): string {
  const { policy, role, user } = checkedPieces(pieces);
  const where = region === '' ? '' : `, in ${regionTitle(region)}`;
  const parts = [
    policy && `Make an IAM policy named ${policy.name}:\n\n${printPolicy(policy.document)}`,
    role &&
      `Make an IAM role named ${role.name} with this custom trust policy, and attach the policy to it:\n\n${printPolicy(role.document)}`,
    user && `Make an IAM user named ${user.name} without access to the console, and attach the policy to it.`,
    user && 'Make an access key for it, for the command line.',
  ].filter((part) => part !== undefined);
  const answer =
    role === undefined
      ? 'Please send me the access key ID and the secret access key on a way that others cannot read.'
      : 'Please send me the ARN of the role.';
  return [
    `Please give Sluice access to the S3 bucket ${bucket}${where}.`,
    'Sluice loads tables from my computer into that bucket, and asks for no right beyond the policy below.',
    ...parts.map((part, index) => `${index + 1}. ${part}`),
    ...(role === undefined
      ? []
      : [
          'Please keep the condition on sts:ExternalId exactly as it is: Sluice checks that the role cannot be assumed without it.',
        ]),
    answer,
  ].join('\n\n');
}
