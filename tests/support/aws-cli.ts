/** The `aws` command of the user, against an endpoint of the test, with a home of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface AwsResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AwsCli extends Disposable {
  /** An empty folder for files of the test; the commands run in it. */
  readonly folder: string;
  /** Runs `aws …` to its end. @param input its standard input; empty when absent */
  run(args: readonly string[], options?: { input?: Buffer | string; keys?: Keys }): Promise<AwsResult>;
  /** Runs it, expects success, and parses its JSON; undefined for no output. */
  json(args: readonly string[], options?: { keys?: Keys }): Promise<unknown>;
}

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What is missing on this machine, for the name of a skipped suite; '' when the command is there. */
export const missingForAwsCli: string = spawnSync('aws', ['--version']).status === 0 ? '' : 'awscli';

export function awsCli(endpoint: string, region: string, keys: Keys): AwsCli {
  const folder = mkdtempSync(join(tmpdir(), 'slc-aws-'));
  writeFileSync(
    join(folder, 'config'),
    `[default]\nregion = ${region}\noutput = json\ns3 =\n  addressing_style = path\n  signature_version = s3v4\n`,
  );
  const environment = (who: Keys): Record<string, string> => ({
    PATH: process.env.PATH ?? '',
    HOME: folder,
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_MAX_ATTEMPTS: '1',
    AWS_ACCESS_KEY_ID: who.accessKeyId,
    AWS_SECRET_ACCESS_KEY: who.secretAccessKey,
    ...(who.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: who.sessionToken }),
  });
  const run: AwsCli['run'] = async (args, { input = '', keys: who = keys } = {}) => {
    const child = spawn('aws', ['--endpoint-url', endpoint, ...args], { cwd: folder, env: environment(who) });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    }
    child.stdin.on('error', () => undefined).end(input);
    const [code] = await once(child, 'close');
    return { code, ...output };
  };
  return {
    folder,
    run,
    async json(args, options) {
      const { code, stdout, stderr } = await run(args, options);
      if (code !== 0) throw new Error(`aws ${args.join(' ')}: ${code} ${stderr}`);
      return stdout.trim() === '' ? undefined : JSON.parse(stdout);
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
