/** Secrets go inward and never come out: everything that ever went to a client is searched for them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { contractError, events, keysDestination } from './calling.ts';
import type { Suite } from './contract-suite.ts';

const canaries = {
  secretAccessKey: 'canary-secret-access-key/0123456789abcdef',
  password: 'canary-password-of-the-database',
  urlPassword: 'canary-password-in-a-url',
};

/** As the sandbox makes them; its practice keys are known to nobody else. */
const secretKey = /(?<![\w+/=-])[A-Za-z0-9+/]{40}(?![\w+/=-])/;
const sessionToken = /FwoGZXIvYXdz[\w+/=]{40,}/;

export function canaryTests(suite: Suite): void {
  /** The first place where it stands in what came out, with what is around it; all of it would be too much to show. */
  const found = (what: string | RegExp): string | null => {
    const recorded = suite.recorded();
    const at = typeof what === 'string' ? recorded.indexOf(what) : recorded.search(what);
    return at < 0 ? null : recorded.slice(Math.max(0, at - 100), at + 100);
  };
  const keychain = expect.stringMatching(/^KEYCHAIN_/);

  describe('secrets', () => {
    test('an access key goes inward, whether it works or not', async () => {
      const { client, ground, kind } = suite;
      const { endpoint, user } = ground.sandbox;
      const wrong = {
        settings: keysDestination('wrong', endpoint, user.accessKeyId),
        secretAccessKey: canaries.secretAccessKey,
      };
      const refused = await events(client.destinations.save(wrong));
      expect(refused.slice(-2)).toEqual([{ result: 'failed' }, { saved: false }]);
      expect(refused).toContainEqual(
        expect.objectContaining({ verdict: 'failed', code: 'SECRET_KEY_WRONG' }),
      );

      const right = {
        settings: keysDestination('keys', endpoint, user.accessKeyId),
        secretAccessKey: user.secretAccessKey,
      };
      const draft = { ...wrong, draft: true };
      for (const input of [right, draft]) {
        const saved = events(client.destinations.save(input)).then((all) => all.at(-1));
        if (kind.keepsSecrets) expect(await saved).toEqual({ saved: true });
        else
          await saved.catch(async () => expect(await contractError(saved)).toMatchObject({ code: keychain }));
      }
      for (const { name } of await client.destinations.list()) {
        if (name === 'wrong' || name === 'keys') await events(client.destinations.test({ name }));
      }
    });

    test('a password in a URL is refused without being repeated', async () => {
      const { client } = suite;
      const url = `postgres://somebody:${canaries.urlPassword}@127.0.0.1:1/db`;
      const save = client.sources.save({ name: 'url', location: { kind: 'postgres', url } });
      const error = await contractError(save);
      expect(error.code).toBe('SECRET_IN_ARGUMENT');
      expect(JSON.stringify(error)).not.toContain(canaries.urlPassword);
    });

    describe.skipIf(findPostgres() === null)('of a database (needs PostgreSQL)', () => {
      let postgres: TestPostgres;

      beforeAll(async () => {
        postgres = await startPostgres({ tls: false });
      });
      afterAll(() => postgres.stop());

      test('a password goes inward, whether it works or not', async () => {
        const { client, kind } = suite;
        const location = { kind: 'postgres', url: `${postgres.url}?sslmode=disable` } as const;
        const refused = client.sources.save({ name: 'wrong', location, password: canaries.password });
        expect(await contractError(refused)).toMatchObject({ code: 'SOURCE_DENIED' });
        const saved = client.sources.save({ name: 'database', location, password: postgres.password });
        if (kind.keepsSecrets) {
          expect(await saved).toMatchObject({ name: 'database', passwordInKeychain: true });
          expect(await client.sources.objects({ name: 'database' })).toEqual([]);
        } else {
          await Promise.resolve(saved).catch(async () =>
            expect(await contractError(saved)).toMatchObject({ code: keychain }),
          );
        }
        expect(found(JSON.stringify(postgres.password).slice(1, -1))).toBeNull();
      });
    });

    // Over a direct call nothing crosses, so there is nothing to search.
    if (!suite.kind.crosses) return;

    test('none of them, and no session token, ever came out', async () => {
      const { client, ground } = suite;
      const { externalId } = await client.access.externalId();
      const { secretAccessKey } = ground.sandbox.user;
      // What is searched is really what crossed, and what is searched for would be found.
      expect(found(externalId)).not.toBeNull();
      expect(secretAccessKey).toMatch(secretKey);
      for (const secret of [...Object.values(canaries), secretAccessKey]) expect(found(secret)).toBeNull();
      expect(found(secretKey)).toBeNull();
      expect(found(sessionToken)).toBeNull();
    });

    test('nor did a stack, a cause or a path of the program', () => {
      expect(found(/"stack":|"cause":\{|\bat \S+ \(|\.(ts|mjs|js):\d+|node_modules|src\/main/)).toBeNull();
    });
  });
}
