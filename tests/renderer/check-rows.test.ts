/** The list of checks: whole from the beginning, filled in as the test goes. */
import { describe, expect, it } from 'vitest';
import { plannedChecks, rowsOf, titleOf } from '../../src/renderer/pages/destinations/check-rows.ts';
import type { TestRun } from '../../src/renderer/pages/destinations/test-run.ts';

const planned = plannedChecks('role');
const run = (over: Partial<TestRun>): TestRun => ({ state: 'running', checks: [], error: null, ...over });
const states = (over: Partial<TestRun>) => rowsOf(run(over), planned).map(({ state }) => state);
const passed = (...names: string[]) => names.map((check) => ({ check, verdict: 'passed' as const }));

describe('the rows of a connection test', () => {
  it('all wait before it starts, each with a title', () => {
    const rows = rowsOf(run({ state: 'idle' }), planned);
    expect(rows.map(({ name }) => name)).toEqual(planned);
    expect(rows.every(({ state }) => state === 'waiting')).toBe(true);
    expect(rows.every(({ title, name }) => title !== name)).toBe(true);
  });

  it('never move while the test runs', () => {
    const orders = planned.map((_, count) =>
      rowsOf(run({ checks: passed(...planned.slice(0, count)) }), planned).map(({ name }) => name),
    );
    expect(new Set(orders.map((order) => order.join()))).toEqual(new Set([planned.join()]));
  });

  it('one runs, the ones before it have their verdicts', () => {
    expect(states({ checks: passed('settings', 'identity') }).slice(0, 4)).toEqual([
      'passed',
      'passed',
      'running',
      'waiting',
    ]);
  });

  it('the one that AWS is waited for runs', () => {
    const waiting = {
      waiting: 'assume-role',
      cause: 'New',
      until: '2024-11-27T09:00:00Z',
      secondsLeft: 60,
      wait: 'd12d74f4-d647-4929-a5a6-d329afd916f4',
    };
    expect(states({ checks: passed('settings', 'identity'), waiting }).slice(1, 4)).toEqual([
      'passed',
      'running',
      'waiting',
    ]);
  });

  it('what was not reached says so in the end', () => {
    const checks = [{ check: 'settings', verdict: 'failed' as const, cause: 'No' }];
    const [first, ...others] = states({ state: 'failed', checks });
    expect(first).toBe('failed');
    expect(new Set(others)).toEqual(new Set(['unreached']));
  });

  it('a test that has passed shows what it looked at, and nothing else', () => {
    expect(states({ state: 'passed', checks: passed('settings', 'list') })).toEqual(['passed', 'passed']);
  });

  it('a check that nobody planned stands behind the one before it, under its own name', () => {
    const rows = rowsOf(run({ checks: passed('settings', 'identity', 'odd') }), planned);
    expect(rows.slice(1, 4).map(({ name }) => name)).toEqual(['identity', 'odd', 'assume-role']);
    expect(titleOf('odd')).toBe('odd');
  });

  it('keys have no role to open', () => {
    expect(plannedChecks('keys').filter((name) => name.startsWith('assume-role'))).toEqual([]);
  });
});
