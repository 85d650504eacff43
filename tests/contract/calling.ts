/** How the suite calls: in time, keeping what streams say, and knowing which procedures it has tried. */
import { basename } from 'node:path';
import { ORPCError } from '@orpc/client';
import { expect } from 'vitest';
import { type ContractClient, contract, errorDataSchema, type Inputs } from '../../src/shared/contract.ts';
import { trustPolicy } from '../../src/shared/iam.ts';
import { loaderPolicy } from '../support/loader-policy.ts';
import { bucket, type Ground } from './ground.ts';

/** A promise that must be settled soon: a client that hangs is worse than one that fails. */
export async function promptly<T>(promise: Promise<T>, milliseconds = 5000): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`nothing happened for ${milliseconds} ms`)),
    milliseconds,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** All events of a stream. */
export async function events<T>(stream: PromiseLike<AsyncIterable<T>>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of await stream) all.push(event);
  return all;
}

/** An error of the contract as it must arrive, and nothing else in it. */
export async function contractError(promise: PromiseLike<unknown>): Promise<{
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly details: { readonly [name: string]: unknown };
}> {
  const error = await Promise.resolve(promise).then(
    (value) => {
      throw new Error(`the call succeeded, though it must fail: ${JSON.stringify(value)}`);
    },
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ORPCError);
  const { defined, code, status, message, data, ...more } = (error as ORPCError<string, unknown>).toJSON();
  expect([defined, typeof status, more]).toEqual([true, 'number', {}]);
  return { code, message, ...errorDataSchema.strict().parse(data) };
}

/** Every procedure of the contract, as `group.name`. */
export const procedures: readonly string[] = Object.entries(contract).flatMap(([group, members]) =>
  Object.keys(members).map((name) => `${group}.${name}`),
);

type Group = { readonly [name: string]: (...args: unknown[]) => Promise<unknown> };

/** The same client, which notes what was called. */
export function noting(client: ContractClient, called: Set<string>): ContractClient {
  const groups = client as unknown as { readonly [group: string]: Group };
  const noted = Object.entries(contract).map(([group, members]) => [
    group,
    Object.fromEntries(
      Object.keys(members).map((name) => [
        name,
        (...args: unknown[]) => {
          called.add(`${group}.${name}`);
          return groups[group]?.[name]?.(...args);
        },
      ]),
    ),
  ]);
  return Object.fromEntries(noted) as ContractClient;
}

type Settings = Inputs['destinations']['save']['settings'];

/** A destination on the ground's bucket through a role that trusts this installation. */
export async function roleDestination(
  client: ContractClient,
  { sandbox }: Ground,
  name: string,
): Promise<Settings> {
  const { externalId } = await client.access.externalId();
  const policy = trustPolicy({ principal: { aws: sandbox.user.arn }, externalId });
  const roleArn = sandbox.createRole({
    name: 'contract',
    trustPolicy: policy,
    permissionsPolicy: loaderPolicy(bucket),
  });
  const { endpoint, region } = sandbox;
  return {
    name,
    access: { type: 'role', roleArn, signer: { kind: 'default' } },
    bucket,
    region,
    pathPrefix: 'landing',
    endpoint,
    stsEndpoint: endpoint,
    pathStyle: true,
  };
}

/** A destination of access keys whose server never answers, or whichever the endpoint is. */
export const keysDestination = (
  name: string,
  endpoint: string,
  accessKeyId = 'AKIACONTRACTTESTKEYS',
): Settings => ({
  name,
  access: { type: 'keys', accessKeyId },
  bucket,
  region: 'us-east-1',
  pathPrefix: '',
  endpoint,
  pathStyle: true,
});

/** Saves destination, source and pipeline on the ground's shop, unless they are there. */
export async function saveShop(client: ContractClient, ground: Ground): Promise<string> {
  const saved = (await client.pipelines.list()).find(({ name }) => name === 'shop');
  return saved?.name ?? (await savePipeline(client, ground, ground.shop));
}

/** Saves destination, source and pipeline on a SQLite file, all under the name of the file. */
export async function savePipeline(client: ContractClient, ground: Ground, path: string): Promise<string> {
  const name = basename(path, '.sqlite');
  const settings = await roleDestination(client, ground, name);
  await events(client.destinations.save({ settings, draft: true }));
  await client.sources.save({ name, location: { kind: 'sqlite', path } });
  await client.pipelines.save({
    name,
    source: name,
    destination: name,
    destinationPrefix: 'c',
    partitionKey: '${YEAR}/${JOB_ID}',
    timeZone: 'UTC',
    objects: 'all',
  });
  return name;
}
