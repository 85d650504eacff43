import { type Command, Option } from 'commander';
import { type DocumentKind, pieceOf } from '../../../../shared/documents/setup-pieces.ts';
import { setupScript } from '../../../../shared/documents/setup-script.ts';
import { setupTemplate } from '../../../../shared/documents/setup-template.ts';
import { type PolicyDocument, permissionsPolicy, printPolicy } from '../../../../shared/iam.ts';
import { act } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { signerOf } from './access.ts';

/** Other formats are refused by commander with the list of those there are. */
const formatOption = (): Option =>
  new Option('--format <format>', 'how to print it')
    .choices(['json', 'cli', 'cloudformation'])
    .default('json');

/** What a permissions policy is made of, as options. */
export const addPolicyOptions = (command: Command): Command =>
  command
    .requiredOption('--bucket <name>', 'the bucket')
    .option('--path-prefix <path>', 'folders at the start of the path')
    .addOption(
      new Option('--scope <scope>', 'the whole bucket, or only what lies under the path prefix')
        .choices(['bucket', 'prefix'])
        .default('bucket'),
    )
    .option('--partition <name>', 'aws, aws-cn, aws-us-gov or aws-eusc (default: aws)')
    .option('--with-abort', 'also allow removing unfinished uploads after a failure')
    .option('--kms-key <arn>', 'also allow the use of the KMS key that encrypts the bucket');

export interface PolicyChoices {
  readonly bucket: string;
  readonly pathPrefix?: string;
  readonly scope: 'bucket' | 'prefix';
  readonly partition?: string;
  readonly withAbort?: boolean;
  readonly kmsKey?: string;
}

export const wishesOf = ({ bucket, pathPrefix = '', scope, withAbort = false, kmsKey }: PolicyChoices) => ({
  ...{ bucket, pathPrefix, scope, withAbort, kmsKey },
});

export function addDocumentCommands(program: Command): void {
  program
    .command('external-id')
    .summary("print this installation's external ID")
    .description('Prints the external ID that the trust policy of every role names. It never changes.')
    .addHelpText('after', '\nExample:\n  sluice external-id')
    .action(
      act(async ({ terminal, core }) => {
        const { externalId } = await (await core()).client.access.externalId();
        terminal.result({ externalId }, [externalId]);
        return undefined;
      }),
    );

  const policy = program
    .command('policy')
    .summary('print the permissions policy for a bucket')
    .description('Prints the IAM permissions policy: exactly the rights that a load needs.');
  addPolicyOptions(policy)
    .addOption(formatOption())
    .addHelpText(
      'after',
      '\nExample:\n  sluice policy --bucket my-bucket --path-prefix landing --scope prefix --with-abort',
    )
    .action(
      act(async ({ terminal }, options: PolicyChoices & { readonly format: DocumentFormat }) => {
        const document = permissionsPolicy({
          ...wishesOf(options),
          partition: options.partition ?? 'aws',
        });
        show(terminal, 'permissions', document, options.format);
        return undefined;
      }),
    );

  program
    .command('trust')
    .summary('print the trust policy for the role')
    .description('Prints the trust policy that lets one identity assume the role, with the external ID only.')
    .option('--principal <arn>', 'who may assume the role (default: the identity that is signed in)')
    .option('--external-id <id>', "another external ID than this installation's")
    .option('--profile <name>', 'the AWS profile to sign in with')
    .addOption(formatOption())
    .addHelpText('after', '\nExample:\n  sluice trust --principal arn:aws:iam::123456789012:user/anna')
    .action(
      act(async ({ terminal, core }, options: TrustOptions) => {
        const { document } = await (await core()).client.access.trustPolicy({
          signer: signerOf(options.profile),
          principal: options.principal,
          externalId: options.externalId,
        });
        show(terminal, 'trust', document as PolicyDocument, options.format);
        return undefined;
      }),
    );
}

type DocumentFormat = 'json' | 'cli' | 'cloudformation';

function show(
  terminal: Terminal,
  kind: DocumentKind,
  document: PolicyDocument,
  format: DocumentFormat,
): void {
  if (format === 'json') terminal.document(printPolicy(document));
  else if (format === 'cloudformation') terminal.document(setupTemplate(pieceOf(kind, document)));
  else {
    const script = setupScript(pieceOf(kind, document));
    terminal.result({ script }, [script]);
  }
}

interface TrustOptions {
  readonly format: DocumentFormat;
  readonly principal?: string;
  readonly externalId?: string;
  readonly profile?: string;
}
