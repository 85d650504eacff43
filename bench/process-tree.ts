/** What a process and all that it started use, from Linux' /proc. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Whether this machine has it; else only wall time is measured. */
export const hasProc: boolean = process.platform === 'linux';

/** /proc counts CPU time in ticks; a hundred a second on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** A file of /proc, or '' where the process is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The numbers of /proc/PID/stat from the third field on; the second, a name, may hold anything. */
const statOf = (pid: number | 'self'): readonly string[] =>
  read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];

/** A process and its descendants that are alive. */
export function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = Number(statOf(pid)[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** Seconds of user and system time of the children of this process that have ended, with all of theirs. */
export function endedChildrenCpu(): number {
  const [user = 0, system = 0] = statOf('self').slice(13, 15).map(Number);
  return (user + system) / ticksPerSecond;
}

/** Seconds of user and system time of a tree, of those that have ended in it too. */
export function treeCpu(root: number): number {
  let ticks = 0;
  for (const pid of treeOf(root)) {
    for (const field of statOf(pid).slice(11, 15)) ticks += Number(field);
  }
  return ticks / ticksPerSecond;
}

export interface ProcessMemory {
  /** MiB of what only this process has. */
  readonly own: number;
  /** MiB of pages of files, mostly of its program and libraries, which others with the same program share. */
  readonly file: number;
  /** MiB that were resident at the most. */
  readonly peak: number;
  readonly program: string;
}

/** The memory of one process now; undefined where it is gone. */
export function memoryOf(pid: number): ProcessMemory | undefined {
  const status = read(`/proc/${pid}/status`);
  const mib = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) / 1024;
  if (!status.includes('VmHWM')) return undefined;
  let program = String(pid);
  try {
    program = readlinkSync(`/proc/${pid}/exe`);
  } catch {
    // it ended in between: then it shares with nobody
  }
  return { own: mib('RssAnon') + mib('RssShmem'), file: mib('RssFile'), peak: mib('VmHWM'), program };
}
