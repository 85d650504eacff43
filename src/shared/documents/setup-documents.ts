/**
 * The two IAM documents in the forms in which they are put into an account: a script for bash and the AWS command
 * line, and a CloudFormation template in JSON. Nothing in them is secret.
 */
import { type PolicyDocument, printPolicy } from '../iam.ts';

/** `permissions`: a managed policy. `trust`: the role that it lets in. */
export type DocumentKind = 'permissions' | 'trust';

const policyName = 'sluice-permissions';
const roleName = 'sluice';

/**
 * A bash script (on Windows: Git Bash, WSL or AWS CloudShell). The quoted heredoc hands the document on as it
 * stands. The one for `trust` makes the role or changes its trust policy, and attaches the policy whose ARN is
 * its first argument; the one for `permissions` prints that ARN.
 */
export const cliScript = (kind: DocumentKind, document: PolicyDocument): string =>
  [
    '#!/usr/bin/env bash',
    'set -euo pipefail',
    '',
    "document=$(cat <<'SLUICE_DOCUMENT'",
    printPolicy(document),
    'SLUICE_DOCUMENT',
    ')',
    '',
    ...(kind === 'permissions' ? createPolicy : createRole),
  ].join('\n');

// A policy that exists is left alone: AWS refuses with EntityAlreadyExists, since others may use it.
const createPolicy = [
  `aws iam create-policy --policy-name ${policyName} --policy-document "$document" \\`,
  '  --query Policy.Arn --output text',
];

const createRole = [
  `if aws iam get-role --role-name ${roleName} >/dev/null 2>&1; then`,
  `  aws iam update-assume-role-policy --role-name ${roleName} --policy-document "$document"`,
  'else',
  `  aws iam create-role --role-name ${roleName} --assume-role-policy-document "$document" >/dev/null`,
  'fi',
  `if [ -n "\${1:-}" ]; then`,
  `  aws iam attach-role-policy --role-name ${roleName} --policy-arn "$1"`,
  'fi',
  `aws iam get-role --role-name ${roleName} --query Role.Arn --output text`,
];

/**
 * A CloudFormation template. Deployed with `aws cloudformation deploy --capabilities CAPABILITY_NAMED_IAM`; the
 * role's takes `--parameter-overrides PolicyArn=ARN`.
 */
export const cloudFormationTemplate = (kind: DocumentKind, document: PolicyDocument): string =>
  printPolicy(kind === 'permissions' ? policyTemplate(document) : roleTemplate(document));

const policyTemplate = (document: PolicyDocument): object => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Resources: {
    SluicePermissions: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { ManagedPolicyName: policyName, PolicyDocument: document },
    },
  },
  Outputs: { PolicyArn: { Value: { Ref: 'SluicePermissions' } } },
});

const roleTemplate = (document: PolicyDocument): object => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Parameters: { PolicyArn: { Type: 'String', Description: 'ARN of the permissions policy' } },
  Resources: {
    SluiceRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: roleName,
        AssumeRolePolicyDocument: document,
        ManagedPolicyArns: [{ Ref: 'PolicyArn' }],
      },
    },
  },
  Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['SluiceRole', 'Arn'] } } },
});
