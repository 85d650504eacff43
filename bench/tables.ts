/**
 * `npm run bench:tables`: many small tables of PostgreSQL and of SQLite in one pipeline each, beside a loop of what
 * one would type by hand, and with other numbers of objects at a time than the default. Every file is read back.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { defaultOptions } from '../src/main/load/options.ts';
import { destinationArgs, install, type RunningCommand, type RunningSandbox } from '../tests/support/cli.ts';
import { startPostgres } from '../tests/support/postgres.ts';
import { missingForRgw } from '../tests/support/rgw.ts';
import { startEndpoint } from './endpoint.ts';
import { machineFacts } from './machine.ts';
import { type Measured, measure } from './measure.ts';
import { median, medianKnown } from './statistics.ts';

const { values } = parseArgs({
  options: {
    tables: { type: 'string', default: '300' },
    rows: { type: 'string', default: '100' },
    /** Tables that the loop by hand loads: each takes as long as the other. */
    'by-hand': { type: 'string', default: '20' },
    /** Numbers of readers beside the default, or "none". */
    readers: { type: 'string', default: '1,2,4,8,16' },
    rounds: { type: 'string', default: '3' },
    endpoint: { type: 'string', default: missingForRgw === '' ? 'rgw' : 'sandbox' },
  },
});
const tables = Number(values.tables);
const rows = Number(values.rows);
const rounds = Number(values.rounds);
const readerCounts = values.readers === 'none' ? [] : values.readers.split(',').map(Number);
const say = (line: string): void => console.error(line);

const nameOf = (table: number): string => `t_${String(table).padStart(5, '0')}`;
const rowOf = (table: number, row: number): readonly [number, string, string] => [
  row,
  `customer ${(row * 7919 + table) % 100_000}`,
  row % 10 === 0 ? '' : `order ${table}-${row}, paid by card`,
];
const header = 'id,customer,note\n';

/** The CSV of a table as both engines' loads must write it. */
function csvOf(table: number): string {
  let text = header;
  for (let row = 1; row <= rows; row++) {
    const [id, customer, note] = rowOf(table, row);
    text += `${id},${customer},"${note}"\n`;
  }
  return text;
}

await using stack = new AsyncDisposableStack();
const cli = stack.use(install());
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-tables-'));
stack.defer(() => rmSync(folder, { recursive: true, force: true }));
const server = stack.adopt(await startPostgres({ tls: false }), (started) => started.stop());
const endpoint = stack.use(await startEndpoint(values.endpoint === 'rgw' ? 'rgw' : 'sandbox', cli));
const { url, bucket, region, keys } = endpoint;
const env = {
  PGPASSWORD: server.password,
  AWS_ACCESS_KEY_ID: keys.accessKeyId,
  AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
};
const machine = machineFacts();
say(
  `${machine.cores} cores, ${machine.system}, Node ${machine.node}, load ${machine.load.toFixed(1)}; ${endpoint.name}`,
);
say(`making ${tables} tables of ${rows} rows, twice`);
const sqlitePath = join(folder, 'shop.sqlite');
await makeTables();
await addPipelines();

async function makeTables(): Promise<void> {
  const shop = new DatabaseSync(sqlitePath);
  shop.exec('BEGIN');
  for (let table = 1; table <= tables; table++) {
    const columns = '(id integer PRIMARY KEY, customer text NOT NULL, note text NOT NULL)';
    shop.exec(`CREATE TABLE ${nameOf(table)} ${columns}`);
    const insert = shop.prepare(`INSERT INTO ${nameOf(table)} VALUES (?, ?, ?)`);
    const all = Array.from({ length: rows }, (_, at) => rowOf(table, at + 1));
    for (const row of all) insert.run(...row);
    const texts = all.map(([id, customer, note]) => `(${id}, '${customer}', '${note}')`).join(',');
    await server.query(
      `CREATE UNLOGGED TABLE ${nameOf(table)} ${columns}; INSERT INTO ${nameOf(table)} VALUES ${texts}`,
    );
  }
  shop.exec('COMMIT');
  shop.close();
}

async function addPipelines(): Promise<void> {
  await must(['source', 'add', '--name', 'postgres', '--url', server.url]);
  await must(['source', 'add', '--name', 'sqlite', '--url', `sqlite:${sqlitePath}`]);
  await must([...destinationArgs(endpoint.destination as RunningSandbox), '--draft']);
  for (const name of ['postgres', 'sqlite']) {
    const where = ['--source', name, '--destination', 'lake', '--destination-prefix', name];
    await must(['pipeline', 'add', '--name', name, ...where, '--all']);
  }
}

async function must(args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await cli.run(args, { env });
  if (code !== 0) throw new Error(`sluice ${args.join(' ')}: ${stdout}${stderr}`);
}

/** Every table is there once, as it should be, whoever wrote it. */
async function check(prefix: string, count: number, quoted: boolean): Promise<void> {
  const files = await endpoint.files();
  if (files.length !== count) throw new Error(`${files.length} files are there, not ${count}`);
  const back = join(folder, 'back');
  for (let table = 1; table <= count; table++) {
    const found = files.filter(
      ({ key }) => key.includes(`_${nameOf(table)}/`) || key.endsWith(`${nameOf(table)}.csv.gz`),
    );
    if (found.length !== 1) throw new Error(`${nameOf(table)} is there ${found.length} times`);
    await endpoint.download(found[0]?.key ?? '', back);
    const text = gunzipSync(await readFile(back)).toString();
    const plain = (csv: string): string => csv.replaceAll('"', '').replaceAll('\r', '');
    const expected = plain(csvOf(table));
    if (quoted ? plain(text) !== expected : text.length === 0)
      throw new Error(`${prefix}: ${nameOf(table)} differs`);
  }
}

interface Row {
  readonly name: string;
  readonly count: number;
  readonly runs: readonly Measured[];
}

async function run(
  name: string,
  count: number,
  start: () => RunningCommand,
  first: boolean,
): Promise<Measured> {
  await endpoint.clear();
  const { result, ...measured } = await measure(start, { database: server.pid, s3: endpoint.pid });
  if (result.code !== 0)
    throw new Error(`${name}: exit ${result.code}: ${result.stdout.slice(-2000)}${result.stderr}`);
  if (first) await check(name, count, true);
  return measured;
}

const script = fileURLToPath(new URL('tables-load.ts', import.meta.url));
const withReaders = (pipeline: string, readers: number): (() => RunningCommand) => {
  const load = JSON.stringify({ readers, objectsInFlight: 2 * readers });
  return () => cli.spawn(process.execPath, [script, cli.dataDir, pipeline, load], { env, stdin: '' });
};
const loop = (from: string): string =>
  `for i in $(seq 1 ${values['by-hand']}); do t=$(printf 't_%05d' $i); ${from} | gzip | ` +
  `aws --endpoint-url ${url} s3 cp - s3://${bucket}/by-hand/$t.csv.gz --only-show-errors || exit 1; done`;
const { host, port, user, database } = server;
const byHand: Readonly<Record<string, string>> = {
  postgres: loop(
    `psql -qX -h ${host} -p ${port} -U ${user} -d ${database} -c "COPY $t TO STDOUT WITH (FORMAT csv, HEADER)"`,
  ),
  sqlite: loop(`sqlite3 -csv -header ${sqlitePath} "SELECT * FROM $t"`),
};

const contenders = ['postgres', 'sqlite'].flatMap((engine) => [
  {
    name: `${engine}: sluice load`,
    count: tables,
    start: () => cli.start(['load', engine, '--force', '--json'], { env, stdin: '' }),
  },
  ...readerCounts.map((readers) => ({
    name: `${engine}: ${readers} read, ${2 * readers} begun at a time`,
    count: tables,
    start: withReaders(engine, readers),
  })),
  ...(values['by-hand'] === '0'
    ? []
    : [
        {
          name: `${engine}: a loop by hand`,
          count: Number(values['by-hand']),
          start: () =>
            cli.spawn('/bin/bash', ['-o', 'pipefail', '-c', byHand[engine] ?? ''], { env, stdin: '' }),
        },
      ]),
]);

const results = new Map<string, Row>();
for (let round = 1; round <= rounds; round++) {
  for (const { name, count, start } of contenders) {
    const measured = await run(name, count, start, round === 1);
    results.set(name, { name, count, runs: [...(results.get(name)?.runs ?? []), measured] });
    say(`${round}: ${name}: ${measured.seconds.toFixed(1)} s`);
  }
}

const { readers, objectsInFlight } = defaultOptions;
console.log(`\n${tables} tables of ${rows} rows, into ${endpoint.name}; medians of ${rounds} rounds.`);
console.log(`The default is ${readers} read, ${objectsInFlight} begun at a time.\n`);
console.log('| | tables | s | ms per table | CPU ms per table | MiB |');
console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
for (const { name, count, runs } of results.values()) {
  const seconds = median(runs.map((one) => one.seconds));
  const cpu = medianKnown(runs.map((one) => one.cpu));
  const memory = medianKnown(runs.map((one) => one.memory));
  const perTable = [(1000 * seconds) / count, cpu === null ? null : (1000 * cpu) / count];
  const [ms, cpuMs] = perTable.map((number) => number?.toFixed(1) ?? '?');
  console.log(
    `| ${name} | ${count} | ${seconds.toFixed(1)} | ${ms} | ${cpuMs} | ${memory?.toFixed(0) ?? '?'} |`,
  );
}
