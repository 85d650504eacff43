/** `npm run bench`: Sluice beside what a user would type instead, on the same data and the same S3. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { destinationArgs, type Installation, install, type RunningSandbox } from '../tests/support/cli.ts';
import { startPostgres, type TestPostgres } from '../tests/support/postgres.ts';
import { missingForRgw } from '../tests/support/rgw.ts';
import { addPipeline, contendersByHand, type Surroundings, sluice } from './contenders.ts';
import { makeTable, sumsOf, tableOf } from './data.ts';
import { startEndpoint } from './endpoint.ts';
import type { LoopDelay } from './event-loop.ts';
import { machineFacts } from './machine.ts';
import { type BenchOptions, parseOptions, usage } from './options.ts';
import { type Results, reportOf } from './report.ts';
import { runGrowth, runOnce, runRounds } from './rounds.ts';

const say = (line: string): void => console.error(line);

async function bench(options: BenchOptions): Promise<Results> {
  const machine = machineFacts();
  await using stack = new AsyncDisposableStack();
  const cli = stack.use(install());
  // The database reads and writes here, too, under its own account.
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  chmodSync(folder, 0o777);
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const server = stack.adopt(await startPostgres({ tls: false }), (started) => started.stop());
  const endpoint = stack.use(await startEndpoint(options.endpoint, cli));
  const around: Surroundings = { cli, server, endpoint, env: environment(server, endpoint) };
  await addSourceAndDestination(around);

  const sizes = [...new Set([options.rows, ...options.growth])];
  for (const rows of sizes) {
    say(`making a table of ${rows} rows`);
    await makeTable(server, rows);
    await addPipeline(around, tableOf(rows));
  }
  const name = tableOf(options.rows);
  const table = { name, sums: await sumsOf(server, name) };
  const sizesOfTable = await bytesOf(server, name, folder);
  const { contenders, leftOut } = contendersByHand(around);
  const own = sluice(around);
  // Once before it counts: programs, tables and the server's own code get into memory.
  for (const contender of [own, ...contenders]) await runOnce(around, contender, tableOf(Math.min(...sizes)));
  const results = await runRounds(around, [own, ...contenders], table, { ...options, folder, say });
  const growth = await runGrowth(
    around,
    options.growth.map((rows) => ({ rows, name: tableOf(rows) })),
    say,
  );
  const eventLoop = await loopDelay(around, name);
  return {
    at: new Date().toISOString(),
    ...{ machine, endpoint: endpoint.name, leftOut, eventLoop, growth },
    table: { rows: table.sums.rows, ...sizesOfTable },
    contenders: results,
  };
}

/** Everybody signs and connects by the environment; nobody by a file of the user. */
const environment = (
  server: TestPostgres,
  { url, region, keys }: Awaited<ReturnType<typeof startEndpoint>>,
) => ({
  PGPASSWORD: server.password,
  PGTZ: 'UTC',
  AWS_ACCESS_KEY_ID: keys.accessKeyId,
  AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  // RGW 16 takes no checksum at the end of a stream, which newer clients send unasked.
  AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
  RCLONE_CONFIG: '',
  RCLONE_CONFIG_BENCH_TYPE: 's3',
  RCLONE_CONFIG_BENCH_PROVIDER: 'Ceph',
  RCLONE_CONFIG_BENCH_ENV_AUTH: 'true',
  RCLONE_CONFIG_BENCH_ENDPOINT: url,
  RCLONE_CONFIG_BENCH_REGION: region,
  RCLONE_CONFIG_BENCH_NO_CHECK_BUCKET: 'true',
  // Its own "private" is refused by buckets without access control lists, as new ones are.
  RCLONE_CONFIG_BENCH_ACL: 'bucket-owner-full-control',
});

async function addSourceAndDestination({ cli, server, endpoint, env }: Surroundings): Promise<void> {
  const destination = destinationArgs(endpoint.destination as RunningSandbox);
  await must(cli, ['source', 'add', '--name', 'bench', '--url', server.url], env);
  await must(cli, [...destination, '--draft'], env);
}

async function must(
  cli: Installation,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const { code, stdout, stderr } = await cli.run(args, { env });
  if (code !== 0) throw new Error(`sluice ${args.join(' ')}: ${stdout}${stderr}`);
}

/** The size of a table as CSV, and through gzip -6, made by the server so that no contender has a part in it. */
async function bytesOf(
  server: TestPostgres,
  table: string,
  folder: string,
): Promise<{ csvBytes: number; gzipBytes: number }> {
  const through = async (filter: string): Promise<number> => {
    const out = join(folder, 'bytes');
    await server.query(`COPY ${table} TO PROGRAM '${filter}wc -c > ${out}' WITH (FORMAT csv, HEADER)`);
    return Number(await readFile(out, 'utf8'));
  };
  return { csvBytes: await through(''), gzipBytes: await through('gzip -6 | ') };
}

async function loopDelay({ cli, env }: Surroundings, pipeline: string): Promise<LoopDelay> {
  const script = fileURLToPath(new URL('event-loop.ts', import.meta.url));
  const { code, stdout, stderr } = await cli.spawn(process.execPath, [script, cli.dataDir, pipeline], {
    env,
    stdin: '',
  }).ended;
  if (code !== 0) throw new Error(`the load of the app failed: ${stderr}`);
  return JSON.parse(stdout) as LoopDelay;
}

async function main(): Promise<void> {
  let options: BenchOptions;
  try {
    options = parseOptions(process.argv.slice(2), missingForRgw !== '');
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  if (options.endpoint === 'sandbox' && missingForRgw !== '') {
    say(`Ceph's RGW is not here (${missingForRgw}); Sluice's own sandbox takes its place`);
  }
  const results = await bench(options);
  console.log(reportOf(results));
  if (options.out === undefined) return;
  const path = resolve(process.env.INIT_CWD ?? '.', options.out);
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
  say(`\nAll numbers: ${path}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
