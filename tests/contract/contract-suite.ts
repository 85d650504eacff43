/**
 * One suite for every host: what the contract promises must hold over a direct call, over HTTP and over a message
 * port alike. A host that joins writes a HostKind and calls `contractSuite` with it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContractClient } from '../../src/shared/contract.ts';
import { noting, procedures } from './calling.ts';
import { canaryTests } from './canary-tests.ts';
import { deathTests } from './death-tests.ts';
import { errorTests } from './error-tests.ts';
import { type Ground, prepareGround } from './ground.ts';
import type { Connection, HostKind, RunningHost } from './host-kind.ts';
import { procedureTests } from './procedure-tests.ts';
import { streamTests } from './stream-tests.ts';

/** What the tests of one host share. The parts are there once the suite has begun. */
export interface Suite {
  readonly kind: HostKind;
  readonly ground: Ground;
  readonly host: RunningHost;
  /** Notes what it calls. */
  readonly client: ContractClient;
  /** Everything that went to a client so far. */
  recorded(): string;
  readonly record: (text: string) => void;
}

export function contractSuite(name: string, kind: HostKind): void {
  describe(`the contract over ${name}`, () => {
    const called = new Set<string>();
    const messages: string[] = [];
    const record = (text: string): void => {
      messages.push(text);
    };
    let started: { ground: Ground; host: RunningHost; connection: Connection; client: ContractClient };
    const suite: Suite = {
      kind,
      record,
      recorded: () => messages.join('\n'),
      get ground() {
        return started.ground;
      },
      get host() {
        return started.host;
      },
      get client() {
        return started.client;
      },
    };

    beforeAll(async () => {
      const ground = await prepareGround();
      const host = await kind.start(ground.folder('data'), record);
      const connection = await host.connect();
      started = { ground, host, connection, client: noting(connection.client, called) };
    });

    afterAll(async () => {
      await started.connection.disconnect();
      await started.host.close();
      await started.ground[Symbol.asyncDispose]();
    });

    procedureTests(suite);
    errorTests(suite);
    streamTests(suite);
    deathTests(suite);
    canaryTests(suite);

    test('every procedure was called', () => {
      expect([...called].sort()).toEqual([...procedures].sort());
    });
  });
}
