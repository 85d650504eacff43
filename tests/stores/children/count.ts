/** Adds to a number in a file, read and written unprotected but for the lock. Arguments: lock, file, times. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withLock } from '../../../src/main/stores/lock.ts';

const [, , lock = '', file = '', times = '0'] = process.argv;
for (let time = 0; time < Number(times); time += 1) {
  withLock(lock, 20_000, 'count', () => {
    writeFileSync(file, String(Number(readFileSync(file, 'utf8')) + 1));
  });
}
