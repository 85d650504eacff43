import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { slotsOf } from '../../src/main/load/slots.ts';

const never = new AbortController().signal;

describe('slots', () => {
  it('never run more than the limit, start in order, and all end', async () => {
    const slots = slotsOf(3);
    let running = 0;
    let most = 0;
    const begun: number[] = [];
    const results: Promise<number>[] = [];
    for (let id = 0; id < 12; id++) {
      const { result } = await slots.start(async () => {
        running += 1;
        most = Math.max(most, running);
        begun.push(id);
        await sleep((id * 7) % 5);
        running -= 1;
        return id;
      }, never);
      results.push(result);
    }
    expect(await Promise.all(results)).toEqual(Array.from({ length: 12 }, (_, id) => id));
    expect(begun).toEqual(Array.from({ length: 12 }, (_, id) => id));
    expect(most).toBe(3);
  });

  it('free the slot of a task that fails', async () => {
    const slots = slotsOf(1);
    const { result } = await slots.start(() => Promise.reject(new Error('no')), never);
    await expect(result).rejects.toThrow('no');
    const next = await slots.start(async () => 'yes', never);
    expect(await next.result).toBe('yes');
  });

  it('start nothing for a signal that has fired, also while waiting, and lose no slot by it', async () => {
    const slots = slotsOf(1);
    const cancel = new AbortController();
    let finish: () => void = () => undefined;
    const first = await slots.start(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
      never,
    );
    let started = false;
    const waiting = slots.start(async () => {
      started = true;
    }, cancel.signal);
    cancel.abort();
    finish();
    await expect(waiting).rejects.toThrow();
    await first.result;
    await expect(slots.start(async () => undefined, cancel.signal)).rejects.toThrow();
    expect(started).toBe(false);
    const next = await slots.start(async () => 'free', never);
    expect(await next.result).toBe('free');
  });
});
