/** Commands and texts to copy that mend what a check found. */
import { parseArn, parseIamResource } from '../../../shared/aws-names.ts';
import type { SluiceError } from '../../../shared/errors.ts';
import type { Access, Identity, Remedy } from '../../../shared/model.ts';
import { abortUploadsRule } from '../../../shared/lifecycle-rule.ts';
import { shellQuoted } from '../../../shared/shell-quote.ts';
import { parseDenial } from '../denial.ts';

const policyDocument = (statement: object): string =>
  shellQuoted(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));

/** The name of a role without its path. */
export const roleNameOf = (roleArn: string): string => {
  const arn = parseArn(roleArn);
  const parsed = arn === undefined ? undefined : parseIamResource(arn, 'role');
  return parsed?.name ?? roleArn;
};

export const signInCommand = (command: string): Remedy => ({
  kind: 'command',
  label: 'Sign in',
  text: command,
});

export const updateTrust = (roleArn: string, trust: object): Remedy => ({
  kind: 'command',
  label: 'Change the trust policy from the command line',
  text: `aws iam update-assume-role-policy --role-name ${shellQuoted(roleNameOf(roleArn))} --policy-document ${shellQuoted(JSON.stringify(trust))}`,
});

export const createRole = (roleArn: string, trust: object): Remedy => ({
  kind: 'command',
  label: 'Make the role from the command line',
  text: `aws iam create-role --role-name ${shellQuoted(roleNameOf(roleArn))} --assume-role-policy-document ${shellQuoted(JSON.stringify(trust))}`,
});

/** Adds a statement to the one whose right is missing; undefined where nobody knows who that is. */
export function addStatement(
  access: Access,
  identity: Identity | undefined,
  { name, statement }: { readonly name: string; readonly statement: object },
): Remedy | undefined {
  const target =
    access.type === 'role'
      ? `put-role-policy --role-name ${shellQuoted(roleNameOf(access.roleArn))}`
      : identity?.kind === 'user'
        ? `put-user-policy --user-name ${shellQuoted(identity.name)}`
        : undefined;
  return target === undefined
    ? undefined
    : {
        kind: 'command',
        label: 'Add the statement from the command line',
        text: `aws iam ${target} --policy-name ${shellQuoted(name)} --policy-document ${policyDocument(statement)}`,
      };
}

export const showBucketPolicy = (bucket: string): Remedy => ({
  kind: 'command',
  label: 'Show the bucket policy',
  text: `aws s3api get-bucket-policy --bucket ${shellQuoted(bucket)} --query Policy --output text`,
});

/** Lets S3 remove unfinished uploads by itself. */
export const expireUploads = (bucket: string, pathPrefix: string): Remedy => ({
  kind: 'command',
  label:
    'Or let S3 remove unfinished uploads by itself; this replaces the lifecycle rules that the bucket has',
  text: `aws s3api put-bucket-lifecycle-configuration --bucket ${shellQuoted(bucket)} --lifecycle-configuration ${shellQuoted(JSON.stringify(JSON.parse(abortUploadsRule(pathPrefix))))}`,
});

/** A text for whoever manages the policy that denies it. */
export function requestFor(problem: SluiceError, who: string | undefined): Remedy {
  const denial = parseDenial(problem.message);
  const { action, requestId } = problem.details;
  const facts: readonly (readonly [string, unknown])[] = [
    ['Who', denial.caller ?? who],
    ['Action', denial.action ?? action],
    ['Resource', denial.resource],
    ['Denied by', denial.by],
    ['Policy', denial.policyArn],
    ['Request ID', requestId],
    ['Time', new Date().toISOString()],
  ];
  const known = facts.filter(([, value]) => value !== undefined);
  return {
    kind: 'request',
    label: 'A request for your administrator',
    text: [
      `Please allow ${denial.action ?? action} for the load of data into S3; a ${denial.by ?? 'policy'} denies it now.`,
      '',
      ...known.map(([name, value]) => `${name}: ${value}`),
      '',
      `AWS says: ${problem.message}`,
    ].join('\n'),
  };
}
