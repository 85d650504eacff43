/** Runs one command and measures it from outside, whatever it is. */
import type { CliResult, RunningCommand } from '../tests/support/cli.ts';
import { endedChildrenCpu, hasProc, memoryOf, treeCpu, treeOf } from './process-tree.ts';

export interface Measured {
  /** Seconds, from the start of the command to its end. */
  readonly seconds: number;
  /** Seconds of user and system time of all its processes; null where the machine does not tell. */
  readonly cpu: number | null;
  /** The same of each server that worked for it meanwhile. */
  readonly serverCpu: Readonly<Record<string, number>>;
  /**
   * MiB of all its processes together at the worst moment seen, looked at ten times a second. The pages of one
   * program that runs several times count once.
   */
  readonly memory: number | null;
  /** MiB: the sum of what each process had at its own worst moment; more than was ever in use at once. */
  readonly memoryBound: number | null;
}

/** Milliseconds between two looks at the memory, and looks between two searches for new processes. */
const lookEvery = 100;
const searchEvery = 3;

/** @param servers the process ids of the servers that the command uses, by name */
export async function measure(
  start: () => RunningCommand,
  servers: Readonly<Record<string, number>>,
): Promise<Measured & { readonly result: CliResult }> {
  const serverCpu = () =>
    Object.fromEntries(Object.entries(servers).map(([name, pid]) => [name, treeCpu(pid)]));
  const before = hasProc ? { own: endedChildrenCpu(), servers: serverCpu() } : undefined;
  const began = performance.now();
  const command = start();
  const memory = hasProc ? watchMemory(command.child.pid ?? 0) : undefined;
  const result = await command.ended;
  const seconds = (performance.now() - began) / 1000;
  const peaks = memory?.stop();
  const after = hasProc ? serverCpu() : {};
  return {
    result,
    seconds,
    cpu: before === undefined ? null : endedChildrenCpu() - before.own,
    serverCpu: Object.fromEntries(
      Object.entries(after).map(([name, cpu]) => [name, cpu - (before?.servers[name] ?? 0)]),
    ),
    memory: peaks?.together ?? null,
    memoryBound: peaks?.bound ?? null,
  };
}

function watchMemory(root: number): { stop(): { readonly together: number; readonly bound: number } } {
  const peaks = new Map<number, number>();
  let tree = [root];
  let looks = 0;
  let together = 0;
  const timer = setInterval(() => {
    if (looks++ % searchEvery === 0) tree = treeOf(root);
    const shared = new Map<string, number>();
    let own = 0;
    for (const pid of tree) {
      const memory = memoryOf(pid);
      if (memory === undefined) continue;
      own += memory.own;
      shared.set(memory.program, Math.max(shared.get(memory.program) ?? 0, memory.file));
      peaks.set(pid, memory.peak);
    }
    together = Math.max(together, sum(own, ...shared.values()));
  }, lookEvery);
  return {
    stop() {
      clearInterval(timer);
      return { together, bound: sum(...peaks.values()) };
    },
  };
}

const sum = (...numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
