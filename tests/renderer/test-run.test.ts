/** A connection test by its events. */
import { describe, expect, it } from 'vitest';
import { after, idleRun, type TestRun } from '../../src/renderer/pages/destinations/test-run.ts';
import type { TestEvent } from '../../src/shared/contract.ts';

const begun: TestRun = { ...idleRun, state: 'running' };
const play = (...events: TestEvent[]): TestRun => events.reduce(after, begun);
const waiting = {
  waiting: 'assume-role',
  cause: 'The role may be new',
  until: '2024-11-27T09:00:00Z',
  secondsLeft: 60,
  wait: 'd12d74f4-d647-4929-a5a6-d329afd916f4',
};

describe('a connection test', () => {
  it('waits until the check that it waits for has its verdict', () => {
    expect(play(waiting).waiting).toEqual(waiting);
    expect(play(waiting, { ...waiting, secondsLeft: 30 }).waiting?.secondsLeft).toBe(30);
    const run = play(waiting, { check: 'assume-role', verdict: 'passed' });
    expect(run.waiting).toBeUndefined();
    expect(run.checks).toEqual([{ check: 'assume-role', verdict: 'passed' }]);
    expect(run.state).toBe('running');
  });

  it('ends with its result, and waits no longer', () => {
    expect(play({ check: 'list', verdict: 'failed' }, waiting, { result: 'failed' })).toMatchObject({
      state: 'failed',
      waiting: undefined,
    });
    expect(play({ result: 'passed' }, { saved: true }).state).toBe('passed');
    expect(play({ result: 'failed' }, { saved: false }).state).toBe('failed');
  });

  it('of a draft is none, and ends well', () => {
    expect(play({ saved: true })).toMatchObject({ state: 'passed', checks: [] });
  });
});
