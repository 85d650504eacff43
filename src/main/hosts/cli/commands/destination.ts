import { type Command, Option } from 'commander';
import type { ContractClient } from '../../../../shared/contract.ts';
import { SluiceError } from '../../../../shared/errors.ts';
import type { Access, Destination } from '../../../../shared/model.ts';
import { shellWord } from '../../../../shared/shell-quote.ts';
import { act, type Session } from '../command.ts';
import { canPrompt, secretFromPrompt, secretFromStdin } from '../secret-input.ts';
import { showTest } from '../show-test.ts';
import { table } from '../terminal.ts';
import { signerOf } from './access.ts';

export function addDestinationCommands(program: Command): void {
  const destination = program.command('destination').description('Buckets to load into, and their access.');

  destination
    .command('add')
    .summary('test a destination and save it')
    .description('Tests the access right by right, then saves the destination. A failed test saves nothing.')
    .requiredOption('--name <name>', 'how to call it')
    .addOption(
      new Option('--access <type>', 'how to reach the bucket')
        .choices(['role', 'keys'])
        .makeOptionMandatory(),
    )
    .requiredOption('--bucket <name>', 'the bucket')
    .requiredOption('--region <region>', 'its region, e.g. ap-southeast-1')
    .option('--path-prefix <path>', 'folders at the start of every path', '')
    .option('--role-arn <arn>', 'the role to assume (access type role)')
    .option('--profile <name>', 'the AWS profile that assumes the role')
    .option('--access-key-id <id>', 'the access key ID (access type keys)')
    .option('--secret-access-key-stdin', 'read the secret access key from standard input')
    .option('--endpoint <url>', 'an S3-compatible service instead of AWS')
    .option('--sts-endpoint <url>', 'its STS')
    .option('--path-style', 'put the bucket into the path instead of the host name')
    .addOption(
      new Option('--gzip-level <level>', 'how hard files are compressed: 1 is fastest, 6 smallest')
        .choices(['1', '3', '6'])
        .default('3'),
    )
    .option('--draft', 'save untested, and mark it so')
    .option('--no-wait', 'do not wait for changes that AWS may not have carried to everywhere yet')
    .addHelpText(
      'after',
      `
Examples:
  sluice destination add --name lake --access role --role-arn arn:aws:iam::123456789012:role/sluice \\
    --bucket my-bucket --region eu-central-1 --path-prefix landing
  pass show aws/sluice | sluice destination add --name lake --access keys --access-key-id AKIA… \\
    --secret-access-key-stdin --bucket my-bucket --region eu-central-1`,
    )
    .action(
      act(async (session, options: AddOptions) => {
        const secretAccessKey = await secretFor(session, options);
        const { client } = await session.core();
        const events = await client.destinations.save(
          {
            settings: {
              name: options.name,
              access: accessOf(options),
              bucket: options.bucket,
              region: options.region,
              pathPrefix: options.pathPrefix,
              pathStyle: options.pathStyle === true,
              ...gzipLevels[options.gzipLevel],
              ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
              ...(options.stsEndpoint === undefined ? {} : { stsEndpoint: options.stsEndpoint }),
            },
            draft: options.draft === true,
            wait: options.wait,
            ...(secretAccessKey === undefined ? {} : { secretAccessKey }),
          },
          { signal: session.signal },
        );
        const stopWaiting = (wait: string) => client.destinations.stopWaiting({ wait });
        return await showTest({ events, terminal: session.terminal, stopWaiting });
      }),
    );

  destination
    .command('test <name>')
    .summary('test a saved destination')
    .description('Tries every right that a load needs, and leaves nothing behind.')
    .option('--no-wait', 'do not wait for changes that AWS may not have carried to everywhere yet')
    .addHelpText('after', '\nExample:\n  sluice destination test lake')
    .action(
      act(async ({ terminal, core, signal }, name: string, { wait }: { readonly wait: boolean }) => {
        const { client } = await core();
        const events = await client.destinations.test({ name, wait }, { signal });
        const stopWaiting = (id: string) => client.destinations.stopWaiting({ wait: id });
        return await showTest({ events, terminal, stopWaiting });
      }),
    );

  destination
    .command('secret <name>')
    .summary('enter the secret access key of a saved destination')
    .description(
      'Tests the saved access keys with this secret, then keeps it in the keychain of this computer.',
    )
    .option('--secret-access-key-stdin', 'read the secret access key from standard input')
    .addHelpText(
      'after',
      '\nExample:\n  pass show aws/sluice | sluice destination secret lake --secret-access-key-stdin',
    )
    .action(
      act(async (session, name: string, options: Pick<AddOptions, 'secretAccessKeyStdin'>) => {
        const { client } = await session.core();
        const { state: _, testedAt: __, ...settings } = await savedKeys(client, name);
        const secretAccessKey = await secretFor(session, { ...options, access: 'keys' });
        const input = { settings, replaces: name, ...(secretAccessKey && { secretAccessKey }) };
        const events = await client.destinations.save(input, { signal: session.signal });
        const stopWaiting = (wait: string) => client.destinations.stopWaiting({ wait });
        return await showTest({ events, terminal: session.terminal, stopWaiting });
      }),
    );

  destination
    .command('list')
    .summary('list the destinations')
    .addHelpText('after', '\nExample:\n  sluice destination list')
    .action(
      act(async ({ terminal, core }) => {
        const destinations = (await (await core()).client.destinations.list()).map((item) => ({
          name: item.name,
          access: item.access.type,
          bucket: item.bucket,
          pathPrefix: item.pathPrefix,
          region: item.region,
          state: item.state,
          testedAt: item.testedAt,
        }));
        const rows = destinations.map((item) => [
          item.name,
          item.access,
          [item.bucket, item.pathPrefix].filter(Boolean).join('/'),
          item.region,
          item.testedAt === null ? item.state : `${item.state} ${item.testedAt}`,
        ]);
        terminal.result({ destinations }, rows.length === 0 ? ['No destinations yet.'] : table(rows));
        return undefined;
      }),
    );

  destination
    .command('remove <name>')
    .summary('forget a destination; the bucket is not touched')
    .addHelpText('after', '\nExample:\n  sluice destination remove lake')
    .action(
      act(async ({ terminal, core }, name: string) => {
        await (await core()).client.destinations.remove({ name });
        terminal.result({ removed: name }, [`Removed the destination "${name}".`]);
        return undefined;
      }),
    );
}

/** The middle one is what a destination has that names none. */
const gzipLevels = { 1: { gzipLevel: 1 }, 3: {}, 6: { gzipLevel: 6 } } as const;

interface AddOptions {
  readonly name: string;
  readonly access: 'role' | 'keys';
  readonly bucket: string;
  readonly region: string;
  readonly pathPrefix: string;
  readonly roleArn?: string;
  readonly profile?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKeyStdin?: boolean;
  readonly endpoint?: string;
  readonly stsEndpoint?: string;
  readonly pathStyle?: boolean;
  readonly gzipLevel: '1' | '3' | '6';
  readonly draft?: boolean;
  /** False with --no-wait. */
  readonly wait: boolean;
}

function accessOf(options: AddOptions): Access {
  if (options.access === 'role') {
    if (options.roleArn === undefined) throw missing('--role-arn', 'role');
    return { type: 'role', roleArn: options.roleArn, signer: signerOf(options.profile) };
  }
  if (options.accessKeyId === undefined) throw missing('--access-key-id', 'keys');
  return { type: 'keys', accessKeyId: options.accessKeyId };
}

const missing = (option: string, access: string): SluiceError =>
  new SluiceError('INPUT_INVALID', `The access type ${access} needs ${option}`, {
    fix: 'See "sluice destination add --help" for examples.',
  });

/** @throws SluiceError NOT_FOUND, INPUT_INVALID for a role */
async function savedKeys(client: ContractClient, name: string): Promise<Destination> {
  const found = (await client.destinations.list()).find((destination) => destination.name === name);
  if (found === undefined) {
    throw new SluiceError('NOT_FOUND', `There is no destination named "${name}"`, {
      fix: 'List what there is: sluice destination list',
    });
  }
  if (found.access.type === 'keys') return found;
  throw new SluiceError('INPUT_INVALID', `The destination "${name}" uses a role and has no secret`, {
    fix: `Test it: sluice destination test ${shellWord(name)}`,
  });
}

async function secretFor(
  { signal }: Session,
  options: Pick<AddOptions, 'access' | 'secretAccessKeyStdin'>,
): Promise<string | undefined> {
  if (options.access !== 'keys') return undefined;
  if (options.secretAccessKeyStdin === true) return await secretFromStdin('--secret-access-key-stdin');
  return canPrompt() ? await secretFromPrompt('Secret access key:', signal) : undefined;
}
