/** The setup as a bash script for the `aws` command (on Windows: Git Bash, WSL or AWS CloudShell). */
import { printPolicy } from '../iam.ts';
import { shellQuoted } from '../shell-quote.ts';
import { checkedPieces, type SetupPieces } from './setup-pieces.ts';

/**
 * The script makes what is missing, leaves alone what says the same, and stops at what says something else unless it
 * is given `--update`; so it may be run again after a failure. Its last word on stdout is what Sluice asks for: the
 * ARN of the policy or of the role, or the access key in the form of the file that the console offers (only when it is
 * made). Everything else goes to stderr. Without a policy of its own it takes the ARN of one as an argument.
 *
 * It runs in a subshell, so that a failure does not close the terminal that it was pasted into, and uses nothing that
 * the bash 3.2 of macOS lacks.
 * @throws SluiceError INPUT_INVALID for a name that IAM would not take
 */
export function setupScript(pieces: SetupPieces): string {
  const { policy, role, user } = checkedPieces(pieces);
  const lines = [
    ...head(pieces),
    ...(policy === undefined
      ? ["policy_arn=''"]
      : [
          `policy_name=${shellQuoted(policy.name)}`,
          `policy_document=${shellQuoted(printPolicy(policy.document))}`,
        ]),
    ...(role === undefined
      ? []
      : [`role_name=${shellQuoted(role.name)}`, `trust_document=${shellQuoted(printPolicy(role.document))}`]),
    ...(user === undefined ? [] : [`user_name=${shellQuoted(user.name)}`]),
    ...tools,
    ...(policy === undefined ? argumentsWithArn : argumentsAlone),
    ...(policy === undefined ? [] : makePolicy),
    ...(role === undefined ? [] : makeRole),
    ...(user === undefined ? [] : makeUser),
    ...(role === undefined && user === undefined ? [`printf '%s\\n' "$policy_arn"`] : []),
    ')',
  ];
  return lines.join('\n');
}

function head({ policy, role, user }: SetupPieces): string[] {
  const made = [
    policy && `the policy ${policy.name}`,
    role && `the role ${role.name}`,
    user && `the user ${user.name} with an access key`,
  ].filter((text) => text !== undefined);
  return [
    '#!/usr/bin/env bash',
    `# Makes in your AWS account: ${made.join(', ')}.`,
    '# Run it as somebody who may change IAM: bash FILE [--update]. What is there and says the same is left alone.',
    '(',
    'set -euo pipefail',
    '',
  ];
}

const tools = [
  '',
  `tell() { printf '%s\\n' "$*" >&2; }`,
  '',
  '# What IAM has under a name, as JSON; nothing where there is nothing. Any other answer ends the script.',
  'look() {',
  '  local complaint',
  '  { complaint=$(aws iam "$@" --output json 2>&1 >&3); } 3>&1 && return 0',
  `  case $complaint in *'(NoSuchEntity)'*) return 0 ;; esac`,
  '  tell "$complaint"',
  '  exit 1',
  '}',
  '',
  '# True for documents that differ in their indentation only.',
  `same() { [ "$(printf '%s' "$1" | sed 's/^ *//')" = "$(printf '%s' "$2" | sed 's/^ *//')" ]; }`,
  '',
  'differs() {',
  '  tell "There is $1 already, and it does not say the same. It was left as it is."',
  '  tell "To change it, run this script with --update; to keep it, take another name."',
  '  exit 1',
  '}',
  '',
  'update=no',
];

const argumentsAlone = [
  'for argument in "$@"; do',
  '  case $argument in',
  '    --update) update=yes ;;',
  '    *) tell "This script knows --update, not $argument."; exit 2 ;;',
  '  esac',
  'done',
];

const argumentsWithArn = [
  'for argument in "$@"; do',
  '  case $argument in',
  '    --update) update=yes ;;',
  '    arn:*) policy_arn=$argument ;;',
  '    *) tell "This script knows --update and the ARN of a policy, not $argument."; exit 2 ;;',
  '  esac',
  'done',
];

const makePolicy = [
  '',
  'caller=$(aws sts get-caller-identity --query Arn --output text)',
  // arn:PARTITION:sts::ACCOUNT:…
  `policy_arn=$(printf '%s' "$caller" | sed 's/^\\(arn:[^:]*\\):[^:]*::\\([0-9]*\\):.*/\\1:iam::\\2:policy\\//')$policy_name`,
  'version=$(look get-policy --policy-arn "$policy_arn" --query Policy.DefaultVersionId | tr -d \'"\')',
  'if [ -z "$version" ]; then',
  '  aws iam create-policy --policy-name "$policy_name" --policy-document "$policy_document" >/dev/null',
  '  tell "Made the policy $policy_name."',
  'else',
  '  current=$(look get-policy-version --policy-arn "$policy_arn" --version-id "$version" --query PolicyVersion.Document)',
  '  if same "$current" "$policy_document"; then',
  '    tell "The policy $policy_name is there already."',
  '  elif [ "$update" = yes ]; then',
  '    aws iam create-policy-version --policy-arn "$policy_arn" --policy-document "$policy_document" \\',
  '      --set-as-default >/dev/null',
  '    tell "Changed the policy $policy_name; IAM keeps what it said before as $version."',
  '  else',
  '    differs "the policy $policy_name"',
  '  fi',
  'fi',
];

const makeRole = [
  '',
  "role_arn=''",
  'current=$(look get-role --role-name "$role_name" --query Role.AssumeRolePolicyDocument)',
  'if [ -z "$current" ]; then',
  '  role_arn=$(aws iam create-role --role-name "$role_name" --assume-role-policy-document "$trust_document" \\',
  '    --query Role.Arn --output text)',
  '  tell "Made the role $role_name."',
  'elif same "$current" "$trust_document"; then',
  '  tell "The role $role_name is there already."',
  'elif [ "$update" = yes ]; then',
  '  aws iam update-assume-role-policy --role-name "$role_name" --policy-document "$trust_document"',
  '  tell "Changed the trust policy of the role $role_name."',
  'else',
  '  differs "the role $role_name"',
  'fi',
  '[ -n "$role_arn" ] || role_arn=$(aws iam get-role --role-name "$role_name" --query Role.Arn --output text)',
  'if [ -n "$policy_arn" ]; then',
  '  aws iam attach-role-policy --role-name "$role_name" --policy-arn "$policy_arn"',
  'fi',
  'tell "The ARN of the role, for Sluice:"',
  `printf '%s\\n' "$role_arn"`,
];

const makeUser = [
  '',
  'current=$(look get-user --user-name "$user_name" --query User.UserName)',
  'if [ -z "$current" ]; then',
  '  aws iam create-user --user-name "$user_name" >/dev/null',
  '  tell "Made the user $user_name."',
  'else',
  '  policies=$(look list-attached-user-policies --user-name "$user_name" --query "AttachedPolicies[].PolicyArn")',
  '  case $policies in',
  '    *"\\"$policy_arn\\""*) tell "The user $user_name is there already." ;;',
  '    *) [ "$update" = yes ] || differs "the user $user_name" ;;',
  '  esac',
  'fi',
  'if [ -n "$policy_arn" ]; then',
  '  aws iam attach-user-policy --user-name "$user_name" --policy-arn "$policy_arn"',
  'fi',
  'keys=$(look list-access-keys --user-name "$user_name" --query "AccessKeyMetadata[].AccessKeyId" | tr -d \' "[],\\n\')',
  'if [ -n "$keys" ]; then',
  '  tell "It has the access key $keys already, whose secret AWS does not show again. Where it is lost, delete the key:"',
  '  tell "aws iam delete-access-key --user-name $user_name --access-key-id $keys"',
  '  tell "and run this again."',
  'else',
  '  key=$(aws iam create-access-key --user-name "$user_name" \\',
  '    --query "AccessKey.[AccessKeyId,SecretAccessKey]" --output text)',
  '  tell "Made an access key. AWS shows its secret only now; enter both parts in Sluice:"',
  `  printf 'Access key ID,Secret access key\\n%s\\n' "$(printf '%s' "$key" | tr '\\t' ',')"`,
  'fi',
];
