/** What a load proves and how it is taken back, on an S3 that nobody here wrote and that reports no checksums. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endLine, removalDocument, uploadsDocument, verificationDocument } from '../cli/documents.ts';
import { type Installation, install } from '../support/cli.ts';
import { must } from '../support/cli-aws.ts';
import { type CliRgw, startCliRgw } from '../support/cli-rgw.ts';
import { loaderPolicy } from '../support/loader-policy.ts';
import { missingForRgw } from '../support/rgw.ts';

describe.skipIf(missingForRgw !== '')(
  missingForRgw === ''
    ? 'the proofs of a load to Ceph RGW'
    : `the proofs of a load to Ceph RGW: needs ${missingForRgw}`,
  () => {
    let cli: Installation;
    let rgw: CliRgw;
    beforeAll(async () => {
      cli = install();
      rgw = await startCliRgw(cli);
      const database = new DatabaseSync(join(cli.home, 'shop.sqlite'));
      // One file of a single request, one of several parts.
      database.exec(`CREATE TABLE few (id INTEGER); INSERT INTO few VALUES (1), (2), (3);
        CREATE TABLE large AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 24000)
          SELECT i, hex(randomblob(400)) AS noise FROM n`);
      database.close();
      must(await cli.run(['source', 'add', '--name', 'shop', '--url', 'sqlite:shop.sqlite']));
      const where = ['--source', 'shop', '--destination', 'lake', '--destination-prefix', 'x', '--all'];
      must(await cli.run(['pipeline', 'add', '--name', 'daily', ...where, '--manifest'], { env: rgw.env }));
    });
    afterAll(async () => {
      await rgw[Symbol.asyncDispose]();
      cli[Symbol.dispose]();
    });

    test('sizes are compared and that is said once; the check passes; a repetition is refused; all of it goes again', async () => {
      const env = rgw.env;
      const loaded = await cli.json(['load', 'daily'], { env });
      expect(loaded.code).toBe(0);
      const { jobId, objects } = endLine.parse(loaded.lines.at(-1));
      const files = objects.flatMap((object) => object.files);
      expect(files.map(({ confirmed }) => confirmed)).toEqual(['size', 'size']);
      expect(loaded.stderr.match(/reports no checksums/g)).toHaveLength(1);
      const keys = await rgw.keys();
      expect(keys).toHaveLength(3);
      const checked = await cli.document(verificationDocument, ['jobs', 'verify', jobId], { env });
      expect(checked.files.map(({ rows }) => rows)).toEqual([3, 24_000, null]);

      const again = await cli.json(['load', 'daily'], { env });
      expect(again.code).toBe(1);
      expect(endLine.parse(again.lines.at(-1)).objects.map(({ error }) => error?.code)).toEqual([
        ...['ALREADY_APPENDED', 'ALREADY_APPENDED'],
      ]);
      expect(await rgw.keys()).toEqual(keys);
      expect(await rgw.uploads()).toEqual([]);

      const { Version, Statement } = loaderPolicy('cli-tests');
      const denied = { Effect: 'Deny', Action: 's3:DeleteObject', Resource: '*' };
      await rgw.allow({ Version, Statement: [...Statement, denied] });
      const refused = await cli.json(['jobs', 'remove-data', jobId, '--yes'], { env });
      await rgw.allow(loaderPolicy('cli-tests'));
      expect(refused.code).toBe(3);
      expect(removalDocument.parse(refused.lines[0])).toMatchObject({ removed: [], left: [{}, {}, {}] });
      expect(await rgw.keys()).toEqual(keys);

      const removal = await cli.document(removalDocument, ['jobs', 'remove-data', jobId, '--yes'], { env });
      expect(removal.removed.toSorted()).toEqual(keys);
      expect(await rgw.keys()).toEqual([]);
      const after = await cli.json(['load', 'daily'], { env });
      expect(endLine.parse(after.lines.at(-1)).state).toBe('completed');
      const { uploads, limitation } = await cli.document(uploadsDocument, ['uploads', 'list', 'lake'], {
        env,
      });
      expect(uploads).toEqual([]);
      expect(limitation).toMatch(/does not list/);
    });
  },
);
