/** Interleaved rounds: what disturbs the machine for a while disturbs everybody. */
import { join } from 'node:path';
import { type Contender, type Surroundings, sluice } from './contenders.ts';
import { type RowSums, sumsOfFiles } from './data.ts';
import { type Measured, measure } from './measure.ts';

export interface Round extends Measured {
  /** Compressed bytes in the bucket. */
  readonly bytes: number;
  readonly files: number;
}

export interface ContenderResult {
  readonly name: string;
  readonly programs: Readonly<Record<string, string>>;
  readonly rounds: readonly Round[];
  /** Rows that were read back from the bucket and found to be those of the table. */
  readonly checkedRows: number;
}

/** One load of a table into the empty bucket. @throws Error when it fails */
export async function runOnce(around: Surroundings, contender: Contender, table: string): Promise<Round> {
  const { endpoint, server } = around;
  await endpoint.clear();
  const servers = { database: server.pid, s3: endpoint.pid };
  const { result, ...measured } = await measure(() => contender.start(table), servers);
  if (result.code !== 0) {
    throw new Error(`${contender.name}: exit ${result.code}: ${result.stdout.slice(-2000)}${result.stderr}`);
  }
  const files = await endpoint.files();
  return { ...measured, files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}

/**
 * Runs every contender once in each round, each round beginning with another one, and checks what each has
 * written in its first.
 * @param folder where files may lie that the database reads
 */
export async function runRounds(
  around: Surroundings,
  contenders: readonly Contender[],
  table: { readonly name: string; readonly sums: RowSums },
  options: { readonly rounds: number; readonly folder: string; readonly say: (line: string) => void },
): Promise<ContenderResult[]> {
  const results = contenders.map(({ name, programs }) => ({
    name,
    programs,
    rounds: [] as Round[],
    checkedRows: 0,
  }));
  for (let round = 0; round < options.rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const place = (round + turn) % contenders.length;
      const [contender, result] = [contenders[place], results[place]];
      if (contender === undefined || result === undefined) continue;
      const measured = await runOnce(around, contender, table.name);
      result.rounds.push(measured);
      options.say(`round ${round + 1}: ${contender.name}: ${measured.seconds.toFixed(1)} s`);
      if (round === 0) result.checkedRows = await check(around, contender.name, table, options.folder);
    }
  }
  await around.endpoint.clear();
  return results;
}

/** Reads the bucket back through the database. @throws Error unless exactly the rows of the table are there */
async function check(
  { endpoint, server }: Surroundings,
  contender: string,
  table: { readonly name: string; readonly sums: RowSums },
  folder: string,
): Promise<number> {
  const paths: string[] = [];
  for (const [index, { key }] of (await endpoint.files()).entries()) {
    const path = join(folder, `${index}.csv.gz`);
    await endpoint.download(key, path);
    paths.push(path);
  }
  const found = await sumsOfFiles(server, table.name, paths);
  if (found.rows !== table.sums.rows || found.sum !== table.sums.sum) {
    throw new Error(`${contender} wrote other rows than the table has: ${found.rows} of ${table.sums.rows}`);
  }
  return found.rows;
}

export interface GrowthPoint extends Round {
  readonly rows: number;
}

/** One load by Sluice of each size. */
export async function runGrowth(
  around: Surroundings,
  tables: readonly { readonly name: string; readonly rows: number }[],
  say: (line: string) => void,
): Promise<GrowthPoint[]> {
  const points: GrowthPoint[] = [];
  for (const { name, rows } of tables) {
    const round = await runOnce(around, sluice(around), name);
    say(`growth: ${rows} rows: ${round.seconds.toFixed(1)} s`);
    points.push({ rows, ...round });
  }
  await around.endpoint.clear();
  return points;
}
