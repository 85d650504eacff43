import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { acquireLock, isLocked, withLock } from '../../src/main/stores/lock.ts';
import { finished, killed, startScript, wrote } from '../support/child.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const holder = new URL('./children/hold-lock.ts', import.meta.url);
const counter = new URL('./children/count.ts', import.meta.url);
const lockPath = (): string => join(temporaryFolder(), 'a.lock');

describe('a lock', () => {
  test('is held once, also within one process, and can be taken again', () => {
    const path = lockPath();
    const lock = acquireLock(path, { waitMs: 0 });
    expect(lock).toBeDefined();
    expect(acquireLock(path, { waitMs: 0 })).toBeUndefined();
    expect(isLocked(path)).toBe(true);
    lock?.release();
    lock?.release();
    expect(isLocked(path)).toBe(false);
    using again = acquireLock(path, { waitMs: 0 });
    expect(again).toBeDefined();
  });

  test('survives that others looked and were refused in this process', async () => {
    const path = lockPath();
    using _lock = acquireLock(path, { waitMs: 0 });
    for (let look = 0; look < 3; look += 1) {
      expect(isLocked(path)).toBe(true);
      expect(acquireLock(path, { waitMs: 0 })).toBeUndefined();
    }
    const child = startScript(holder, [path]);
    expect((await finished(child)).stdout).toBe('refused\n');
  });

  test('leaves nothing in the folder but its empty file', () => {
    const path = lockPath();
    using _lock = acquireLock(path, { waitMs: 0 });
    expect(readdirSync(join(path, '..'))).toEqual(['a.lock']);
    expect(readFileSync(path)).toHaveLength(0);
  });

  test('is not released by the garbage collector when nobody keeps it', async () => {
    const path = lockPath();
    expect(acquireLock(path, { waitMs: 0 })).toBeDefined();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let round = 0; round < 5; round += 1) {
      collect();
      await new Promise(setImmediate);
    }
    expect(isLocked(path)).toBe(true);
  });

  test('is free the moment its process is killed', async () => {
    const path = lockPath();
    const child = startScript(holder, [path]);
    await wrote(child, 'held');
    expect(isLocked(path)).toBe(true);
    expect(acquireLock(path, { waitMs: 0 })).toBeUndefined();
    await killed(child);
    expect(isLocked(path)).toBe(false);
    using lock = acquireLock(path, { waitMs: 0 });
    expect(lock).toBeDefined();
  });

  test('is waited for', async () => {
    const path = lockPath();
    const child = startScript(holder, [path, '0', '300']);
    await wrote(child, 'held');
    using lock = acquireLock(path, { waitMs: 20_000 });
    expect(lock).toBeDefined();
  });

  test('is never held by two processes at once', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'count');
    writeFileSync(file, '0');
    const children = Array.from({ length: 4 }, () =>
      startScript(counter, [join(folder, 'lock'), file, '25']),
    );
    const results = await Promise.all(children.map(finished));
    expect(results.map(({ stderr }) => stderr)).toEqual(['', '', '', '']);
    expect(readFileSync(file, 'utf8')).toBe('100');
  });
});

describe('isLocked', () => {
  test('makes no file', () => {
    const path = lockPath();
    expect(isLocked(path)).toBe(false);
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  test('is not in the way of one who takes the lock', async () => {
    const path = lockPath();
    acquireLock(path, { waitMs: 0 })?.release();
    const child = startScript(holder, [path, '0', '0']);
    const done = finished(child);
    let looking = true;
    void done.then(() => {
      looking = false;
    });
    while (looking) {
      for (let look = 0; look < 20; look += 1) isLocked(path);
      await new Promise(setImmediate);
    }
    expect((await done).stdout).toBe('held\n');
  });
});

describe('what goes wrong', () => {
  test('an absent folder is named', () => {
    const path = join(temporaryFolder(), 'absent', 'a.lock');
    expect(() => acquireLock(path, { waitMs: 0 })).toThrow(
      expect.objectContaining({ code: 'DATA_FOLDER_UNUSABLE', message: expect.stringContaining(path) }),
    );
  });

  test('withLock says who is in the way, and gives back what it took when the act fails', () => {
    const path = lockPath();
    const lock = acquireLock(path, { waitMs: 0 });
    expect(() => withLock(path, 300, 'save', () => 1)).toThrow(
      expect.objectContaining({ code: 'DATA_FOLDER_UNUSABLE', message: expect.stringContaining(path) }),
    );
    lock?.release();
    expect(() =>
      withLock(path, 300, 'save', () => {
        throw new RangeError('inside');
      }),
    ).toThrow(RangeError);
    expect(withLock(path, 300, 'save', () => 7)).toBe(7);
  });
});
