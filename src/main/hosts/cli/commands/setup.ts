import { type Command, Option } from 'commander';
import { parseArn } from '../../../../shared/aws-names.ts';
import { defaultNames, type SetupPieces } from '../../../../shared/documents/setup-pieces.ts';
import { setupScript } from '../../../../shared/documents/setup-script.ts';
import { setupTemplate } from '../../../../shared/documents/setup-template.ts';
import { type StepGroup, templateSteps, writtenSteps } from '../../../../shared/documents/written-steps.ts';
import { SluiceError } from '../../../../shared/errors.ts';
import { type PolicyDocument, permissionsPolicy } from '../../../../shared/iam.ts';
import { regionNamed } from '../../../../shared/regions.ts';
import { shellWord } from '../../../../shared/shell-quote.ts';
import { act, type Session } from '../command.ts';
import { signerOf } from './access.ts';
import { addPolicyOptions, type PolicyChoices, wishesOf } from './documents.ts';

export function addSetupCommand(program: Command): void {
  const setup = program
    .command('setup')
    .summary('print what to do in AWS before a destination can be added')
    .description(
      'Prints the whole setup of the access: as steps in the AWS console, as a script for the AWS command line, or as a CloudFormation template.',
    )
    .addOption(
      new Option('--access <type>', 'a role that you take on, or a user with access keys')
        .choices(['role', 'keys'])
        .default('role'),
    )
    .option('--region <region>', 'the region of the bucket, e.g. ap-southeast-1');
  addPolicyOptions(setup)
    .option('--principal <arn>', 'who may assume the role (default: the identity that is signed in)')
    .option('--profile <name>', 'the AWS profile to sign in with')
    .option('--policy-name <name>', 'how to call the policy')
    .option('--role-name <name>', 'how to call the role')
    .option('--user-name <name>', 'how to call the user')
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['steps', 'cli', 'cloudformation', 'cloudformation-steps'])
        .default('steps'),
    )
    .addHelpText(
      'after',
      `
Examples:
  sluice setup --bucket my-bucket --region eu-central-1 --profile work
  sluice setup --bucket my-bucket --access keys --format cli > setup.sh`,
    )
    .action(act(print));
}

interface SetupOptions extends PolicyChoices {
  readonly access: 'role' | 'keys';
  readonly region?: string;
  readonly principal?: string;
  readonly profile?: string;
  readonly policyName?: string;
  readonly roleName?: string;
  readonly userName?: string;
  readonly format: 'steps' | 'cli' | 'cloudformation' | 'cloudformation-steps';
}

async function print(session: Session, options: SetupOptions): Promise<undefined> {
  const { terminal } = session;
  const { bucket, region = '', format } = options;
  const trust = options.access === 'role' ? await trustOf(session, options) : undefined;
  const partition = partitionFor(options, trust);
  const names = defaultNames(bucket);
  const pieces: SetupPieces = {
    policy: {
      name: options.policyName ?? names.policy,
      document: permissionsPolicy({ ...wishesOf(options), partition }),
    },
    ...(trust === undefined
      ? { user: { name: options.userName ?? names.user } }
      : { role: { name: options.roleName ?? names.role, document: trust } }),
  };
  if (format === 'cli') {
    const script = setupScript(pieces);
    terminal.result({ script }, [script]);
  } else if (format === 'cloudformation') {
    terminal.document(setupTemplate(pieces));
  } else {
    const describe = format === 'steps' ? writtenSteps : templateSteps;
    const steps = describe(pieces, { bucket, partition, region });
    terminal.result({ steps }, [...steps.flatMap(groupLines), '', ...nextLines(options)]);
  }
  return undefined;
}

async function trustOf({ core }: Session, { profile, principal }: SetupOptions): Promise<PolicyDocument> {
  const { client } = await core();
  const { document } = await client.access.trustPolicy({ signer: signerOf(profile), principal });
  return document as PolicyDocument;
}

/** Of the bucket; a role does not reach into another one. */
function partitionFor({ partition, region = '' }: SetupOptions, trust: PolicyDocument | undefined): string {
  const own = parseArn(trust?.Statement[0]?.Principal?.AWS ?? '')?.partition;
  const bucket = partition ?? regionNamed(region)?.partition ?? own ?? 'aws';
  if (own === undefined || own === bucket) return bucket;
  throw new SluiceError(
    'INPUT_INVALID',
    `The bucket is in the partition ${bucket}, and who shall use the role is in ${own}; no role reaches across`,
    { fix: 'Sign in with an identity of the same partition (--profile), or use --access keys.' },
  );
}

function groupLines({ title, steps }: StepGroup, index: number): string[] {
  const indented = (text: string): string => text.replaceAll(/^/gm, '     ');
  return [
    ...(index === 0 ? [] : ['']),
    title,
    ...steps.flatMap(({ text, link, paste }, step) => [
      `${String(step + 1).padStart(3)}. ${text}`,
      ...(link === undefined ? [] : [indented(link)]),
      ...(paste === undefined ? [] : [indented(`The ${paste.what}:`), indented(paste.text)]),
    ]),
  ];
}

function nextLines({ access, bucket, region = 'REGION', pathPrefix, profile }: SetupOptions): string[] {
  const options = [
    `--name NAME --access ${access} --bucket ${bucket} --region ${shellWord(region)}`,
    access === 'role' ? '--role-arn ARN' : '--access-key-id ID --secret-access-key-stdin',
    ...(pathPrefix === undefined ? [] : [`--path-prefix ${shellWord(pathPrefix)}`]),
    ...(profile === undefined || access === 'keys' ? [] : [`--profile ${shellWord(profile)}`]),
  ];
  return ['Then test it and save it:', `  sluice destination add ${options.join(' ')}`];
}
