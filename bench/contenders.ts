/** Who is measured: Sluice, and what a user would type instead. */
import { spawnSync } from 'node:child_process';
import type { Installation, RunningCommand } from '../tests/support/cli.ts';
import type { TestPostgres } from '../tests/support/postgres.ts';
import type { Endpoint } from './endpoint.ts';

export interface Contender {
  readonly name: string;
  /** Programs that it needs, with their versions once they are found. */
  readonly programs: Readonly<Record<string, string>>;
  /** Starts to load a table into the bucket. */
  start(table: string): RunningCommand;
}

export interface LeftOut {
  readonly name: string;
  readonly missing: readonly string[];
}

/** What runs on both sides: the same database, bucket and credentials, by the same environment. */
export interface Surroundings {
  readonly cli: Installation;
  readonly server: TestPostgres;
  readonly endpoint: Endpoint;
  readonly env: Readonly<Record<string, string>>;
}

interface ByHand {
  readonly name: string;
  readonly programs: readonly string[];
  readonly command: (from: string, key: string, endpoint: Endpoint) => string;
}

const byHand: readonly ByHand[] = [
  {
    name: 'psql | gzip -6 | aws s3 cp',
    programs: ['psql', 'gzip', 'aws'],
    command: (from, key, { bucket, url }) =>
      `${from} | gzip -6 | aws --endpoint-url ${url} s3 cp - s3://${bucket}/${key} --only-show-errors`,
  },
  {
    name: 'psql | pigz -6 | rclone rcat',
    programs: ['psql', 'pigz', 'rclone'],
    command: (from, key, { bucket }) => `${from} | pigz -6 | rclone rcat bench:${bucket}/${key}`,
  },
];

/** The first line of what a program says of its version; undefined where it is not installed. */
function versionOf(program: string): string | undefined {
  const { status, stdout, stderr } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return status === 0 ? `${stdout}${stderr}`.split('\n')[0] : undefined;
}

/** Those of the pipelines by hand whose programs are here, and those that are left out. */
export function contendersByHand(around: Surroundings): {
  readonly contenders: readonly Contender[];
  readonly leftOut: readonly LeftOut[];
} {
  const contenders: Contender[] = [];
  const leftOut: LeftOut[] = [];
  for (const { name, programs, command } of byHand) {
    const versions = programs.map((program) => [program, versionOf(program)] as const);
    const missing = versions.filter(([, version]) => version === undefined).map(([program]) => program);
    if (missing.length > 0) {
      leftOut.push({ name, missing });
      continue;
    }
    contenders.push({
      name,
      programs: Object.fromEntries(versions.map(([program, version]) => [program, version ?? ''])),
      start: (table) => {
        const from = `psql -qX ${postgresArgs(around.server)} -c 'COPY ${table} TO STDOUT WITH (FORMAT csv, HEADER)'`;
        const line = command(from, `by-hand/${table}.csv.gz`, around.endpoint);
        return around.cli.spawn('/bin/bash', ['-o', 'pipefail', '-c', line], { env: around.env, stdin: '' });
      },
    });
  }
  return { contenders, leftOut };
}

const postgresArgs = ({ host, port, user, database }: TestPostgres): string =>
  `-h ${host} -p ${port} -U ${user} -d ${database}`;

/** Sluice's command line; the pipeline of a table is called like the table. */
export const sluice = (around: Surroundings): Contender => ({
  name: 'sluice load',
  programs: { node: process.version },
  start: (table) => around.cli.start(['load', table, '--force', '--json'], { env: around.env, stdin: '' }),
});

/** Saves the pipeline that loads a table. */
export async function addPipeline({ cli, env }: Surroundings, table: string): Promise<void> {
  const args = ['pipeline', 'add', '--name', table, '--source', 'bench', '--destination', 'lake'];
  const result = await cli.run([...args, '--destination-prefix', 'bench', '--object', `public.${table}`], {
    env,
  });
  if (result.code !== 0) throw new Error(`${result.stdout}${result.stderr}`);
}
