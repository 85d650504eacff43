/** What is said of an object that another one's failure ended: the reason, and only what is left of itself. */
import { expect, it } from 'vitest';
import { errorInfo, notBegun, sluiceError, stoppedBy, withLeft } from '../../src/main/load/endings.ts';
import { SluiceError } from '../../src/shared/errors.ts';

const outage = new SluiceError('DESTINATION_UNREACHABLE', 'S3 could not be reached', {
  details: { systemCode: 'ENOTFOUND' },
});
const leftOf = (key: string) => ({
  ...{ kind: 'upload' as const, what: `upload u1 of ${key}`, reason: outage },
});
const denied = new SluiceError('ACCESS_DENIED', 'You may not write', { fix: 'Ask for it.' });

it.each([
  ['a refusal', withLeft(denied, [leftOf('a')]) as SluiceError, 'You may not write'],
  ['an outage', withLeft(outage, [leftOf('a')]) as SluiceError, 'S3 could not be reached'],
  ['a fault', withLeft(new Error('odd'), [leftOf('a')]) as SluiceError, 'odd'],
  [
    'a cancel',
    sluiceError(withLeft(new DOMException('stop', 'AbortError'), [leftOf('a')]), AbortSignal.abort()),
    'The load was cancelled',
  ],
])('%s that left an upload behind: the others do not name it', (_, reason, words) => {
  expect(reason.message).toContain('upload u1 of a');
  const begun = errorInfo(stoppedBy(reason, new SluiceError('CANCELLED', 'stopped')));
  const waiting = errorInfo(notBegun(reason));
  expect([begun.message, waiting.message]).toEqual([`Stopped: ${words}`, `Not begun: ${words}`]);
  for (const { code, fix, details } of [begun, waiting]) {
    expect(code).toBe(reason.code);
    expect(details.left).toBeUndefined();
    expect(fix).not.toContain('discard the job when');
  }
  const own = errorInfo(stoppedBy(reason, withLeft(new SluiceError('CANCELLED', 'x'), [leftOf('b')])));
  expect(own.message).toContain('upload u1 of b');
  expect(own.message).not.toContain('of a');
  expect(own.details.left).toEqual(['upload u1 of b']);
});

it('what is not settled interrupts the job, for those that were stopped too', () => {
  const reason = withLeft(denied, [leftOf('a')]) as SluiceError;
  expect(errorInfo(stoppedBy(reason, new SluiceError('CANCELLED', 'stopped'))).details.unsettled).toBe(true);
});
