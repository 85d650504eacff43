/**
 * One suite of S3, STS and IAM behaviour, run against the sandbox and against Ceph's RGW, which nobody here wrote.
 * Every case says what AWS does.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingForRgw } from '../support/rgw.ts';
import { access } from './access.ts';
import { buckets } from './buckets.ts';
import { freshBucket, type Ground, type Group } from './cases.ts';
import { differences } from './differences.ts';
import { listing } from './listing.ts';
import { multipart } from './multipart.ts';
import { objects } from './objects.ts';
import { type Server, type ServerName, s3Of, startServer } from './server.ts';
import { versions } from './versions.ts';

const groups: readonly Group[] = [buckets, objects, listing, multipart, versions, access];

function parity(name: ServerName): void {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(name);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  for (const { name: groupName, cases } of groups) {
    describe(groupName, () => {
      let ground: Ground;
      beforeAll(async () => {
        const s3 = s3Of(server);
        ground = { server, s3, bucket: await freshBucket({ s3 }) };
      });
      for (const { name: caseName, run } of cases) {
        const known = differences[`${groupName} / ${caseName}`];
        if (known !== undefined && name === 'RGW')
          test.fails(`${caseName} (RGW ${known})`, () => run(ground));
        else test(caseName, () => run(ground));
      }
    });
  }
}

describe('the sandbox', () => parity('sandbox'));

describe.skipIf(missingForRgw !== '')(
  missingForRgw === '' ? 'Ceph RGW' : `Ceph RGW: needs ${missingForRgw}`,
  () => parity('RGW'),
);

test('every difference belongs to a case', () => {
  const names = groups.flatMap(({ name, cases }) => cases.map((item) => `${name} / ${item.name}`));
  expect(Object.keys(differences).filter((name) => !names.includes(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});
