import { styleText } from 'node:util';
import { type Command, Option } from 'commander';
import type { ContractClient, TestEvent } from '../../../../shared/contract.ts';
import { type ErrorCode, SluiceError } from '../../../../shared/errors.ts';
import type { Access, Check, Destination } from '../../../../shared/model.ts';
import { shellWord } from '../../../../shared/shell-quote.ts';
import { act, type Session } from '../command.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { canPrompt, secretFromPrompt, secretFromStdin } from '../secret-input.ts';
import { type Terminal, table } from '../terminal.ts';
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
    .option('--draft', 'save untested, and mark it so')
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
              ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
              ...(options.stsEndpoint === undefined ? {} : { stsEndpoint: options.stsEndpoint }),
            },
            draft: options.draft === true,
            ...(secretAccessKey === undefined ? {} : { secretAccessKey }),
          },
          { signal: session.signal },
        );
        return await showTest(events, session.terminal);
      }),
    );

  destination
    .command('test <name>')
    .summary('test a saved destination')
    .description('Tries every right that a load needs, and leaves nothing behind.')
    .addHelpText('after', '\nExample:\n  sluice destination test lake')
    .action(
      act(async ({ terminal, core, signal }, name: string) => {
        const { client } = await core();
        return await showTest(await client.destinations.test({ name }, { signal }), terminal);
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
        return await showTest(
          await client.destinations.save(input, { signal: session.signal }),
          session.terminal,
        );
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
  readonly draft?: boolean;
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

/** Shows a connection test as it goes. Denied access has an exit code of its own. */
export async function showTest(events: AsyncIterable<TestEvent>, terminal: Terminal): Promise<number> {
  let firstFailure: ErrorCode | undefined;
  let failed = false;
  for await (const event of events) {
    if ('check' in event) {
      const { code, ...shown } = event;
      terminal.emit(shown);
      showCheck(event, terminal);
      if (event.verdict === 'failed') firstFailure ??= code;
    } else if ('waiting' in event) {
      terminal.warn(`${event.waiting}: ${event.cause}; waiting, ${event.secondsLeft} s left`);
    } else {
      terminal.emit(event);
      if ('result' in event) failed = event.result === 'failed';
      else terminal.say(event.saved ? 'Saved.' : 'Not saved: mend what failed and try again.');
    }
  }
  if (!failed) return 0;
  return firstFailure !== undefined && exitCodeOf(firstFailure) === 3 ? 3 : 1;
}

function showCheck({ check, verdict, cause, fix, statement }: Check, terminal: Terminal): void {
  const signs = { passed: '✓', failed: '✗', warning: '!', skipped: '-' };
  const colours = { passed: 'green', failed: 'red', warning: 'yellow', skipped: 'gray' } as const;
  const sign = styleText(colours[verdict], signs[verdict], { stream: process.stdout });
  terminal.say(`${sign} ${check}${cause === undefined ? '' : `: ${cause}`}`);
  if (fix !== undefined) terminal.say(`  ${fix}`);
  if (statement !== undefined) terminal.say(statement.replaceAll(/^/gm, '    '));
}
