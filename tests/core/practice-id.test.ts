import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCore } from '../../src/main/core/index.ts';
import { practiceIn } from '../../src/main/hosts/practice.ts';

test('practice mode goes on with the external ID that an import brings', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-practice-'));
  try {
    await using practice = practiceIn(join(folder, 'practice'));
    await using core = openCore(folder, { practice });
    const { client } = core;
    await client.practice.start();
    const exported = await client.workspace.export();
    const externalId = crypto.randomUUID();
    const text = exported.text.replace(/"externalId": "[^"]+"/, `"externalId": "${externalId}"`);
    const { fingerprint } = await client.workspace.plan({ text });
    await client.workspace.import({ text, fingerprint });
    expect(await client.access.externalId()).toEqual({ externalId });
    const events = [];
    for await (const event of await client.destinations.test({ name: 'Practice bucket' })) events.push(event);
    expect(events.at(-1)).toEqual({ result: 'passed' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
