/** What `npm run bench` takes. */
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Rows of the table that the contenders load. */
  readonly rows: number;
  /** Interleaved rounds; each contender runs once in each. */
  readonly rounds: number;
  /** Row counts of the loads that show how time and memory grow. */
  readonly growth: readonly number[];
  readonly endpoint: 'rgw' | 'sandbox';
  /** Where the JSON goes; undefined writes none. */
  readonly out: string | undefined;
}

export const usage = `npm run bench -- [--quick | --full] [options]

  --quick          1,000,000 rows, 3 rounds, growth to 1,000,000 rows: some minutes (the default)
  --full           3,000,000 rows, 5 rounds, growth to 10,000,000 rows: half an hour
  --rows N         another size of the table
  --rounds N       another number of rounds
  --growth N,N     other sizes for the growth, or "none"
  --endpoint E     rgw (Ceph's, the default where it is installed) or sandbox (our own)
  --out FILE       where the numbers go as JSON (default: bench/results.json)`;

/** @throws Error that says what is wrong with the arguments */
export function parseOptions(args: readonly string[], rgwIsMissing: boolean): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean' },
      full: { type: 'boolean' },
      rows: { type: 'string' },
      rounds: { type: 'string' },
      growth: { type: 'string' },
      endpoint: { type: 'string' },
      out: { type: 'string', default: 'bench/results.json' },
    },
  });
  if (values.quick && values.full) throw new Error('--quick and --full exclude each other');
  const size = values.full
    ? { rows: 3_000_000, rounds: 5, growth: [100_000, 1_000_000, 10_000_000] }
    : { rows: 1_000_000, rounds: 3, growth: [100_000, 1_000_000] };
  const endpoint = values.endpoint ?? (rgwIsMissing ? 'sandbox' : 'rgw');
  if (endpoint !== 'rgw' && endpoint !== 'sandbox') throw new Error(`no such endpoint: ${endpoint}`);
  return {
    rows: countOf('--rows', values.rows) ?? size.rows,
    rounds: countOf('--rounds', values.rounds) ?? size.rounds,
    growth: growthOf(values.growth) ?? size.growth,
    endpoint,
    out: values.out === '' ? undefined : values.out,
  };
}

function growthOf(text: string | undefined): number[] | undefined {
  if (text === 'none') return [];
  return text?.split(',').flatMap((part) => countOf('--growth', part) ?? []);
}

function countOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text.replaceAll('_', ''));
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(`${option} needs a whole number above 0, not "${text}"`);
}
