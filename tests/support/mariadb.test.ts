import { describe, expect, test } from 'vitest';
import { missingForMariadb, startMariadb } from './mariadb.ts';

describe.skipIf(missingForMariadb !== '')(
  missingForMariadb === '' ? 'MariaDB' : `MariaDB: needs ${missingForMariadb}`,
  () => {
    test('starts, answers, and is gone', async () => {
      const server = await startMariadb();
      expect(await server.query("SELECT 1 + 1, 'ü'")).toEqual([['2', 'ü']]);
      await server[Symbol.asyncDispose]();
      await expect(server.query('SELECT 1')).rejects.toThrow();
    });
  },
);
