import type { Command } from 'commander';
import type { Signer } from '../../../../shared/model.ts';
import { act } from '../command.ts';

export const signerOf = (profile: string | undefined): Signer =>
  profile === undefined ? { kind: 'default' } : { kind: 'profile', profile };

export function addAccessCommands(program: Command): void {
  program
    .command('whoami')
    .summary('print the AWS identity that is signed in')
    .description('Asks AWS who signs the requests, and prints the principal that the trust policy needs.')
    .option('--profile <name>', 'the AWS profile to sign in with')
    .addHelpText('after', '\nExample:\n  sluice whoami --profile work')
    .action(
      act(async ({ terminal, core }, options: { readonly profile?: string }) => {
        const identity = await (await core()).client.access.whoami({ signer: signerOf(options.profile) });
        const { principal, problem } = identity;
        terminal.result(identity, [
          `account    ${identity.accountId} (${identity.partition})`,
          `identity   ${identity.arn}`,
          `found by   ${identity.foundBy.words}`,
          principal === null ? `principal  none: ${problem}` : `principal  ${principal.aws}`,
          ...(principal?.arnLike ?? []).map((pattern) => `           like ${pattern}`),
        ]);
        return undefined;
      }),
    );
}
