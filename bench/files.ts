/**
 * `npm run bench:files`: a large CSV file through Sluice, beside what a user would type instead. The file is made
 * anew, row by row from its number, and what Sluice loaded is compared with it, byte for byte.
 */
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import { destinationArgs, type Installation, install, type RunningSandbox } from '../tests/support/cli.ts';
import { missingForRgw } from '../tests/support/rgw.ts';
import { type Endpoint, startEndpoint } from './endpoint.ts';
import { type Measured, measure } from './measure.ts';

const { values } = parseArgs({
  options: {
    gb: { type: 'string', default: '1' },
    endpoint: { type: 'string', default: missingForRgw === '' ? 'rgw' : 'sandbox' },
    'by-hand': { type: 'boolean', default: true },
  },
  allowNegative: true,
});

const header = 'id,customer,email,amount,token,note\n';
const hex = (text: string): string => createHash('md5').update(text).digest('hex');

/** Some 130 bytes that gzip makes about two and a half times smaller. */
const row = (i: number): string =>
  `${i},Customer ${(i * 7919) % 100_000},user${i}@example.com,${((i * 7919) % 10_000_000) / 100},${hex(String(i)).slice(0, 24)},"said ""call me"", parcel ${hex(`p${i}`).slice(0, 12)}, paid by card"\n`;

/** Writes the file. Returns its rows. */
function makeFile(path: string, bytes: number): number {
  const file = openSync(path, 'w');
  let written = writeSync(file, header);
  let rows = 0;
  while (written < bytes) {
    let block = '';
    for (let i = 0; i < 8192; i++) block += row(++rows);
    written += writeSync(file, block);
  }
  return rows;
}

async function contentOf(paths: readonly string[], unpacked: boolean): Promise<string> {
  const hash = createHash('sha256');
  for (const [index, path] of paths.entries()) {
    let skip = index === 0 ? 0 : header.length;
    const take = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
      for await (const chunk of chunks) {
        hash.update(chunk.subarray(skip));
        skip = Math.max(0, skip - chunk.length);
      }
    };
    if (unpacked) await pipeline(createReadStream(path), take);
    else await pipeline(createReadStream(path), createGunzip(), take);
  }
  return hash.digest('hex');
}

async function loaded(endpoint: Endpoint, folder: string): Promise<{ content: string; bytes: number }> {
  const paths: string[] = [];
  let bytes = 0;
  for (const file of await endpoint.files()) {
    const path = join(folder, `part-${paths.length}`);
    await endpoint.download(file.key, path);
    paths.push(path);
    bytes += file.bytes;
  }
  const content = await contentOf(paths, false);
  for (const path of paths) rmSync(path);
  return { content, bytes };
}

async function must(cli: Installation, args: readonly string[], env: Record<string, string>): Promise<void> {
  const { code, stdout, stderr } = await cli.run(args, { env });
  if (code !== 0) throw new Error(`sluice ${args.join(' ')}: ${stdout}${stderr}`);
}

await using stack = new AsyncDisposableStack();
const cli = stack.use(install());
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-files-'));
stack.defer(() => rmSync(folder, { recursive: true, force: true }));
const endpoint = stack.use(await startEndpoint(values.endpoint === 'rgw' ? 'rgw' : 'sandbox', cli));
const { url, bucket, region, keys } = endpoint;
const env = {
  AWS_ACCESS_KEY_ID: keys.accessKeyId,
  AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
  AWS_REGION: region,
  AWS_REQUEST_CHECKSUM_CALCULATION: 'when_required',
};
const path = join(folder, 'rows.csv');
const rows = makeFile(path, Number(values.gb) * 1e9);
const size = statSync(path).size;
console.error(`made ${rows.toLocaleString('en')} rows, ${(size / 1e9).toFixed(2)} GB`);

await must(cli, ['source', 'add', '--name', 'files', '--url', `file:${path}`], env);
await must(cli, [...destinationArgs(endpoint.destination as RunningSandbox), '--draft'], env);
const add = ['pipeline', 'add', '--name', 'files', '--source', 'files', '--destination', 'lake'];
await must(cli, [...add, '--destination-prefix', 'bench', '--all'], env);

const print = (name: string, { seconds, cpu, memory }: Measured, bytes: number): void =>
  console.log(
    `${name}: ${seconds.toFixed(1)} s, ${(size / 1e6 / seconds).toFixed(0)} MB/s, CPU ${cpu?.toFixed(1) ?? '?'} s, ` +
      `${memory?.toFixed(0) ?? '?'} MiB, ${(size / bytes).toFixed(2)} times smaller`,
  );

const { result, ...own } = await measure(
  () => cli.start(['load', 'files', '--json'], { env, stdin: '' }),
  {},
);
if (result.code !== 0) throw new Error(`${result.stdout.slice(-2000)}${result.stderr}`);
const { content, bytes } = await loaded(endpoint, folder);
print('sluice load', own, bytes);
const same = content === (await contentOf([path], true));
console.log(same ? 'what was loaded is the file, byte for byte' : 'WHAT WAS LOADED DIFFERS FROM THE FILE');
if (!same) process.exitCode = 1;

if (values['by-hand']) {
  await endpoint.clear();
  const line = `gzip -6 < ${path} | aws --endpoint-url ${url} s3 cp - s3://${bucket}/by-hand.csv.gz --only-show-errors`;
  const start = () => cli.spawn('/bin/bash', ['-o', 'pipefail', '-c', line], { env, stdin: '' });
  const { result: ended, ...byHand } = await measure(start, {});
  if (ended.code !== 0) throw new Error(ended.stderr);
  print('gzip -6 | aws s3 cp', byHand, (await endpoint.files())[0]?.bytes ?? 1);
}
