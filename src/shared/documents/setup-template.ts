/** The setup as a CloudFormation template in JSON. */
import { printPolicy } from '../iam.ts';
import { shellWord } from '../shell-quote.ts';
import { checkedPieces, type SetupPieces } from './setup-pieces.ts';

/**
 * A role or a user without a policy of its own takes the ARN of one as the parameter PolicyArn. An access key is not
 * made: a stack would show its secret for good to everybody who may look at the stack.
 * @throws SluiceError INPUT_INVALID for a name that IAM would not take
 */
export function setupTemplate(pieces: SetupPieces): string {
  const { policy, role, user } = checkedPieces(pieces);
  const held = [{ Ref: policy === undefined ? 'PolicyArn' : 'SluicePolicy' }];
  const needsArn = policy === undefined && (role !== undefined || user !== undefined);
  return printPolicy({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'What Sluice needs to load files into a bucket.',
    ...(needsArn
      ? { Parameters: { PolicyArn: { Type: 'String', Description: 'ARN of the permissions policy' } } }
      : {}),
    Resources: {
      ...(policy && {
        SluicePolicy: {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: { ManagedPolicyName: policy.name, PolicyDocument: policy.document },
        },
      }),
      ...(role && {
        SluiceRole: {
          Type: 'AWS::IAM::Role',
          Properties: {
            RoleName: role.name,
            AssumeRolePolicyDocument: role.document,
            ManagedPolicyArns: held,
          },
        },
      }),
      ...(user && {
        SluiceUser: {
          Type: 'AWS::IAM::User',
          Properties: { UserName: user.name, ManagedPolicyArns: held },
        },
      }),
    },
    Outputs: {
      ...(policy && { PolicyArn: { Value: { Ref: 'SluicePolicy' } } }),
      ...(role && { RoleArn: { Value: { 'Fn::GetAtt': ['SluiceRole', 'Arn'] } } }),
      ...(user && { UserName: { Value: { Ref: 'SluiceUser' } } }),
    },
  });
}

/** The name of the stack: letters, digits and hyphens. */
export const stackName = ({ policy, role, user }: SetupPieces): string =>
  `sluice-${(policy ?? role ?? user)?.name.replace(/^sluice-?/, '') ?? ''}`
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/-$/, '')
    .slice(0, 128);

/**
 * The command that makes a stack of the template in `file`, and later brings it up to date.
 * @param region of the stack; '' for the one that the `aws` command is set to
 */
export function deployCommand(pieces: SetupPieces, file: string, region: string): string {
  const needsArn = pieces.policy === undefined;
  return [
    `aws cloudformation deploy --stack-name ${stackName(pieces)} --template-file ${shellWord(file)}`,
    '--capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset',
    ...(region === '' ? [] : [`--region ${shellWord(region)}`]),
    ...(needsArn ? ['--parameter-overrides PolicyArn=ARN-OF-THE-POLICY'] : []),
  ].join(' ');
}
