import { once } from 'node:events';
import { join } from 'node:path';
import type { Command } from 'commander';
import { SluiceError } from '../../../../shared/errors.ts';
import { act, userPath } from '../command.ts';

export function addSandboxCommand(program: Command): void {
  program
    .command('sandbox')
    .summary('run the embedded S3 and STS until stopped')
    .description(
      'Runs an S3 and STS server on 127.0.0.1 that checks signatures as AWS does, with a bucket and a role to practise on. The credentials are new at every start.',
    )
    .option('--port <port>', 'the port to listen on (default: a free one)')
    .option('--store <folder>', 'where the objects lie as files (default: in the data folder)')
    .addHelpText('after', '\nExample:\n  sluice sandbox --port 9000 --store ./objects')
    .action(
      act(
        async (
          { terminal, core, folder, signal },
          options: { readonly port?: string; readonly store?: string },
        ) => {
          const { startSandbox } = await import('../../../sandbox/sandbox.ts');
          const { furnish } = await import('../../practice.ts');
          const store =
            options.store === undefined ? join(await folder(), 'sandbox') : userPath(options.store);
          await using sandbox = await startSandbox({ store, port: portOf(options.port) });
          const { externalId } = await (await core()).client.access.externalId();
          const { bucket, roleArn } = furnish(sandbox, externalId);
          const { endpoint, region } = sandbox;
          const { accessKeyId, secretAccessKey } = sandbox.user;
          terminal.result({ endpoint, region, accessKeyId, secretAccessKey, bucket, roleArn, store }, [
            `S3 and STS listen on ${endpoint}; the objects lie in ${store}`,
            '',
            // The older `aws` reads its region from AWS_DEFAULT_REGION and no endpoint from the environment.
            `  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}`,
            `  export AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_ENDPOINT_URL=${endpoint}`,
            '  unset AWS_SESSION_TOKEN AWS_PROFILE',
            `  aws --endpoint-url ${endpoint} s3 ls s3://${bucket}`,
            `  sluice destination add --name practice --access role --role-arn ${roleArn} --bucket ${bucket} \\`,
            `    --region ${region} --endpoint ${endpoint} --sts-endpoint ${endpoint} --path-style`,
            '',
            'Press Ctrl-C to stop.',
          ]);
          if (!signal.aborted) await once(signal, 'abort');
          return 0;
        },
      ),
    );
}

export function portOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new SluiceError('INPUT_INVALID', `"${text}" is not a port`, {
    fix: 'Give a number from 0 to 65535.',
  });
}
