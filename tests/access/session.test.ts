/** A session that is kept fresh: when it is replaced, and what happens where that fails. */
import { expect, test } from 'vitest';
import { keepFresh } from '../../src/main/access/session.ts';

const minute = 60_000;

/** Sessions of so many milliseconds, by a clock that the test moves. */
function sessions(life: number) {
  const clock = { now: 0 };
  const seen = { opened: 0, fail: false };
  const session = keepFresh(
    async () => {
      seen.opened++;
      if (seen.fail) throw new Error('not now');
      return {
        accessKeyId: `key-${seen.opened}`,
        secretAccessKey: 's',
        expiration: new Date(clock.now + life),
      };
    },
    () => clock.now,
  );
  const key = async () => (await session.credentials()).accessKeyId;
  return { clock, seen, session, key };
}

test('it is replaced five minutes before its end', async () => {
  const { clock, seen, key } = sessions(60 * minute);
  expect(await key()).toBe('key-1');
  clock.now = 55 * minute - 1;
  expect(await key()).toBe('key-1');
  clock.now = 55 * minute;
  expect(await key()).toBe('key-2');
  expect(seen.opened).toBe(2);
});

test('a short one is replaced when half of its time is over', async () => {
  const { clock, key } = sessions(4000);
  expect(await key()).toBe('key-1');
  clock.now = 1999;
  expect(await key()).toBe('key-1');
  clock.now = 2000;
  expect(await key()).toBe('key-2');
});

test('many who ask at once get one', async () => {
  const { seen, key } = sessions(60 * minute);
  expect(new Set(await Promise.all(Array.from({ length: 50 }, key)))).toEqual(new Set(['key-1']));
  expect(seen.opened).toBe(1);
});

test('where no new one is to be had, the old one serves to its end, and not beyond', async () => {
  const { clock, seen, key } = sessions(60 * minute);
  await key();
  seen.fail = true;
  clock.now = 56 * minute;
  expect(await key()).toBe('key-1');
  expect(await key()).toBe('key-1');
  expect(seen.opened).toBe(2);
  clock.now += 20_000;
  expect(await key()).toBe('key-1');
  expect(seen.opened).toBe(3);
  clock.now = 60 * minute;
  await expect(key()).rejects.toThrow('not now');
  seen.fail = false;
  expect(await key()).toBe('key-5');
});

test('one that the service calls expired is replaced at once', async () => {
  const { session, key } = sessions(60 * minute);
  await key();
  session.renew();
  expect(await key()).toBe('key-2');
});
