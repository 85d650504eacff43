import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { partitionOf, regionNamed, regions, regionTitle } from '../../src/shared/regions.ts';

interface Partitions {
  readonly partitions: readonly {
    readonly id: string;
    readonly regions: Readonly<Record<string, { readonly description: string }>>;
  }[];
}

/** The SDK's own list, found from the client that is shipped. */
async function listOfTheSdk(): Promise<readonly unknown[]> {
  const fromClient = createRequire(createRequire(import.meta.url).resolve('@aws-sdk/client-s3'));
  const folder = dirname(fromClient.resolve('@aws-sdk/core/package.json'));
  const file = join(folder, 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js');
  const { partitionsInfo } = (await import(file)) as { partitionsInfo: Partitions };
  return partitionsInfo.partitions
    .filter(({ id }) => !id.startsWith('aws-iso'))
    .flatMap(({ id: partition, regions: known }) =>
      Object.entries(known).map(([id, { description: name }]) => ({ id, name, partition })),
    )
    .filter(({ id }) => !id.endsWith('-global'));
}

describe('the list of regions', () => {
  it('is the list of the SDK', async () => {
    expect(regions).toEqual(await listOfTheSdk());
    expect(regions.length).toBeGreaterThan(30);
  });

  it('names a region', () => {
    expect(regionNamed('ap-southeast-1')?.name).toBe('Asia Pacific (Singapore)');
    expect(regionNamed('ap-southeast')).toBeUndefined();
  });

  it('shows a region by name and code, and an unknown one by its code', () => {
    expect(regionTitle('ap-southeast-1')).toBe('Asia Pacific (Singapore) ap-southeast-1');
    expect(regionTitle('moon-dark-1')).toBe('moon-dark-1');
  });

  it('takes the partition from the role, then from the region', () => {
    expect(partitionOf('arn:aws-us-gov:iam::123456789012:role/r', 'eu-west-1')).toBe('aws-us-gov');
    expect(partitionOf('half typed', 'cn-north-1')).toBe('aws-cn');
    expect(partitionOf(undefined, 'eu-west-1')).toBe('aws');
    expect(partitionOf(undefined, '')).toBe('aws');
  });
});
