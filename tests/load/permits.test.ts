import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { permitsOf } from '../../src/main/load/permits.ts';

describe('permits', () => {
  it('are never more than the limit, and go out in order', async () => {
    const permits = permitsOf(3);
    let out = 0;
    let most = 0;
    const begun: number[] = [];
    await Promise.all(
      Array.from({ length: 12 }, async (_, id) => {
        const giveBack = await permits.take();
        out += 1;
        most = Math.max(most, out);
        begun.push(id);
        await sleep((id * 7) % 5);
        out -= 1;
        giveBack();
      }),
    );
    expect(begun).toEqual(Array.from({ length: 12 }, (_, id) => id));
    expect(most).toBe(3);
  });

  it('given back twice count once', async () => {
    const permits = permitsOf(1);
    const giveBack = await permits.take();
    giveBack();
    giveBack();
    await permits.take();
    const second = await Promise.race([permits.take().then(() => 'out'), sleep(20, 'none')]);
    expect(second).toBe('none');
  });

  it('are not given for a signal that has fired, also while waiting, and none is lost by it', async () => {
    const permits = permitsOf(1);
    const cancel = new AbortController();
    const giveBack = await permits.take(cancel.signal);
    const waiting = permits.take(cancel.signal);
    const behind = permits.take();
    cancel.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await expect(permits.take(cancel.signal)).rejects.toMatchObject({ name: 'AbortError' });
    giveBack();
    (await behind)();
    (await permits.take())();
  });
});
