import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCore } from '../../src/main/core/index.ts';
import { memorySecrets } from '../support/memory-secrets.ts';

test.each(['resume', 'discard'] as const)(
  '%s of an unknown job is refused and leaves no file',
  async (way) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-unknown-'));
    const jobId = crypto.randomUUID();
    try {
      await using core = openCore(folder, { secrets: memorySecrets() });
      await expect(core.client.jobs[way]({ jobId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(existsSync(join(folder, 'jobs', `${jobId}.lock`))).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
