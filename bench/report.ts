/** The numbers as a table for people, with the goals that they are held against. */
import type { LeftOut } from './contenders.ts';
import type { LoopDelay } from './event-loop.ts';
import type { Machine } from './machine.ts';
import type { ContenderResult, GrowthPoint } from './rounds.ts';
import { median, medianKnown } from './statistics.ts';

export interface Results {
  readonly at: string;
  readonly machine: Machine;
  readonly endpoint: string;
  readonly table: {
    readonly rows: number;
    /** Bytes of the table as CSV, with its header. */
    readonly csvBytes: number;
    /** Bytes of that CSV through gzip -6. */
    readonly gzipBytes: number;
  };
  readonly contenders: readonly ContenderResult[];
  readonly leftOut: readonly LeftOut[];
  readonly eventLoop: LoopDelay;
  readonly growth: readonly GrowthPoint[];
}

/** What this project wants to reach, in one run on one machine. */
const goals = {
  'psql | gzip -6 | aws s3 cp': 2.2,
  'psql | pigz -6 | rclone rcat': 1.35,
  size: 1.02,
  memoryMiB: 256,
  loopMs: 20,
} as const;

/** The report, in Markdown that is readable as it is. */
export function reportOf(results: Results): string {
  const { table, machine, contenders } = results;
  const [own] = contenders;
  if (own === undefined) throw new Error('nothing was measured');
  return [
    `${count(table.rows)} rows x 10 columns, ${mb(table.csvBytes)} MB of CSV, ${own.rounds.length} interleaved rounds, medians.`,
    `S3: ${results.endpoint}, on the same machine. ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}; load before the run ${machine.load.toFixed(1)}.`,
    '',
    ...contenderTable(results),
    '',
    ...results.leftOut.map(({ name, missing }) => `Left out: ${name}, which needs ${missing.join(', ')}.`),
    'CPU: seconds of all processes of the command; of the database and of S3 while it ran, beside them. Memory: all processes together at the worst moment seen. Size: against gzip -6 of the same CSV. Rows: read back from the bucket and compared with the table.',
    '',
    ...goalLines(own, results),
    ...growthTable(results.growth),
  ].join('\n');
}

function contenderTable({ contenders, table }: Results): string[] {
  const rows = contenders.map(({ name, rounds, checkedRows }) => {
    const seconds = median(rounds.map((round) => round.seconds));
    return [
      name.replaceAll('|', '\\|'),
      seconds.toFixed(1),
      (table.csvBytes / 1e6 / seconds).toFixed(0),
      fixed(medianKnown(rounds.map((round) => round.cpu))),
      fixed(medianKnown(rounds.map((round) => round.serverCpu.database ?? null))),
      fixed(medianKnown(rounds.map((round) => round.serverCpu.s3 ?? null))),
      fixed(medianKnown(rounds.map((round) => round.memory)), 0),
      (median(rounds.map((round) => round.bytes)) / table.gzipBytes).toFixed(3),
      count(checkedRows),
    ];
  });
  return markdown(['', 's', 'MB/s', 'CPU s', 'database', 'S3', 'MiB', 'size', 'rows checked'], rows);
}

function goalLines(own: ContenderResult, { contenders, table, eventLoop }: Results): string[] {
  const lines: (readonly [what: string, value: string, goal: string, reached: boolean])[] = [];
  for (const other of contenders.slice(1)) {
    const ratios = other.rounds.map(
      ({ seconds }, round) => seconds / (own.rounds[round]?.seconds ?? Number.NaN),
    );
    const goal = goals[other.name as keyof typeof goals];
    const range = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    const ratio = median(ratios);
    lines.push([
      `times as fast as ${other.name.replaceAll('|', '\\|')}`,
      `${ratio.toFixed(2)} (${range})`,
      `at least ${goal}`,
      ratio >= goal,
    ]);
  }
  const size = Math.max(...own.rounds.map((round) => round.bytes)) / table.gzipBytes;
  lines.push(['size against gzip -6', size.toFixed(3), `at most ${goals.size}`, size <= goals.size]);
  const memory = own.rounds.flatMap((round) => round.memory ?? []);
  if (memory.length > 0) {
    const peak = Math.max(...memory);
    lines.push(['peak memory, MiB', peak.toFixed(0), `at most ${goals.memoryMiB}`, peak <= goals.memoryMiB]);
  }
  const { p50, p99, max } = eventLoop;
  lines.push([
    "delay of the app's event loop during a load, ms",
    `p50 ${fixed(p50)}, p99 ${fixed(p99)}, max ${fixed(max)}`,
    `p99 under ${goals.loopMs}`,
    p99 < goals.loopMs,
  ]);
  return markdown(
    ['Sluice', 'measured', 'goal', ''],
    lines.map(([what, value, goal, reached]) => [what, value, goal, reached ? 'reached' : '**missed**']),
  );
}

function growthTable(growth: readonly GrowthPoint[]): string[] {
  if (growth.length === 0) return [];
  const rows = growth.map(({ rows, seconds, memory, memoryBound, cpu }) => [
    count(rows),
    seconds.toFixed(1),
    ((seconds * 1e6) / rows).toFixed(2),
    fixed(cpu),
    fixed(memory, 0),
    fixed(memoryBound, 0),
  ]);
  return [
    '',
    'How a load grows with its table (one load each; "bound" adds up each process at its own worst moment):',
    '',
    ...markdown(['rows', 's', 's per million rows', 'CPU s', 'MiB', 'MiB, bound'], rows),
  ];
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)];
}

const count = (number: number): string => number.toLocaleString('en');
const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);
const fixed = (number: number | null, digits = 1): string => (number === null ? '?' : number.toFixed(digits));
