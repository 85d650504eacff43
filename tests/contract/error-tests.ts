/** Errors: typed, in plain words, and nothing of the inside in them. */
import { describe, expect, test } from 'vitest';
import { contractError, events, promptly, roleDestination } from './calling.ts';
import type { Suite } from './contract-suite.ts';
import { silentServer } from './ground.ts';

export function errorTests(suite: Suite): void {
  describe('errors', () => {
    test('code, message, fix and details come across', async () => {
      const { client } = suite;
      await client.sources.save({ name: 'shop two', location: { kind: 'sqlite', path: suite.ground.shop } });
      expect(await contractError(client.sources.objects({ name: 'shop tow' }))).toEqual({
        code: 'NOT_FOUND',
        message: 'There is no source named "shop tow"',
        fix: 'Did you mean "shop two"?',
        details: { kind: 'source', name: 'shop tow' },
      });
      await client.sources.remove({ name: 'shop two' });
    });

    test('of the family access', async () => {
      const { client } = suite;
      const whoami = client.access.whoami({ signer: { kind: 'profile', profile: 'no-such-profile' } });
      expect(await contractError(whoami)).toMatchObject({
        code: 'NOT_SIGNED_IN',
        details: { profile: 'no-such-profile' },
      });
    });

    test('of the family source', async () => {
      const { client } = suite;
      const path = `${suite.ground.shop}.missing`;
      const save = client.sources.save({ name: 'missing', location: { kind: 'sqlite', path } });
      expect(await contractError(save)).toMatchObject({ code: 'SOURCE_NOT_FOUND' });
      expect(await client.sources.list()).not.toContainEqual(expect.objectContaining({ name: 'missing' }));
    });

    test('bad input is refused in plain words that name the field', async () => {
      const { client } = suite;
      const refused = [
        [() => client.sources.objects({ name: '' }), 'name: a name is needed'],
        [() => client.sources.objects({ name: 'two\nlines' }), 'name: a name has no control characters'],
        [() => client.jobs.show({ jobId: 'no uuid' }), 'jobId: '],
        [() => client.jobs.watch({ jobId: '../x' }), 'jobId: '],
        [() => client.sources.objects({} as { name: string }), 'name: '],
        [() => client.sources.objects(undefined as unknown as { name: string }), 'missing'],
        [() => client.sources.objects({ name: 7 } as unknown as { name: string }), 'name: '],
      ] as const;
      for (const [call, words] of refused) {
        const { code, message, details } = await contractError(call());
        expect([code, details]).toEqual(['INPUT_INVALID', {}]);
        expect(message).toContain(words);
        expect(message).not.toMatch(/zod|"code"|\n/i);
      }
    });

    test('a rule that spans fields is told as plainly', async () => {
      const { client } = suite;
      const save = client.sources.save({ name: 'x', location: { kind: 'sqlite', path: 'not/absolute' } });
      expect(await contractError(save)).toMatchObject({
        code: 'INPUT_INVALID',
        message: 'The path not/absolute is not absolute',
      });
    });

    test('a procedure that does not exist fails at once', async () => {
      const connection = await suite.host.connect();
      const client = connection.client as unknown as {
        readonly [group: string]:
          | { readonly [name: string]: (input?: unknown) => Promise<unknown> }
          | undefined;
      };
      const calls = [
        ['no', 'such'],
        ['jobs', 'such'],
        ['jobs', 'constructor'],
      ] as const;
      for (const [group, name] of calls) {
        const call = async () => await client[group]?.[name]?.({});
        const answer = await promptly(
          call().then(
            (value) => ({ value }),
            (error: unknown) => ({ error }),
          ),
        );
        // A direct call has no such function; everything else asks a host, which must say no.
        if (suite.kind.crosses) expect(answer).toHaveProperty('error.code', 'NOT_FOUND');
        else expect(answer).not.toHaveProperty('value.jobId');
      }
      await connection.disconnect();
    });

    test('a stream of what does not exist fails as a call does', async () => {
      const { client } = suite;
      const jobId = crypto.randomUUID();
      expect(await contractError(events(client.jobs.watch({ jobId })))).toMatchObject({
        code: 'NOT_FOUND',
        details: { jobId },
      });
      expect(await contractError(events(client.destinations.test({ name: 'none' })))).toMatchObject({
        code: 'NOT_FOUND',
      });
    });

    test('an error in the middle of a stream comes after its events', async () => {
      const { client, ground } = suite;
      const settings = await roleDestination(client, ground, 'twice');
      const seen: unknown[][] = [[], []];
      // Both find the name free, both test, and one comes second.
      const save = async (into: unknown[]): Promise<void> => {
        for await (const event of await client.destinations.save({ settings })) into.push(event);
      };
      const saves = seen.map(save);
      const results = await Promise.allSettled(saves);
      const lost = results.findIndex(({ status }) => status === 'rejected');
      expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
      expect(seen[lost]?.at(-1)).toEqual({ result: 'passed' });
      expect(seen[1 - lost]?.at(-1)).toEqual({ saved: true });
      expect(await contractError(saves[lost] as Promise<void>)).toMatchObject({
        code: 'NAME_TAKEN',
        details: { kind: 'destination', name: 'twice' },
      });
      await client.destinations.remove({ name: 'twice' });
    });

    test('a call that its caller gives up ends on both sides', async () => {
      await using silent = await silentServer();
      const { client } = suite;
      const stop = new AbortController();
      const url = `postgres://somebody@127.0.0.1:${silent.port}/db`;
      const save = client.sources.save(
        { name: 'slow', location: { kind: 'postgres', url } },
        { signal: stop.signal },
      );
      const ended = expect(promptly(save)).rejects.toThrow();
      await promptly(silent.called);
      stop.abort();
      await ended;
      await promptly(silent.left);
    });

    test('a call that was given up before it began is not made', async () => {
      const { client } = suite;
      const call = client.sources.save(
        { name: 'never', location: { kind: 'sqlite', path: suite.ground.shop } },
        { signal: AbortSignal.abort() },
      );
      await expect(promptly(Promise.resolve(call))).rejects.toThrow();
      expect(await client.sources.list()).not.toContainEqual(expect.objectContaining({ name: 'never' }));
    });
  });
}
