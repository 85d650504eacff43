/** A host that dies: its client must learn it at once, whatever it was doing. */
import { describe, expect, test } from 'vitest';
import { keysDestination, promptly } from './calling.ts';
import type { Suite } from './contract-suite.ts';
import { silentServer } from './ground.ts';
import type { MortalHost } from './host-kind.ts';

export function deathTests(suite: Suite): void {
  const { startMortal } = suite.kind;
  // A direct call dies with its caller.
  if (startMortal === undefined) return;
  describe('a host that dies', () => {
    const start = async (): Promise<MortalHost & AsyncDisposable> => {
      const host = await startMortal(suite.ground.folder(`mortal-${crypto.randomUUID()}`), suite.record);
      return { ...host, [Symbol.asyncDispose]: () => host.close() };
    };

    test('in the middle of a call', async () => {
      await using silent = await silentServer();
      await using host = await start();
      const { client } = await host.connect();
      const url = `postgres://somebody@127.0.0.1:${silent.port}/db`;
      const call = client.sources.save({ name: 'slow', location: { kind: 'postgres', url } });
      const failed = expect(promptly(Promise.resolve(call), 20_000)).rejects.toThrow();
      await silent.called;
      await host.kill();
      await promptly(failed);
    });

    test('in the middle of a stream', async () => {
      await using silent = await silentServer();
      await using host = await start();
      const { client } = await host.connect();
      const settings = keysDestination('slow', `http://127.0.0.1:${silent.port}`);
      const stream = await client.destinations.save({ settings, secretAccessKey: 'never-answered' });
      const iterator = stream[Symbol.asyncIterator]();
      // What is found without a word to the server; the next check asks it.
      for (const check of ['settings', 'identity']) {
        expect(await iterator.next()).toMatchObject({ done: false, value: { check } });
      }
      const next = expect(promptly(iterator.next(), 20_000)).rejects.toThrow();
      await silent.called;
      await host.kill();
      await promptly(next);
    });
  });
}
