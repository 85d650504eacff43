/** A real disk that is really full: a small tmpfs, where the tests may mount one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

function mount(kilobytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-disk-'));
  const done = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder]);
  if (done.status === 0) return folder;
  rmSync(folder, { recursive: true });
  return undefined;
}

function unmount(folder: string): void {
  // Lazily: a killed process may hold a file of it for a moment longer.
  spawnSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
}

/** True where a disk can be mounted, which takes Linux and root. */
export const canMount = ((): boolean => {
  const folder = process.platform === 'linux' ? mount(64) : undefined;
  if (folder === undefined) return false;
  unmount(folder);
  return true;
})();

/** An empty disk of that size, gone when the running test is over. */
export function smallDisk(kilobytes: number): string {
  const folder = mount(kilobytes);
  if (folder === undefined) throw new Error('cannot mount a tmpfs');
  onTestFinished(() => unmount(folder));
  return folder;
}

/** Fills the disk until `leave` bytes are free. */
export function fillDisk(folder: string, leave: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const size = bavail * bsize - leave;
  if (size <= 0) return;
  try {
    writeFileSync(join(folder, `fill-${size}`), Buffer.alloc(size));
  } catch (error) {
    // Somebody else took the last of it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
