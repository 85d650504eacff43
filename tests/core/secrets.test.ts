/** Canaries for secrets: they are used in a whole flow, and then looked for wherever they must not be. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { type Rig, startRig } from './rig.ts';

const databasePassword = "canary-database-'pass word/%40";
const wrongSecret = 'canary-wrong-secret-access-key-0123456789';

/** Every file under a folder that holds one of the texts, as UTF-8 or UTF-16. */
function filesWith(folder: string, texts: readonly string[]): string[] {
  const needles = texts.flatMap((text) => [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    Buffer.from(encodeURIComponent(text)),
    Buffer.from(JSON.stringify(text).slice(1, -1)),
  ]);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = readFileSync(path);
      return needles.some((needle) => bytes.includes(needle));
    });
}

describe.skipIf(findPostgres() === null)('secrets in a whole flow: needs initdb and postgres', () => {
  let server: TestPostgres;
  let rig: Rig;
  const heard: unknown[] = [];

  beforeAll(async () => {
    server = await startPostgres();
    await server.query(`CREATE ROLE reader LOGIN; CREATE TABLE t (id int); INSERT INTO t VALUES (1);
      GRANT SELECT ON t TO reader`);
    await server.query(`ALTER ROLE reader PASSWORD '${databasePassword.replaceAll("'", "''")}'`);
    rig = await startRig();
  });
  afterAll(async () => {
    await rig?.[Symbol.asyncDispose]();
    await server?.stop();
  });

  /** Keeps what a call answers or is refused with, down to the error's causes and stack as they are shown. */
  async function hear(call: () => Promise<unknown>): Promise<void> {
    try {
      const answer = await call();
      if (typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer) {
        for await (const event of answer as AsyncIterable<unknown>) heard.push(event);
      } else heard.push(answer);
    } catch (error) {
      const { code, message, data } = error as { code?: string; message?: string; data?: unknown };
      heard.push({ code, message, data, json: JSON.stringify(error) });
    }
  }

  it('never come out', async () => {
    const { client, sandbox, destination, faults } = rig;
    const url = server.url.replace(/\/\/[^@]*@/, '//reader@');
    const location = { kind: 'postgres' as const, url };
    await hear(() => client.sources.save({ name: 'shop', location, password: `${databasePassword}x` }));
    await hear(() =>
      client.sources.save({
        name: 'shop',
        location: {
          kind: 'postgres',
          url: url.replace('reader@', `reader:${encodeURIComponent(databasePassword)}@`),
        },
      }),
    );
    await hear(() => client.sources.save({ name: 'shop', location, password: databasePassword }));
    const save = (name: string, secretAccessKey: string) =>
      client.destinations.save({ settings: { ...destination, name }, secretAccessKey, draft: false });
    await hear(() => save('wrong', wrongSecret));
    await hear(() => save('lake', sandbox.user.secretAccessKey));
    await hear(() => client.destinations.list());
    await hear(() => client.sources.list());
    await hear(() => client.sources.objects({ name: 'shop' }));
    await rig.addPipeline();
    const { end, events } = await rig.run();
    expect(end.state).toBe('completed');
    heard.push(events);
    await hear(() => client.jobs.verify({ jobId: end.jobId }));
    await hear(() => client.jobs.show({ jobId: end.jobId }));
    await hear(() => client.jobs.estimate({ pipeline: 'daily' }));
    faults.intercept = () => ({
      status: 403,
      code: 'SignatureDoesNotMatch',
      message: 'The signature is wrong.',
    });
    heard.push((await rig.run()).events);
    faults.intercept = undefined;
    await server.query('ALTER ROLE reader PASSWORD NULL');
    await hear(() => client.jobs.start({ pipeline: 'daily', force: true }));

    expect(rig.secrets.get('source/shop')).toBe(databasePassword);
    const secrets = [databasePassword, wrongSecret, sandbox.user.secretAccessKey];
    const text = JSON.stringify(heard);
    for (const secret of secrets) {
      expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
      expect(text).not.toContain(encodeURIComponent(secret));
    }
    expect(text).not.toContain('canary');
    expect(filesWith(join(rig.folder, 'data'), [...secrets, 'canary'])).toEqual([]);
    // The search finds what is there: the names of what was saved.
    expect(filesWith(join(rig.folder, 'data'), ['reader@'])).not.toEqual([]);
    expect(heard.length).toBeGreaterThan(12);
  });
});
