/** The demo and the sandbox, also where they meet themselves, a taken port or a folder they may not write to. */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { missingForAwsCli } from '../support/aws-cli.ts';
import {
  type CliResult,
  errorOf,
  type Installation,
  install,
  parseLines,
  stackTrace,
  startSandboxCommand,
} from '../support/cli.ts';
import { canMount, fillDisk, smallDisk } from '../support/small-disk.ts';
import { readStrictCsv } from '../support/strict-csv.ts';
import { demoDocument, destinationsDocument } from './documents.ts';

let cli: Installation;
beforeAll(() => {
  cli = install();
});
afterAll(() => cli[Symbol.dispose]());

const fresh = (): Installation => {
  const other = install();
  onTestFinished(() => other[Symbol.dispose]());
  return other;
};

describe('demo', () => {
  test('shows role, test, path, files with their rows and where the bytes are', async () => {
    const { code, stdout, stderr } = await cli.run(['demo']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/external ID [0-9a-f-]{36}/);
    expect(stdout).toMatch(/✓ assume-role\n/);
    expect(stdout).toMatch(/landing\/s3_1_shop_orders\/year=\d{4}\/month=\d\d\/day=\d\d\/job_id=/);
    expect(stdout).toContain('All of it is there');
    expect(stderr).toBe('warning: returns has no rows, so no file was written\n');
    const files = [...stdout.matchAll(/✓ +([\d,]+) rows +\S+ \S+ +(\/\S+)$/gm)];
    expect(files).toHaveLength(3);
    for (const [, rows = '', path = ''] of files) {
      const csv = readStrictCsv(gunzipSync(readFileSync(path)));
      expect(csv).toHaveLength(Number(rows.replace(',', '')) + 1);
    }
  });

  test('again, as a document: appends beside the files of before, and leaves the user’s settings alone', async () => {
    const { code, lines, stderr } = await cli.json(['demo']);
    expect(code).toBe(0);
    expect(lines).toHaveLength(1);
    expect(stderr).toBe('warning: returns has no rows, so no file was written\n');
    const { files } = demoDocument.parse(lines[0]);
    expect(files).toHaveLength(3);
    for (const { file, bytes } of files) expect(readFileSync(file)).toHaveLength(bytes ?? -1);
    expect(await cli.document(destinationsDocument, ['destination', 'list'])).toEqual({ destinations: [] });
  });

  test('two at once: one works, the other says who is in the way', async () => {
    const both = fresh();
    const results = await Promise.all([both.json(['demo']), both.json(['demo'])]);
    const codes = results.map(({ code }) => code).sort();
    // Where one was done before the other began, both worked.
    expect([
      [0, 0],
      [0, 2],
    ]).toContainEqual(codes);
    const refused = results.find(({ code }) => code === 2);
    if (refused !== undefined) {
      expect(errorOf(refused)).toMatchObject({
        code: 'IN_USE',
        fix: expect.stringMatching(/^Stop the other/),
      });
    }
    expect((await both.json(['demo'])).code).toBe(0);
  });

  test('stopped in the middle leaves a folder that the next demo can use', async () => {
    const stopped = fresh();
    const running = stopped.start(['demo'], { stdin: '' });
    await running.said(/The load:|✓ put/);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBeOneOf([130, 0]);
    const killed = stopped.start(['demo'], { stdin: '' });
    await killed.said(/✓ identity/);
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect((await stopped.run(['demo'])).code).toBe(0);
  });

  test('a folder that may not be written to is named', async () => {
    const readOnly = fresh();
    mkdirSync(readOnly.dataDir);
    chmodSync(readOnly.dataDir, 0o555);
    chmodSync(readOnly.home, 0o755);
    // Nothing stops root from writing: then it is somebody else who runs the demo.
    const uid = process.getuid?.() === 0 ? 65534 : undefined;
    const shown = errorOf(await readOnly.json(['demo'], { uid }));
    expect(shown).toMatchObject({ exit: 1, code: 'DATA_FOLDER_UNUSABLE' });
    expect(shown.message).toContain(readOnly.dataDir);
  });

  test('a file in the place of its folder is named', async () => {
    const blocked = fresh();
    mkdirSync(blocked.dataDir);
    writeFileSync(join(blocked.dataDir, 'demo'), '');
    const shown = errorOf(await blocked.json(['demo']));
    expect(shown).toMatchObject({ exit: 1, code: 'DATA_FOLDER_UNUSABLE' });
    expect(shown.message).toContain(join(blocked.dataDir, 'demo'));
  });
});

describe('sandbox', () => {
  const ended = async (args: readonly string[]): Promise<CliResult> =>
    await cli.run(['sandbox', ...args, '--json']);

  test('serves on the port and from the store that were asked for, and keeps the objects', async () => {
    const other = fresh();
    const first = await startSandboxCommand(other, ['--store', 'objects']);
    expect(first.store).toBe(join(other.home, 'objects'));
    expect(existsSync(first.store)).toBe(true);
    const taken = await other.json(['sandbox', '--store', 'objects']);
    expect(errorOf(taken)).toMatchObject({ exit: 2, code: 'IN_USE' });
    const { port } = new URL(first.endpoint);
    const samePort = errorOf(await other.json(['sandbox', '--store', 'others', '--port', port]));
    expect(samePort).toMatchObject({ exit: 2, code: 'IN_USE', message: expect.stringContaining(port) });
    first.command.child.kill('SIGTERM');
    expect(await first.command.ended).toMatchObject({ code: 0, stderr: '' });
    const second = await startSandboxCommand(other, ['--store', 'objects', '--port', port]);
    expect(second.endpoint).toBe(first.endpoint);
    expect(second.secretAccessKey).not.toBe(first.secretAccessKey);
    second.command.child.kill('SIGKILL');
    await second.command.ended;
    const third = await startSandboxCommand(other, ['--store', 'objects', '--port', port]);
    third.command.child.kill('SIGINT');
    expect((await third.command.ended).code).toBe(0);
  });

  test('tells a person what to paste', async () => {
    const running = cli.start(['sandbox'], { stdin: '' });
    await running.said(/Ctrl-C/);
    expect(running.output.stdout).toContain('sluice destination add --name practice');
    const lines = running.output.stdout.split('\n').filter((line) => line.startsWith('  '));
    const settings = lines.filter((line) => /^ +(export|unset) /.test(line));
    const pasted = async (...more: readonly string[]): Promise<string> => {
      const options = { env: { PATH: process.env.PATH, HOME: cli.home, AWS_PAGER: '' } };
      const script = [...settings, ...more].join('\n');
      const { stdout, stderr } = await promisify(execFile)('sh', ['-euc', script], options);
      expect(stderr).toBe('');
      return stdout.trim();
    };
    // An SDK that is told nothing else finds the sandbox by its environment.
    const program = `import { S3Client, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
      const s3 = new S3Client({});
      const { Buckets: [{ Name: Bucket }] } = await s3.send(new ListBucketsCommand({}));
      await s3.send(new PutObjectCommand({ Bucket, Key: 'pasted', Body: 'x' }));
      console.log(Bucket);`;
    const node = `'${process.execPath}' --input-type=module -e "${program.replaceAll('\n', ' ')}"`;
    expect(await pasted(node)).toMatch(/^[a-z-]+$/);
    if (missingForAwsCli === '') {
      expect(await pasted(...lines.filter((line) => /^ +aws /.test(line)))).toMatch(/ 1 pasted$/);
    }
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(0);
  });

  test('the port of another program', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const shown = errorOf(await ended(['--port', port]));
    expect(shown).toMatchObject({ exit: 2, code: 'IN_USE', message: expect.stringContaining(port) });
    expect(shown.fix).toMatch(/port/);
  });

  test.each(['x', '-1', '70000', '1.5'])('%s is no port', async (port) => {
    expect(errorOf(await ended([`--port=${port}`]))).toMatchObject({ exit: 2, code: 'INPUT_INVALID' });
  });

  test('a store that cannot be made', async () => {
    writeFileSync(join(cli.home, 'file'), '');
    const shown = errorOf(await ended(['--store', 'file/store']));
    expect(shown).toMatchObject({ exit: 1, code: 'DATA_FOLDER_UNUSABLE' });
    expect(shown.message).toContain(join(cli.home, 'file/store'));
    rmSync(join(cli.home, 'file'));
  });

  test.skipIf(!canMount)('a full disk: needs root and tmpfs', async () => {
    const disk = smallDisk(256);
    fillDisk(disk, 0);
    const result = await ended(['--store', join(disk, 'store')]);
    expect(errorOf(result)).toMatchObject({ exit: 1, message: expect.stringMatching(/full/) });
    expect(result.stderr).not.toMatch(stackTrace);
    expect(parseLines(result.stdout)).toHaveLength(1);
  });
});
