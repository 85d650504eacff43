import { describe, expect, it } from 'vitest';
import type { JobActivity } from '../../src/main/core/context.ts';
import { endWords, quitQuestion } from '../../src/main/hosts/electron/load-words.ts';
import { Requests } from '../../src/main/hosts/electron/requests.ts';
import { RunningLoads } from '../../src/main/hosts/electron/running-loads.ts';

type Event = JobActivity['event'];

const activity = (jobId: string, event: Event): JobActivity => ({ jobId, pipeline: `of ${jobId}`, event });
const progress = (object: string, rows: number, estimatedRows?: number, phase = 'reading'): Event =>
  ({ event: 'progress', object, phase, rows, bytesRead: 0, bytesSent: 0, estimatedRows }) as Event;
const end = (state: string, objects: object[] = [], error?: object): Extract<Event, { event: 'end' }> =>
  ({ event: 'end', jobId: 'a', state, objects, error }) as Extract<Event, { event: 'end' }>;

describe('the loads that run', () => {
  it('are those that began and have not ended', () => {
    const loads = new RunningLoads();
    const lengths: number[] = [];
    loads.onChange((now) => lengths.push(now.list().length));
    loads.tell(activity('a', { event: 'begun' }));
    loads.tell(activity('b', { event: 'begun' }));
    loads.tell(activity('a', end('completed')));
    expect(loads.list()).toEqual([{ jobId: 'b', pipeline: 'of b' }]);
    expect(lengths).toEqual([1, 2, 1]);
  });

  it('are as far as their rows together, and of unknown length when one does not tell', () => {
    const loads = new RunningLoads();
    expect(loads.fraction()).toBeNull();
    loads.tell(activity('a', { event: 'begun' }));
    expect(loads.fraction()).toBeNull();
    loads.tell(activity('a', progress('t', 25, 100)));
    expect(loads.fraction()).toBe(0.25);
    loads.tell(activity('a', progress('u', 300, 300)));
    expect(loads.fraction()).toBe(0.8125);
    // An estimate was too low: it does not go beyond the end.
    loads.tell(activity('a', progress('t', 500, 100)));
    expect(loads.fraction()).toBe(1);
    loads.tell(activity('a', progress('v', 5)));
    expect(loads.fraction()).toBeNull();
    loads.tell(activity('a', progress('v', 5, undefined, 'completed')));
    expect(loads.fraction()).toBe(1);
  });
});

describe('words', () => {
  const completed = { state: 'completed', rows: 1500 };
  it.each([
    ['completed', [completed], undefined, 'Loaded: daily', '1,500 rows of 1 object'],
    [
      'completed_with_failures',
      [completed, { state: 'failed', rows: 3 }],
      undefined,
      'Loaded in part: daily',
      '1,500 rows of 1 object; 1 object not loaded',
    ],
    ['failed', [], { message: 'The bucket is gone' }, 'Not loaded: daily', 'The bucket is gone'],
    ['interrupted', [], undefined, 'Interrupted: daily', 'Open it to go on or to discard it'],
  ])('say how a load ended: %s', (state, objects, error, title, body) => {
    expect(endWords('daily', end(state, objects, error))).toEqual({ title, body });
  });

  it('name the loads that a quit would touch', () => {
    const a = { jobId: 'a', pipeline: 'daily' };
    expect(quitQuestion([a]).message).toBe('The load “daily” is running');
    expect(quitQuestion([a, { jobId: 'b', pipeline: 'weekly' }]).message).toBe(
      '2 loads are running: “daily”, “weekly”',
    );
  });
});

describe('requests', () => {
  it('wait for a page, and go to the one that came last', async () => {
    const requests = new Requests();
    requests.ask({ page: '/a' });
    const first = requests.take(new AbortController().signal);
    expect((await first.next()).value).toEqual({ page: '/a' });
    const waiting = first.next();
    const second = requests.take(new AbortController().signal);
    const next = second.next();
    expect((await waiting).done).toBe(true);
    requests.ask({ page: '/b' });
    expect((await next).value).toEqual({ page: '/b' });
  });

  it('end with their signal, and keep no more than a user means', async () => {
    const requests = new Requests();
    const gone = new AbortController();
    const taken = requests.take(gone.signal).next();
    gone.abort();
    expect((await taken).done).toBe(true);
    for (let page = 0; page < 100; page += 1) requests.ask({ page: `/${page}` });
    const next = await requests.take(new AbortController().signal).next();
    expect(next.value).toEqual({ page: '/80' });
  });
});
