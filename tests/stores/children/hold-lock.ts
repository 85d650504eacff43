/** Takes a lock, says so, and holds it until it is ended. Arguments: path, wait in ms, how long to hold in ms. */
import { acquireLock } from '../../../src/main/stores/lock.ts';

const [, , path = '', waitMs = '0', holdMs = '60000'] = process.argv;
const lock = acquireLock(path, { waitMs: Number(waitMs) });
process.stdout.write(lock === undefined ? 'refused\n' : 'held\n');
setTimeout(() => lock?.release(), lock === undefined ? 0 : Number(holdMs));
